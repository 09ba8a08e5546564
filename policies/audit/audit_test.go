package audit_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/components/audit/watch"
	"github.com/avila-devops/saas/policies/audit"
	"github.com/avila-devops/saas/policies/control"
)

type object = map[string]property.Value

func text(s string) property.Value { return property.New(s) }

func list(items ...property.Value) property.Value { return property.New(items) }

func nested(m object) property.Value { return property.New(property.NewMap(m)) }

var unknown = property.New(property.Computed)

const (
	auditConfig = "gcp:projects/iAMAuditConfig:IAMAuditConfig"
	sink        = "gcp:logging/projectSink:ProjectSink"
	bucket      = "gcp:storage/bucket:Bucket"
	metric      = "gcp:logging/metric:Metric"
	alert       = "gcp:monitoring/alertPolicy:AlertPolicy"
	network     = "gcp:compute/network:Network"
	policy      = "gcp:dns/policy:Policy"
)

func resource(typ, name string, m object) control.Resource {
	return control.Resource{URN: typ + "::" + name, Type: typ, Name: name, Properties: property.NewMap(m)}
}

func logTypes(types ...string) property.Value {
	var all []property.Value
	for _, typ := range types {
		all = append(all, nested(object{"logType": text(typ)}))
	}
	return list(all...)
}

// good is a stack that keeps every control.
func good() control.Stack {
	stack := control.Stack{
		resource(auditConfig, "logs", object{"service": text("allServices"), "auditLogConfigs": logTypes("ADMIN_READ", "DATA_READ", "DATA_WRITE")}),
		resource(sink, "archive", object{"destination": text("storage.googleapis.com/kept")}),
		resource(bucket, "kept", object{
			"name": text("kept"), "encryption": nested(object{"defaultKmsKeyName": text("k")}), "labels": nested(object{"environment": text("prod")}),
			"retentionPolicy": nested(object{"retentionPeriod": property.New(31536000.0), "isLocked": property.New(true)}),
		}),
		resource(network, "vpc", object{"name": text("vpc-1")}),
		resource(policy, "names", object{"enableLogging": property.New(true), "networks": list(nested(object{"networkUrl": text("projects/p/global/networks/vpc-1")}))}),
	}
	for _, w := range watch.All {
		stack = append(stack, resource(metric, w.ID, object{"name": text(w.ID), "filter": text(w.Filter)}))
		filter := `metric.type="logging.googleapis.com/user/` + w.ID + `" AND resource.type="` + w.Resource + `"`
		stack = append(stack, resource(alert, w.ID+"-alert", object{
			"notificationChannels": list(text("c")),
			"conditions":           list(nested(object{"conditionThreshold": nested(object{"filter": text(filter)})})),
		}))
	}
	return stack
}

// change sets a property of the resource with a name; a nil map takes the
// resource away.
func change(name string, m object) control.Stack {
	var out control.Stack
	for _, r := range good() {
		if r.Name == name {
			if m == nil {
				continue
			}
			all := r.Properties.AsMap()
			for key, value := range m {
				all[key] = value
			}
			r.Properties = property.NewMap(all)
		}
		out = append(out, r)
	}
	return out
}

