package gcp

import (
	"regexp"
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
