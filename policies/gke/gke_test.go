package gke_test

import (
	"testing"

	"github.com/avila-devops/saas/policies/control/controltest"
	"github.com/avila-devops/saas/policies/gke"
)

const (
	clusterType = "gcp:container/cluster:Cluster"
	poolType    = "gcp:container/nodePool:NodePool"

	nodeConfig = `"nodeConfig":{"imageType":"COS_CONTAINERD","shieldedInstanceConfig":{"enableSecureBoot":true,"enableIntegrityMonitoring":true},
		"workloadMetadataConfig":{"mode":"GKE_METADATA"},"serviceAccount":"nodes@p.iam.gserviceaccount.com","bootDiskKmsKey":"k",
		"resourceLabels":{"environment":"e","component":"c","owner":"o","cost-centre":"s"}}`
	cluster = `{"location":"southamerica-east1","privateClusterConfig":{"enablePrivateNodes":true,"enablePrivateEndpoint":true},
		"masterAuthorizedNetworksConfig":{"gcpPublicCidrsAccessEnabled":false,"cidrBlocks":[{"cidrBlock":"10.0.0.0/8"}]},
		"masterAuth":{"clientCertificateConfig":{"issueClientCertificate":false}},"enableLegacyAbac":false,"enableKubernetesAlpha":false,
		"authenticatorGroupsConfig":{"securityGroup":"gke-security-groups@example.com"},"workloadIdentityConfig":{"workloadPool":"p.svc.id.goog"},
		"binaryAuthorization":{"evaluationMode":"PROJECT_SINGLETON_POLICY_ENFORCE"},"networkingMode":"VPC_NATIVE","ipAllocationPolicy":{"clusterSecondaryRangeName":"pods"},
		"datapathProvider":"ADVANCED_DATAPATH","enableIntranodeVisibility":true,"databaseEncryption":{"state":"ENCRYPTED","keyName":"k"},
		"addonsConfig":{"gkeBackupAgentConfig":{"enabled":true}},"deletionProtection":true,"releaseChannel":{"channel":"REGULAR"},
		"loggingConfig":{"enableComponents":["SYSTEM_COMPONENTS","WORKLOADS","APISERVER","SCHEDULER","CONTROLLER_MANAGER"]},
		"monitoringConfig":{"enableComponents":["SYSTEM_COMPONENTS","APISERVER","SCHEDULER","CONTROLLER_MANAGER"]},
		"maintenancePolicy":{"recurringWindow":{"recurrence":"FREQ=WEEKLY;BYDAY=SA,SU"}},"notificationConfig":{"pubsub":{"enabled":true,"topic":"t"}},
		"costManagementConfig":{"enabled":true},"resourceLabels":{"environment":"e","component":"c","owner":"o","cost-centre":"s"},
		"removeDefaultNodePool":true,"enableShieldedNodes":true,` + nodeConfig + `}`
	pool = `{"management":{"autoRepair":true,"autoUpgrade":true},"networkConfig":{"enablePrivateNodes":true},` + nodeConfig + `}`
)

var change = controltest.Change

