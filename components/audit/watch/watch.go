// Package watch says which entries of the audit log somebody must be told of:
// those that CIS Google Cloud Foundations names, each with the filter that
// finds it and what to do about it. It makes nothing: package audit turns each
// into a metric and an alert.
package watch

import "strings"

// A Watch is one kind of change.
type Watch struct {
	ID       string // names the metric and the alert
	Source   string // recommendation of CIS Google Cloud Foundations 5.0
	Title    string
	Filter   string // Cloud Logging's language
	Resource string // type of the monitored resource that the entries are of
	Meaning  string // what such a change can do
	Response string // what to look at
}

// All are the watches, in the order of the benchmark.
var All = []Watch{
	{
		ID: "project-ownership", Source: "CIS GCP 5.0 2.4", Title: "Ownership of the project changed", Resource: "project",
		Filter: `(protoPayload.serviceName="cloudresourcemanager.googleapis.com") AND (ProjectOwnership OR projectOwnerInvitee) ` +
			`OR (protoPayload.serviceData.policyDelta.bindingDeltas.action="REMOVE" AND protoPayload.serviceData.policyDelta.bindingDeltas.role="roles/owner") ` +
			`OR (protoPayload.serviceData.policyDelta.bindingDeltas.action="ADD" AND protoPayload.serviceData.policyDelta.bindingDeltas.role="roles/owner")`,
		Meaning:  "An owner can do everything, hide it, and shut the others out. Nobody is an owner in daily work.",
		Response: "Take the role away unless a second person confirms it, then look for what the member did since.",
	},
	{
		ID: "audit-config", Source: "CIS GCP 5.0 2.5", Title: "What is written to the audit log changed", Resource: "project",
		Filter:   `protoPayload.methodName="SetIamPolicy" AND protoPayload.serviceData.policyDelta.auditConfigDeltas:*`,
		Meaning:  "Whoever turns audit logs off, or exempts a member from them, acts unseen afterwards.",
		Response: "Run pulumi up, which turns them on again, and treat everything in between as unobserved.",
	},
	{
		ID: "custom-role", Source: "CIS GCP 5.0 2.6", Title: "A custom role changed", Resource: "iam_role",
		Filter: `resource.type="iam_role" AND (protoPayload.methodName="google.iam.admin.v1.CreateRole" ` +
			`OR protoPayload.methodName="google.iam.admin.v1.DeleteRole" OR protoPayload.methodName="google.iam.admin.v1.UpdateRole")`,
		Meaning:  "A permission that slips into a role reaches everybody who has it.",
		Response: "Compare the role's permissions with the program; roles are changed by pulumi up alone.",
	},
	{
		ID: "firewall", Source: "CIS GCP 5.0 2.7", Title: "A firewall rule changed", Resource: "gce_firewall_rule",
		Filter: `resource.type="gce_firewall_rule" AND (protoPayload.methodName:"compute.firewalls.patch" ` +
			`OR protoPayload.methodName:"compute.firewalls.insert" OR protoPayload.methodName:"compute.firewalls.delete")`,
		Meaning:  "A rule decides what of the network is reachable. GKE and a deployment change rules; people do not.",
		Response: "Match it with a deployment or a cluster upgrade. Without one, delete the rule and read the flow logs since.",
	},
	{
		ID: "route", Source: "CIS GCP 5.0 2.8", Title: "A route changed", Resource: "gce_route",
		Filter:   `resource.type="gce_route" AND (protoPayload.methodName:"compute.routes.delete" OR protoPayload.methodName:"compute.routes.insert")`,
		Meaning:  "A route decides through whose hands traffic goes.",
		Response: "Match it with a deployment. Without one, delete the route and look for the machine that it led to.",
	},
	{
		ID: "network", Source: "CIS GCP 5.0 2.9", Title: "A network or a peering changed", Resource: "gce_network",
		Filter: `resource.type="gce_network" AND (protoPayload.methodName:"compute.networks.insert" OR protoPayload.methodName:"compute.networks.patch" ` +
			`OR protoPayload.methodName:"compute.networks.delete" OR protoPayload.methodName:"compute.networks.removePeering" ` +
			`OR protoPayload.methodName:"compute.networks.addPeering")`,
		Meaning:  "A peering joins our private network with another.",
		Response: "Match it with a deployment. Without one, remove the peering and find who owns the other end.",
	},
	{
		ID: "storage-iam", Source: "CIS GCP 5.0 2.10", Title: "Who may reach a bucket changed", Resource: "gcs_bucket",
		Filter:   `resource.type="gcs_bucket" AND protoPayload.methodName="storage.setIamPermissions"`,
		Meaning:  "Buckets hold tenants' files and the evidence of what happened.",
		Response: "A tenant that joined or left explains a change of its folder alone. Undo any other, and read the access logs since.",
	},
	{
		ID: "sql-config", Source: "CIS GCP 5.0 2.11", Title: "The configuration of a database instance changed", Resource: "cloudsql_database",
		Filter:   `protoPayload.methodName="cloudsql.instances.update"`,
		Meaning:  "Encryption in transit, backups and public addresses are settings of the instance.",
		Response: "Match it with a deployment. Without one, run pulumi preview, which shows the difference, and undo it.",
	},
}

// Documentation is what the message of an alert says, in Markdown.
func (w Watch) Documentation() string {
	return strings.Join([]string{
		"## " + w.Title,
		w.Meaning,
		"**What to do.** Find the entry in the Logs Explorer with the filter below: it names who changed what, and from where. " + w.Response,
		"```\n" + w.Filter + "\n```",
		"Source: " + w.Source + ".",
	}, "\n\n")
}