// ASVS: v5.0.0-16.4.2, v5.0.0-16.4.3.
func TestAuditControls(t *testing.T) {
	t.Parallel()
	closed := func(isLocked bool, environment string) object {
		return object{
			"retentionPolicy": nested(object{"retentionPeriod": property.New(31536000.0), "isLocked": property.New(isLocked)}),
			"labels":          nested(object{"environment": text(environment)}),
		}
	}
	rows := map[string]struct {
		stack control.Stack
		want  string // part of the one message; empty for silence
	}{
		"a stack that records":               {good(), ""},
		"no audit configuration":             {change("logs", nil), "audit-logs-all-services (CIS GCP 5.0 2.1, CKV2_GCP_5): the stack has no audit configuration for allServices; make a projects.IAMAuditConfig"},
		"reads that are not logged":          {change("logs", object{"auditLogConfigs": logTypes("ADMIN_READ", "DATA_WRITE")}), "logs: auditLogConfigs lacks DATA_READ"},
		"audit logs of one service":          {change("logs", object{"service": text("storage.googleapis.com")}), "has no audit configuration for allServices"},
		"somebody who is not logged":         {change("logs", object{"auditLogConfigs": list(nested(object{"logType": text("ADMIN_READ"), "exemptedMembers": list(text("user:a@b"))}), nested(object{"logType": text("DATA_READ")}), nested(object{"logType": text("DATA_WRITE")}))}), "leaves members out of ADMIN_READ"},
		"a configuration that is not known":  {change("logs", object{"auditLogConfigs": unknown}), ""},
		"a sink of some entries":             {change("archive", object{"filter": text("severity>=ERROR")}), "audit-sink-all-entries (CIS GCP 5.0 2.2): the stack has no sink that copies every log entry to a bucket"},
		"a sink that leaves out":             {change("archive", object{"exclusions": list(nested(object{"filter": text("a")}))}), "audit-sink-all-entries"},
		"a sink that is off":                 {change("archive", object{"disabled": property.New(true)}), "audit-sink-all-entries"},
		"a sink to a bucket elsewhere":       {change("archive", object{"destination": text("storage.googleapis.com/other")}), "names the bucket other, which is not in this stack"},
		"a destination that is not known":    {change("archive", object{"destination": unknown}), ""},
		"an open bucket in production":       {change("kept", closed(false, "prod")), "audit-bucket-locked (CIS GCP 5.0 2.3, CKV2_GCP_4): kept: retentionPolicy.isLocked is not true"},
		"an open bucket in staging":          {change("kept", closed(false, "staging")), ""},
		"a bucket without our key":           {change("kept", object{"encryption": nested(object{})}), "encryption.defaultKmsKeyName is not set"},
		"a bucket that keeps for a day":      {change("kept", object{"retentionPolicy": nested(object{"retentionPeriod": property.New(86400.0), "isLocked": property.New(true)})}), "retentionPolicy.retentionPeriod is not a year or more"},
		"an alert that reaches nobody":       {change("firewall-alert", object{"notificationChannels": list()}), "audit-watched-changes (CIS GCP 5.0 2.4-2.11): firewall: name is in no alert that is on and reaches somebody"},
		"an alert that is off":               {change("route-alert", object{"enabled": property.New(false)}), "route: name is in no alert"},
		"an alert on something else":         {change("network-alert", object{"conditions": list()}), "network: name is in no alert"},
		"an alert whose filter is not known": {change("network-alert", object{"conditions": list(nested(object{"conditionThreshold": nested(object{"filter": unknown})}))}), ""},
		"a metric that is off":               {change("sql-config", object{"disabled": property.New(true)}), "has no metric for changes of database settings (2.11)"},
		"a network without a policy":         {change("names", nil), "audit-dns-logging (CIS GCP 5.0 2.12, CKV_GCP_16): vpc: name has no DNS policy that logs"},
		"a policy that does not log":         {change("names", object{"enableLogging": property.New(false)}), "has no DNS policy that logs"},
		"a policy of another network":        {change("names", object{"networks": list(nested(object{"networkUrl": text("projects/p/global/networks/vpc-2")}))}), "has no DNS policy that logs"},
		"a policy of a network not known":    {change("names", object{"networks": list(nested(object{"networkUrl": unknown}))}), ""},
	}
	for _, w := range watch.All {
		rows["no metric for "+w.ID] = struct {
			stack control.Stack
			want  string
		}{change(w.ID, nil), "audit-watched-changes (CIS GCP 5.0 2.4-2.11): the stack has no metric for changes of "}
		rows["half a filter for "+w.ID] = struct {
			stack control.Stack
			want  string
		}{change(w.ID, object{"filter": text(w.Filter[:len(w.Filter)/2])}), "the stack has no metric for changes of "}
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range audit.StackControls {
				for _, finding := range c.Judge(row.stack) {
					got = append(got, c.Message(finding))
				}
			}
			switch {
			case row.want == "" && len(got) > 0:
				t.Errorf("the controls complain: %q", got)
			case row.want != "" && (len(got) != 1 || !strings.Contains(got[0], row.want)):
				t.Errorf("the controls say %q; want one message with %q", got, row.want)
			}
		})
	}
}
