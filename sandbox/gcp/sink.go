package gcp

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const toBucket, toLogs = "storage.googleapis.com/", "logging.googleapis.com/"

// destinationForm is where a sink may send.
// https://cloud.google.com/logging/docs/export/configure_export_v2
var destinationForm = regexp.MustCompile(`^(storage\.googleapis\.com/[^/]+|bigquery\.googleapis\.com/projects/[^/]+/datasets/[^/]+|` +
	`pubsub\.googleapis\.com/projects/[^/]+/topics/[^/]+|logging\.googleapis\.com/projects/[^/]+(/locations/[^/]+/buckets/[^/]+)?)$`)

func checkSink(in resource.PropertyMap) []problem {
	problems := append(checkFilter(in, "filter"), checkFilter(in, "exclusions.filter")...)
	if destination := text(in, "destination"); destination != "" && !destinationForm.MatchString(destination) {
		problems = append(problems, problem{"destination", fmt.Sprintf("%q is not a destination: write it like storage.googleapis.com/bucket or logging.googleapis.com/projects/p/locations/l/buckets/b", clip(destination))})
	}
	if text(in, "name") == requiredLog {
		problems = append(problems, problem{"name", "the sink _Required cannot be changed: name another"})
	}
	return problems
}

// checkDestination refuses a bucket that is not there. Google takes such a sink
// and then writes to the project's owners that entries are lost.
func checkDestination(o *op) error {
	destination := o.text("destination")
	token := bucketType
	id, is := strings.CutPrefix(destination, toBucket)
	if !is {
		if id, is = strings.CutPrefix(destination, toLogs); !is || !strings.Contains(id, "/buckets/") || strings.HasSuffix(id, "/buckets/"+defaultLog) {
			return nil
		}
		token = logBucketType
	}
	found, err := o.tx.Get(token, id)
	if err != nil || found != nil {
		return err
	}
	return notFound("create it first, or correct destination", "The sink's destination '%s' was not found", destination)
}

// writer is the identity that entries are sent as: none to a log bucket of the
// same project.
// https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks
func writer(o *op) string {
	switch {
	case strings.HasPrefix(o.text("destination"), toLogs+"projects/"+o.project.ID+"/"):
		return ""
	case !flag(o.in, "uniqueWriterIdentity"):
		return "serviceAccount:cloud-logs@system.gserviceaccount.com"
	}
	return "serviceAccount:" + agentEmail(o.project.Number, loggingAgent)
}
