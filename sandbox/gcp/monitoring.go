package gcp

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const monitoringAPI = "monitoring.googleapis.com"

// https://cloud.google.com/monitoring/quotas
const (
	mostUptimeChecks = 100
	mostAlerts       = 500
	mostConditions   = 6
	mostChannels     = 16 // of one alert
)

var monitoringRules = map[string]*rule{
	channelType: {
		api:      monitoringAPI,
		id:       numbered("projects/{project}/notificationChannels"),
		defaults: map[string]any{"enabled": true, "forceDelete": false},
		replaces: []string{"project"},
		check: func(in resource.PropertyMap) []problem {
			if address := text(in, "labels.email_address"); text(in, "type") == "email" && !has(in, "labels.email_address") || address != "" && !addressForm.MatchString(address) {
				return []problem{{"labels", "a channel of type email needs the label email_address, with an e-mail address"}}
			}
			return nil
		},
	},
	alertType: {
		api:      monitoringAPI,
		id:       numbered("projects/{project}/alertPolicies"),
		defaults: map[string]any{"enabled": true, "documentation.mimeType": "text/markdown"},
		replaces: []string{"project"},
		// Google refuses to delete a channel that an alert uses, unless forced.
		refs:  []reference{{path: "notificationChannels", to: channelType, holds: true}},
		check: checkAlert,
		create: func(o *op) error {
			if err := o.atMost(mostAlerts, "alerting policies", "merge conditions into fewer policies"); err != nil {
				return err
			}
			return checkWatched(o)
		},
		update: checkWatched,
		outputs: func(o *op) error {
			stamp := map[string]any{"mutateTime": o.stamp(), "mutatedBy": "pulumi"}
			o.set("creationRecords", []any{stamp})
			return nil
		},
	},
	uptimeType: {
		api: monitoringAPI,
		id: func(o *op) (string, error) {
			// https://cloud.google.com/monitoring/uptime-checks: a check is named
			// for what it shows.
			slug := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(o.text("displayName")), "-"), "-")
			o.set("uptimeCheckId", slug+"-"+o.serial()[:11])
			id := o.expand("projects/{project}/uptimeCheckConfigs/{uptimeCheckId}")
			o.set("name", id)
			return id, nil
		},
		defaults: map[string]any{"period": "300s", "httpCheck.path": "/"},
		replaces: append([]string{
			"checkerType", "httpCheck.requestMethod", "monitoredResource", "monitoredResource.labels", "monitoredResource.type", "project",
			"resourceGroup", "resourceGroup.groupId", "resourceGroup.resourceType",
		}, block("syntheticMonitor", block("cloudFunctionV2", "name")...)...),
		oneOf:     [][]string{{"monitoredResource", "resourceGroup", "syntheticMonitor"}},
		conflicts: [][]string{{"httpCheck", "tcpCheck"}},
		check:     checkUptime,
		create: func(o *op) error {
			return o.atMost(mostUptimeChecks, "uptime checks", "check fewer hosts, or move tenants to a project of their own")
		},
		remove: checkUnwatched,
	},
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

var (
	logMetric   = regexp.MustCompile(`metric\.type\s*=\s*"logging\.googleapis\.com/user/([^"]+)"`)
	uptimeCheck = regexp.MustCompile(`metric\.labels?\.check_id\s*=\s*"([^"]+)"`)
	wholeMinute = regexp.MustCompile(`^(0|[0-9]*[1-9][0-9]*)s$`)
)

func checkAlert(in resource.PropertyMap) []problem {
	var problems []problem
	const threshold = "conditions.conditionThreshold"
	for _, kind := range []string{"conditionThreshold", "conditionAbsent", "conditionMatchedLog"} {
		problems = append(problems, checkFilter(in, "conditions."+kind+".filter")...)
	}
	for _, filter := range append(texts(in, threshold+".filter"), texts(in, "conditions.conditionAbsent.filter")...) {
		if !strings.Contains(filter, "resource.type") {
			problems = append(problems, problem{threshold + ".filter", fmt.Sprintf("%q must specify a restriction on \"resource.type\"; see https://cloud.google.com/monitoring/api/resources", clip(filter))})
		}
	}
	for _, duration := range texts(in, threshold+".duration") {
		if seconds, ok := secondsOf(duration); !ok || seconds%60 != 0 {
			problems = append(problems, problem{threshold + ".duration", fmt.Sprintf("%q must be a whole number of minutes: write it like 120s", clip(duration))})
		}
	}
	for _, period := range texts(in, threshold+".aggregations.alignmentPeriod") {
		if seconds, ok := secondsOf(period); !ok || seconds < 60 {
			problems = append(problems, problem{threshold + ".aggregations.alignmentPeriod", fmt.Sprintf("%q must be at least 60 seconds", clip(period))})
		}
	}
	if closing := text(in, "alertStrategy.autoClose"); closing != "" {
		if seconds, ok := secondsOf(closing); !ok || seconds < 1800 {
			problems = append(problems, problem{"alertStrategy.autoClose", fmt.Sprintf("%q must be at least 1800s", clip(closing))})
		}
	}
	if n := len(each(resource.NewProperty(in), "conditions.displayName")); n > mostConditions {
		problems = append(problems, problem{"conditions", fmt.Sprintf("has %d conditions: at most %d are allowed", n, mostConditions)})
	}
	if n := len(texts(in, "notificationChannels")); n > mostChannels {
		problems = append(problems, problem{"notificationChannels", fmt.Sprintf("has %d channels: at most %d are allowed", n, mostChannels)})
	}
	if n := len(text(in, "documentation.content")); n > 8<<10 {
		problems = append(problems, problem{"documentation.content", fmt.Sprintf("has %d bytes: at most %d are allowed", n, 8<<10)})
	}
	return problems
}

func secondsOf(text string) (seconds int, ok bool) {
	if !wholeMinute.MatchString(text) {
		return 0, false
	}
	_, err := fmt.Sscanf(text, "%ds", &seconds)
	return seconds, err == nil
}

// checkWatched refuses an alert on a metric or a check that does not exist.
// https://cloud.google.com/monitoring/alerts/troubleshooting
func checkWatched(o *op) error {
	filters := append(texts(o.in, "conditions.conditionThreshold.filter"), texts(o.in, "conditions.conditionAbsent.filter")...)
	metrics, err := o.records(metricType)
	if err != nil {
		return err
	}
	checks, err := o.records(uptimeType)
	if err != nil {
		return err
	}
	for _, filter := range filters {
		for _, match := range logMetric.FindAllStringSubmatch(filter, -1) {
			name := match[1]
			if !slices.ContainsFunc(metrics, recordWith("name", name)) {
				return notFound("create the logging Metric first, and take its name from it", `Cannot find metric that matches type = "logging.googleapis.com/user/%s".`, name)
			}
		}
		for _, match := range uptimeCheck.FindAllStringSubmatch(filter, -1) {
			id := match[1]
			if !slices.ContainsFunc(checks, recordWith("uptimeCheckId", id)) {
				return notFound("create the uptime check first, and take its uptimeCheckId", `The uptime check "%s" of the filter was not found`, id)
			}
		}
	}
	return nil
}
