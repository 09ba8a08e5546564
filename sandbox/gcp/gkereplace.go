package gcp

// What replaces a GKE cluster or node pool: the provider's ForceNew, v7.38.0.

// nodeConfigReplaces are the settings of nodes that a pool cannot change.
var nodeConfigReplaces = concat(
	[]string{
		"bootDiskKmsKey", "enableConfidentialStorage", "localSsdCount", "metadata", "minCpuPlatform", "nodeGroup",
		"oauthScopes", "preemptible", "sandboxConfig", "serviceAccount", "spot",
	},
	block("advancedMachineFeatures", "enableNestedVirtualization", "threadsPerCore"),
	block("confidentialNodes", "enabled"),
	block("ephemeralStorageConfig", "localSsdCount"),
	block("ephemeralStorageLocalSsdConfig", "localSsdCount"),
	block("gcfsConfig", "enabled"),
	block("guestAccelerators", concat(
		[]string{"count", "gpuPartitionSize", "type"},
		block("gpuDriverInstallationConfig", "gpuDriverVersion"),
		block("gpuSharingConfig", "gpuSharingStrategy", "maxSharedClientsPerGpu"),
	)...),
	block("gvnic", "enabled"),
	block("hostMaintenancePolicy", "maintenanceInterval"),
	block("localNvmeSsdBlockConfig", "localSsdCount"),
	block("reservationAffinity", "consumeReservationType", "key", "values"),
	block("secondaryBootDisks", "diskImage", "mode"),
	block("shieldedInstanceConfig", "enableIntegrityMonitoring", "enableSecureBoot"),
	block("soleTenantConfig", block("nodeAffinities", "key", "operator", "values")...),
)

// nodePoolReplaces are a pool's own, besides its nodes'.
var nodePoolReplaces = concat(
	under("networkConfig", concat(
		[]string{"createPodRange", "podCidrOverprovisionConfig", "podIpv4CidrBlock", "podRange"},
		block("additionalNodeNetworkConfigs", "network", "subnetwork"),
		block("additionalPodNetworkConfigs", "maxPodsPerNode", "secondaryPodRange", "subnetwork"),
	)...),
	block("placementPolicy", "policyName"),
	block("queuedProvisioning", "enabled"),
)

var clusterReplaces = concat(
	[]string{
		"clusterIpv4Cidr", "datapathProvider", "defaultMaxPodsPerNode", "description", "enableAutopilot", "enableKubernetesAlpha",
		"enableMultiNetworking", "enableTpu", "initialNodeCount", "location", "name", "network", "networkingMode", "project", "subnetwork",
		"clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey",
		"nodeConfig.labels", "nodeConfig.resourceManagerTags", "nodeConfig.workloadMetadataConfig",
	},
	block("confidentialNodes", "enabled"),
	block("ipAllocationPolicy",
		"clusterIpv4CidrBlock", "clusterSecondaryRangeName", "podCidrOverprovisionConfig", "servicesIpv4CidrBlock",
		"servicesSecondaryRangeName", "stackType"),
	under("masterAuth", block("clientCertificateConfig", "issueClientCertificate")...),
	block("nodeConfig", nodeConfigReplaces...),
	block("nodePools", concat(
		[]string{"initialNodeCount", "maxPodsPerNode", "name", "namePrefix"},
		nodePoolReplaces,
		block("nodeConfig", nodeConfigReplaces...),
	)...),
	under("privateClusterConfig", "enablePrivateNodes", "masterIpv4CidrBlock", "privateEndpointSubnetwork"),
	under("tpuConfig", "enabled", "useServiceNetworking"),
)

// clusterConflicts excludes with Autopilot what Autopilot decides itself.
var clusterConflicts = func() [][]string {
	pairs := [][]string{
		{"clusterIpv4Cidr", "ipAllocationPolicy"},
		{"ipAllocationPolicy.clusterIpv4CidrBlock", "ipAllocationPolicy.clusterSecondaryRangeName"},
		{"ipAllocationPolicy.servicesIpv4CidrBlock", "ipAllocationPolicy.servicesSecondaryRangeName"},
		{"binaryAuthorization.enabled", "binaryAuthorization.evaluationMode"},
		{"enableTpu", "tpuConfig"},
		{"loggingService", "clusterTelemetry"},
		{"monitoringService", "clusterTelemetry"},
	}
	for _, path := range []string{
		"addonsConfig.dnsCacheConfig", "addonsConfig.gcpFilestoreCsiDriverConfig", "addonsConfig.networkPolicyConfig",
		"addonsConfig.statefulHaConfig", "clusterAutoscaling.enabled", "clusterAutoscaling.resourceLimits", "defaultMaxPodsPerNode",
		"enableIntranodeVisibility", "networkPolicy", "nodePools", "removeDefaultNodePool",
	} {
		pairs = append(pairs, []string{path, "enableAutopilot"})
	}
	return pairs
}()

// block lists a block that replaces when it comes or goes, and its properties.
func block(name string, properties ...string) []string {
	return append([]string{name}, under(name, properties...)...)
}