func TestControlsCatch(t *testing.T) {
	t.Parallel()
	controltest.Prove(t, gke.Controls, map[string]string{clusterType: cluster, poolType: pool}, map[string]controltest.Row{
		"public nodes":                        change(clusterType, "privateClusterConfig.enablePrivateNodes", false, "gke-private-nodes", "gke-private-nodes (CIS GKE 1.9 5.6.5, CKV_GCP_25): privateClusterConfig.enablePrivateNodes is false; set"),
		"nodes of which nothing is said":      change(clusterType, "privateClusterConfig", map[string]any{"enablePrivateEndpoint": true}, "gke-private-nodes", "privateClusterConfig.enablePrivateNodes is not set"),
		"a public control plane":              change(clusterType, "privateClusterConfig.enablePrivateEndpoint", false, "gke-private-endpoint", "is false"),
		"no authorized networks":              change(clusterType, "masterAuthorizedNetworksConfig", nil, "gke-authorized-networks", "is not set"),
		"Google's networks":                   change(clusterType, "masterAuthorizedNetworksConfig.gcpPublicCidrsAccessEnabled", true, "gke-authorized-networks", "is true"),
		"the whole world":                     change(clusterType, "masterAuthorizedNetworksConfig.cidrBlocks", []any{map[string]any{"cidrBlock": "0.0.0.0/0"}}, "gke-authorized-networks", "admits 0.0.0.0/0"),
		"networks that are not known":         change(clusterType, "masterAuthorizedNetworksConfig", controltest.Unknown, "", ""),
		"client certificates":                 change(clusterType, "masterAuth.clientCertificateConfig.issueClientCertificate", true, "gke-no-client-certificate", "is true"),
		"ABAC":                                change(clusterType, "enableLegacyAbac", true, "gke-no-legacy-abac", "is true"),
		"no groups":                           change(clusterType, "authenticatorGroupsConfig", nil, "gke-groups-rbac", "is not set"),
		"no Workload Identity":                change(clusterType, "workloadIdentityConfig", nil, "gke-workload-identity", "is not set"),
		"admission that only looks":           change(clusterType, "binaryAuthorization.evaluationMode", "DISABLED", "gke-binary-authorization", `is "DISABLED"`),
		"routes":                              change(clusterType, "networkingMode", "ROUTES", "gke-vpc-native", `is "ROUTES"`),
		"the older dataplane":                 change(clusterType, "datapathProvider", "LEGACY_DATAPATH", "gke-dataplane-v2", "LEGACY_DATAPATH"),
		"the dataplane by default":            change(clusterType, "datapathProvider", nil, "gke-dataplane-v2", "is not set"),
		"blind nodes":                         change(clusterType, "enableIntranodeVisibility", false, "gke-intranode-visibility", "is false"),
		"etcd in Google's key":                change(clusterType, "databaseEncryption.state", "DECRYPTED", "gke-etcd-encrypted", "DECRYPTED"),
		"a key that is not known":             change(clusterType, "databaseEncryption.keyName", controltest.Unknown, "", ""),
		"no backups":                          change(clusterType, "addonsConfig.gkeBackupAgentConfig.enabled", false, "gke-backup-agent", "is false"),
		"deletion by default":                 change(clusterType, "deletionProtection", nil, "gke-deletion-decided", "is not set"),
		"deletion on the way down":            change(clusterType, "deletionProtection", false, "", ""),
		"one zone":                            change(clusterType, "location", "southamerica-east1-a", "gke-regional", "not a region"),
		"no channel":                          change(clusterType, "releaseChannel", nil, "gke-release-channel", "is not set"),
		"the channel without support":         change(clusterType, "releaseChannel.channel", "RAPID", "gke-release-channel", "RAPID"),
		"alpha":                               change(clusterType, "enableKubernetesAlpha", true, "gke-no-alpha", "is true"),
		"an API server without logs":          change(clusterType, "loggingConfig.enableComponents", []any{"SYSTEM_COMPONENTS", "WORKLOADS"}, "gke-logging", "without APISERVER"),
		"no measures":                         change(clusterType, "monitoringConfig", nil, "gke-monitoring", "is [], without SYSTEM_COMPONENTS"),
		"upgrades at noon":                    change(clusterType, "maintenancePolicy", nil, "gke-maintenance-window", "is not set"),
		"silent upgrades":                     change(clusterType, "notificationConfig.pubsub.enabled", false, "gke-upgrade-notices", "is false"),
		"notices to nobody":                   change(clusterType, "notificationConfig.pubsub.topic", nil, "gke-upgrade-notices", "is not set"),
		"a bill without names":                change(clusterType, "costManagementConfig.enabled", false, "gke-cost-allocation", "is false"),
		"a cluster of nobody":                 change(clusterType, "resourceLabels.owner", nil, "gke-labels", "resourceLabels.owner is not set"),
		"inline pools":                        change(clusterType, "nodePools", []any{map[string]any{"name": "x"}}, "gke-no-inline-pools", "holds 1 pools"),
		"the default pool":                    change(clusterType, "removeDefaultNodePool", false, "gke-no-inline-pools", "is false"),
		"nodes without a shield":              change(clusterType, "enableShieldedNodes", false, "gke-shielded-nodes", "is false"),
		"the default pool's default account":  change(clusterType, "nodeConfig.serviceAccount", nil, "gke-node-account", "is not set"),
		"a pool with public nodes":            change(poolType, "networkConfig.enablePrivateNodes", false, "gke-private-node-pool", "is false"),
		"a pool that follows its cluster":     change(poolType, "networkConfig", nil, "", ""),
		"a pool without repair":               change(poolType, "management.autoRepair", false, "gke-pool-auto-repair", "is false"),
		"a pool without upgrades":             change(poolType, "management.autoUpgrade", false, "gke-pool-auto-upgrade", "is false"),
		"another system":                      change(poolType, "nodeConfig.imageType", "UBUNTU_CONTAINERD", "gke-node-image", "UBUNTU"),
		"boot of anything":                    change(poolType, "nodeConfig.shieldedInstanceConfig.enableSecureBoot", false, "gke-node-secure-boot", "is false"),
		"boot unseen":                         change(poolType, "nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring", false, "gke-node-integrity", "is false"),
		"pods that take the node's identity":  change(poolType, "nodeConfig.workloadMetadataConfig.mode", "GCE_METADATA", "gke-node-metadata", "GCE_METADATA"),
		"the default account":                 change(poolType, "nodeConfig.serviceAccount", "1-compute@developer.gserviceaccount.com", "gke-node-account", "default account"),
		"an account that is not known":        change(poolType, "nodeConfig.serviceAccount", controltest.Unknown, "", ""),
		"disks in Google's key":               change(poolType, "nodeConfig.bootDiskKmsKey", nil, "gke-node-disk-key", "is not set"),
		"machines of nobody":                  change(poolType, "nodeConfig.resourceLabels.cost-centre", nil, "gke-pool-labels", "cost-centre is not set"),
		"a pool whose nodes say nothing else": change(poolType, "nodeConfig.workloadMetadataConfig", nil, "gke-node-metadata", "is not set"),
	})
}
