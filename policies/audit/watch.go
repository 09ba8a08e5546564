package audit

import (
	"strings"

	"github.com/avila-devops/saas/policies/control"
)

// change is a kind of change that somebody has to be told of, and what the
// filter that finds it must hold. The filters are the benchmark's; spaces
// do not count.
type change struct {
	what  string
	parts []string
}

var changes = []change{
	{"project ownership (2.4)", []string{"ProjectOwnership", "projectOwnerInvitee", `action="ADD"`, `action="REMOVE"`, `role="roles/owner"`}},
	{"audit configuration (2.5)", []string{`methodName="SetIamPolicy"`, "auditConfigDeltas:*"}},
	{"custom roles (2.6)", []string{`"iam_role"`, "admin.v1.CreateRole", "admin.v1.DeleteRole", "admin.v1.UpdateRole"}},
	{"firewall rules (2.7)", []string{`"gce_firewall_rule"`, "firewalls.patch", "firewalls.insert", "firewalls.delete"}},
	{"routes (2.8)", []string{`"gce_route"`, "routes.delete", "routes.insert"}},
	{"networks (2.9)", []string{`"gce_network"`, "networks.insert", "networks.patch", "networks.delete", "networks.removePeering", "networks.addPeering"}},
	{"access to buckets (2.10)", []string{`"gcs_bucket"`, "storage.setIamPermissions"}},
	{"database settings (2.11)", []string{"cloudsql.instances.update"}},
}

// userMetric is how an alert names a metric that is made of log entries.
const userMetric = "logging.googleapis.com/user/"

func watchedChanges(stack control.Stack) []control.StackFinding {
	var findings []control.StackFinding
	for _, c := range changes {
		metric, found := c.metric(stack)
		if !found {
			findings = append(findings, control.Missing("metric for changes of "+c.what))
			continue
		}
		if name, known := control.Text(metric.Properties, "name"); known && !alerted(stack, name) {
			findings = append(findings, metric.Finding("name", "is in no alert that is on and reaches somebody"))
		}
	}
	return findings
}

// metric finds the one whose filter holds all that the change needs.
func (c change) metric(stack control.Stack) (control.Resource, bool) {
	for _, metric := range stack.Of(metricType) {
		filter, known := control.Text(metric.Properties, "filter")
		disabled := control.At(metric.Properties, "disabled")
		if disabled.IsBool() && disabled.AsBool() {
			continue
		}
		filter = strings.Join(strings.Fields(filter), "")
		all := true
		for _, part := range c.parts {
			all = all && strings.Contains(filter, part)
		}
		if !known || all {
			return metric, true
		}
	}
	return control.Resource{}, false
}

func alerted(stack control.Stack, metric string) bool {
	for _, alert := range stack.Of(alertType) {
		enabled := control.At(alert.Properties, "enabled")
		if enabled.IsBool() && !enabled.AsBool() {
			continue
		}
		if channels := control.At(alert.Properties, "notificationChannels"); !channels.IsComputed() && len(control.List(alert.Properties, "notificationChannels")) == 0 {
			continue
		}
		for _, condition := range control.List(alert.Properties, "conditions") {
			if !condition.IsMap() {
				continue
			}
			filter, known := control.Text(condition.AsMap(), "conditionThreshold", "filter")
			if !known || strings.Contains(filter, `"`+userMetric+metric+`"`) {
				return true
			}
		}
	}
	return false
}
