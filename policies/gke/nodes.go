package gke

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

func demandNodes(id, title, source, remedy string, judge func(property.Map) []control.Finding) control.Control {
	return control.Control{ID: id, Title: title, Source: source, Remedy: remedy, Types: nodes, Judge: judge}
}

// machines are the controls over nodes. A cluster's own nodes, which live for
// the minutes of its creation, are judged too.
var machines = []control.Control{
	{
		ID: "gke-private-node-pool", Title: "A node pool does not give its nodes public addresses against its cluster", Source: "CIS GKE 1.9 5.6.5",
		Remedy: "set networkConfig.enablePrivateNodes to true, or leave it to the cluster", Types: pools,
		Judge: func(m property.Map) []control.Finding {
			if control.At(m, "networkConfig", "enablePrivateNodes").IsNull() {
				return nil // the cluster decides, and is judged itself
			}
			return control.Must(true, "networkConfig.enablePrivateNodes")(m)
		},
	},
	{
		ID: "gke-pool-auto-repair", Title: "Nodes that fail are replaced", Source: "CIS GKE 1.9 5.5.2, CKV_GCP_9",
		Remedy: "set management.autoRepair to true", Types: pools, Judge: control.Must(true, "management.autoRepair"),
	},
	{
		ID: "gke-pool-auto-upgrade", Title: "Nodes follow their control plane", Source: "CIS GKE 1.9 5.5.3, CKV_GCP_10",
		Remedy: "set management.autoUpgrade to true", Types: pools, Judge: control.Must(true, "management.autoUpgrade"),
	},
	demandNodes("gke-node-image", "Nodes run Google's container-optimised system", "CIS GKE 1.9 5.5.1, CKV_GCP_22",
		"set nodeConfig.imageType to COS_CONTAINERD", control.OneOf("nodeConfig.imageType", "COS_CONTAINERD")),
	demandNodes("gke-node-secure-boot", "Nodes boot nothing that is not signed", "CIS GKE 1.9 5.5.7, CKV_GCP_68",
		"set nodeConfig.shieldedInstanceConfig.enableSecureBoot to true", control.Must(true, "nodeConfig.shieldedInstanceConfig.enableSecureBoot")),
	demandNodes("gke-node-integrity", "A node whose boot changed is noticed", "CIS GKE 1.9 5.5.6, CKV_GCP_72",
		"set nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring to true", control.Must(true, "nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring")),
	demandNodes("gke-node-metadata", "Pods cannot take their node's identity", "CIS GKE 1.9 5.4.1, CKV_GCP_69",
		"set nodeConfig.workloadMetadataConfig.mode to GKE_METADATA", control.OneOf("nodeConfig.workloadMetadataConfig.mode", "GKE_METADATA")),
	demandNodes("gke-node-account", "Nodes have an account of their own", "CIS GKE 1.9 5.2.1, CKV2_GCP_1",
		"set nodeConfig.serviceAccount to an account with the node's role alone", ownAccount),
	demandNodes("gke-node-disk-key", "Nodes' disks are encrypted with a key of ours", "CIS GKE 1.9 5.9.2",
		"set nodeConfig.bootDiskKmsKey", control.Set("nodeConfig.bootDiskKmsKey")),
	{
		ID: "gke-pool-labels", Title: "A pool's machines say whose they are and who pays", Source: "own: labels",
		Remedy: "set nodeConfig.resourceLabels environment, component, owner and cost-centre", Types: pools, Judge: labels("nodeConfig.resourceLabels"),
	},
}

// ownAccount refuses the project's default account, which may edit everything.
func ownAccount(m property.Map) []control.Finding {
	const path = "nodeConfig.serviceAccount"
	findings := control.Set(path)(m)
	account := control.String(m, path)
	if account == "default" || strings.HasSuffix(account, "-compute@developer.gserviceaccount.com") {
		findings = append(findings, control.Finding{Property: path, Fault: "is the project's default account"})
	}
	return findings
}
