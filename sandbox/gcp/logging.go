package gcp

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	loggingAPI   = "logging.googleapis.com"
	loggingAgent = "gcp-sa-logging"

	// What every project has from its first day.
	// https://cloud.google.com/logging/docs/routing/overview
	defaultLog  = "_Default"
	requiredLog = "_Required"

	// https://cloud.google.com/logging/quotas
	mostMetrics    = 500
	mostSinks      = 200
	mostLogBuckets = 100
)

var loggingRules = map[string]*rule{
	metricType: {
		api: loggingAPI,
		name: &naming{
			auto: true, property: "name", longest: 100,
			pattern: regexp.MustCompile(`^[A-Za-z0-9_.,+!*',()%/-]+$`), form: "letters, digits and the characters _-.,+!*',()%/",
		},
		id:       format("{name}"),
		replaces: []string{"metricDescriptor.labels.key", "metricDescriptor.labels.valueType", "project"},
		defaults: map[string]any{"metricDescriptor.unit": "1"},
		check:    checkMetric,
		create: func(o *op) error {
			return o.atMost(mostMetrics, "log-based metrics", "delete metrics that nothing uses")
		},
	},
	sinkType: {
		api: loggingAPI,
		name: &naming{
			auto: true, property: "name", longest: 100,
			pattern: regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`), form: "letters, digits, underscores, hyphens and periods",
		},
		id:       format("projects/{project}/sinks/{name}"),
		defaults: map[string]any{"uniqueWriterIdentity": true, "exclusions.disabled": false},
		replaces: []string{"name", "project"},
		check:    checkSink,
		create: func(o *op) error {
			if err := o.atMost(mostSinks, "log sinks", "merge sinks"); err != nil {
				return err
			}
			return checkDestination(o)
		},
		update: checkDestination,
		outputs: func(o *op) error {
			o.replace("writerIdentity", writer(o))
			return nil
		},
	},
	logBucketType: {
		api:      loggingAPI,
		id:       format("projects/{project}/locations/{location}/buckets/{bucketId}"),
		defaults: map[string]any{"retentionDays": 30},
		replaces: []string{"bucketId", "location", "project"},
		check:    checkLogBucket,
		create: func(o *op) error {
			return o.atMost(mostLogBuckets, "log buckets", "delete log buckets that nothing uses")
		},
		update: func(o *op) error {
			if flag(o.old.Properties, "enableAnalytics") && !flag(o.in, "enableAnalytics") {
				return refuse(400, "failedPrecondition", "keep enableAnalytics, or make another bucket", "Log Analytics cannot be disabled once it is enabled: bucket %s", describe(o.old))
			}
			if !flag(o.old.Properties, "locked") {
				return nil
			}
			if flag(o.in, "locked") && number(o.in, "retentionDays") >= number(o.old.Properties, "retentionDays") {
				return nil
			}
			return refuse(400, "failedPrecondition", "keep locked and the retention", "Bucket %s is locked: its retention cannot be reduced", describe(o.old))
		},
		remove: func(o *op) error {
			if flag(o.old.Properties, "locked") {
				return refuse(400, "failedPrecondition", "wait until its newest entry is older than its retention", "Bucket %s is locked and cannot be deleted", describe(o.old))
			}
			return nil
		},
		outputs: func(o *op) error {
			o.set("name", o.id)
			o.set("lifecycleState", "ACTIVE")
			return nil
		},
	},
}

// checkMetric judges what counts and what measures.
// https://cloud.google.com/logging/docs/logs-based-metrics
func checkMetric(in resource.PropertyMap) []problem {
	problems := checkFilter(in, "filter")
	kind := text(in, "metricDescriptor.valueType")
	extractor := text(in, "valueExtractor")
	if kind == "DISTRIBUTION" && extractor == "" && !has(in, "valueExtractor") {
		problems = append(problems, problem{"valueExtractor", "must be set for a metric of valueType DISTRIBUTION"})
	}
	if kind == "INT64" && extractor != "" {
		problems = append(problems, problem{"valueExtractor", "is for metrics of valueType DISTRIBUTION: a counter takes no value"})
	}
	if extractor != "" && !strings.HasPrefix(extractor, "EXTRACT(") && !strings.HasPrefix(extractor, "REGEXP_EXTRACT(") {
		problems = append(problems, problem{"valueExtractor", "is EXTRACT(field) or REGEXP_EXTRACT(field, regex)"})
	}
	return problems
}

func checkLogBucket(in resource.PropertyMap) []problem {
	var problems []problem
	if days := number(in, "retentionDays"); has(in, "retentionDays") && (days < 1 || days > 3650) {
		problems = append(problems, problem{"retentionDays", fmt.Sprintf("expected to be in the range (1 - 3650), got %v", days)})
	}
	id := text(in, "bucketId")
	if (id == defaultLog || id == requiredLog) && text(in, "location") != "" && text(in, "location") != "global" {
		problems = append(problems, problem{"location", "the bucket " + id + " of a project lies in global, and cannot be moved: make another bucket, and point the sink _Default at it"})
	}
	if id == requiredLog {
		problems = append(problems, problem{"bucketId", "the bucket _Required keeps entries for 400 days and cannot be changed"})
	}
	if id == defaultLog && has(in, "cmekSettings") {
		problems = append(problems, problem{"cmekSettings", "a bucket that exists cannot be given a key: make another bucket"})
	}
	return problems
}
