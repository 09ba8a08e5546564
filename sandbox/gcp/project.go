package gcp

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var apiForm = regexp.MustCompile(`^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*\.googleapis\.com$`)

func checkService(in resource.PropertyMap) []problem {
	if service := text(in, "service"); service != "" && !apiForm.MatchString(service) {
		return []problem{{"service", fmt.Sprintf("%q is not an API: write it like compute.googleapis.com", clip(service))}}
	}
	return nil
}

// agents are the domains of the agents that an API can be asked for.
// https://cloud.google.com/iam/docs/service-agents
var agents = map[string]string{ //nolint:gosec // names of service agents; none is a credential
	"artifactregistry.googleapis.com":  "gcp-sa-artifactregistry",
	"gkebackup.googleapis.com":         "gcp-sa-gkebackup",
	"gkehub.googleapis.com":            "gcp-sa-gkehub",
	"logging.googleapis.com":           "gcp-sa-logging",
	"monitoring.googleapis.com":        "gcp-sa-monitoring-notification",
	"pubsub.googleapis.com":            "gcp-sa-pubsub",
	"redis.googleapis.com":             "cloud-redis",
	"secretmanager.googleapis.com":     "gcp-sa-secretmanager",
	"servicenetworking.googleapis.com": "service-networking",
	"sqladmin.googleapis.com":          "gcp-sa-cloud-sql",
}

var projectRules = map[string]*rule{
	serviceType: {
		id:       format("{project}/{service}"),
		defaults: map[string]any{"checkIfServiceHasUsageOnDestroy": false, "disableOnDestroy": true},
		replaces: []string{"project", "service"},
		shared:   true,
		check:    checkService,
		remove: func(o *op) error {
			if !flag(o.old.Properties, "disableOnDestroy") {
				return nil
			}
			return o.checkAPIUnused()
		},
		abandon: func(p resource.PropertyMap) bool { return !flag(p, "disableOnDestroy") },
	},
	identityType: {
		id:       format("projects/{project}/services/{service}"),
		replaces: []string{"project", "service"},
		shared:   true,
		check: func(in resource.PropertyMap) []problem {
			if service := text(in, "service"); service != "" && agents[service] == "" {
				return []problem{{"service", fmt.Sprintf("the sandbox knows no service agent of %q: it knows those of %s; add it to sandbox/gcp/project.go",
					clip(service), strings.Join(slices.Sorted(maps.Keys(agents)), ", "))}}
			}
			return nil
		},
		create: func(o *op) error {
			on, err := o.apiOn(o.text("service"))
			if err != nil || on {
				return err
			}
			return refuse(403, "accessNotConfigured", "enable it with a gcp.projects.Service first",
				"Service %s is not enabled for project %s", o.text("service"), o.project.ID)
		},
		outputs: func(o *op) error {
			email := agentEmail(o.project.Number, agents[o.text("service")])
			o.set("email", email)
			o.set("member", "serviceAccount:"+email)
			return nil
		},
		abandon: kept, // there is no deletion of an agent
	},
}

// checkAPIUnused refuses to turn an API off while resources of it exist.
func (o *op) checkAPIUnused() error {
	all, err := o.tx.All()
	if err != nil {
		return err
	}
	for _, record := range all {
		rule, ok := o.rules[record.Type]
		if ok && !record.Abandoned && record.Project == o.old.Project && rule.api == text(o.old.Properties, "service") {
			return refuse(400, "failedPrecondition", "delete them first, or set disableOnDestroy to false",
				"The service %s cannot be disabled: resources of it exist, such as %s", rule.api, describe(record))
		}
	}
	return nil
}
