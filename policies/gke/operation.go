package gke

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

// components are what a cluster tells of itself.
// https://cloud.google.com/kubernetes-engine/docs/how-to/view-logs
var components = []string{"SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER"}

// operation are the controls over how a cluster is run.
var operation = []control.Control{
	demand("gke-regional", "A cluster outlives the loss of a zone", "own: regional control planes",
		"set location to a region", regional),
	demand("gke-release-channel", "Google keeps a cluster on a supported version", "CIS GKE 1.9 5.5.4, CKV_GCP_70",
		"set releaseChannel.channel to REGULAR, STABLE or EXTENDED", control.OneOf("releaseChannel.channel", "REGULAR", "STABLE", "EXTENDED")),
	demand("gke-no-alpha", "No cluster runs features without support", "CIS GKE 1.9 5.10.2, CKV2_GCP_19",
		"set enableKubernetesAlpha to false", control.Must(false, "enableKubernetesAlpha")),
	demand("gke-logging", "The control plane and the workloads are logged", "CIS GKE 1.9 5.7.1, CKV_GCP_1",
		"list SYSTEM_COMPONENTS, APISERVER, SCHEDULER, CONTROLLER_MANAGER and WORKLOADS under loggingConfig.enableComponents",
		control.Holds("loggingConfig.enableComponents", append([]string{"WORKLOADS"}, components...)...)),
	demand("gke-monitoring", "The control plane and the nodes are measured", "CIS GKE 1.9 5.7.1, CKV_GCP_8",
		"list SYSTEM_COMPONENTS, APISERVER, SCHEDULER and CONTROLLER_MANAGER under monitoringConfig.enableComponents",
		control.Holds("monitoringConfig.enableComponents", components...)),
	demand("gke-maintenance-window", "Upgrades come at a time that we chose", "own: maintenance window",
		"set maintenancePolicy.recurringWindow", control.Set("maintenancePolicy.recurringWindow.recurrence")),
	demand("gke-upgrade-notices", "Upgrades and vulnerabilities are told of", "own: upgrade notifications",
		"set notificationConfig.pubsub with enabled true and a topic", control.All(control.Must(true, "notificationConfig.pubsub.enabled"), control.Set("notificationConfig.pubsub.topic"))),
	demand("gke-cost-allocation", "The bill says which namespace spends", "own: cost management",
		"set costManagementConfig.enabled to true", control.Must(true, "costManagementConfig.enabled")),
	demand("gke-labels", "A cluster says whose it is and who pays", "CKV_GCP_21",
		"set resourceLabels environment, component, owner and cost-centre", labels("resourceLabels")),
	demand("gke-no-inline-pools", "Pools change without their cluster", "CKV_GCP_123",
		"make each pool a container.NodePool, and set removeDefaultNodePool to true", inlinePools),
	demand("gke-shielded-nodes", "Nodes prove that they are nodes", "CIS GKE 1.9 5.5.5, CKV_GCP_71",
		"set enableShieldedNodes to true", control.Must(true, "enableShieldedNodes")),
}

func inlinePools(m property.Map) []control.Finding {
	findings := control.Must(true, "removeDefaultNodePool")(m)
	if pools := control.At(m, "nodePools"); pools.IsArray() && pools.AsArray().Len() > 0 {
		findings = append(findings, control.Finding{Property: "nodePools", Fault: fmt.Sprintf("holds %d pools", pools.AsArray().Len())})
	}
	return findings
}

// labels demands the labels that every bill is split by.
func labels(path string) func(property.Map) []control.Finding {
	return func(m property.Map) []control.Finding {
		var findings []control.Finding
		for _, name := range []string{"environment", "component", "owner", "cost-centre"} {
			findings = append(findings, control.Set(path+"."+name)(m)...)
		}
		return findings
	}
}
