package cluster

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// controlPlane is the cluster's configuration. Sources are the CIS GKE
// Benchmark 1.9 and Google's hardening guide; the policy pack judges the same
// settings by name.
func controlPlane(args *Args, nodeAccount, topic pulumi.StringInput) *container.ClusterArgs {
	var authorized container.ClusterMasterAuthorizedNetworksConfigCidrBlockArray
	for _, network := range args.AuthorizedNetworks {
		authorized = append(authorized, container.ClusterMasterAuthorizedNetworksConfigCidrBlockArgs{
			DisplayName: pulumi.String(network.Name), CidrBlock: pulumi.String(network.CIDR),
		})
	}
	return &container.ClusterArgs{
		Project:       args.Project,
		Name:          pulumi.String(args.Name),
		Description:   pulumi.String("Applications in " + args.Region + "."),
		Location:      pulumi.String(args.Region),
		NodeLocations: pulumi.ToStringArray(args.Zones),

		Network:        args.Network,
		Subnetwork:     args.Subnet,
		NetworkingMode: pulumi.String("VPC_NATIVE"),
		IpAllocationPolicy: container.ClusterIpAllocationPolicyArgs{
			ClusterSecondaryRangeName:  pulumi.String(args.PodRange),
			ServicesSecondaryRangeName: pulumi.String(args.ServiceRange),
		},
		DatapathProvider:          pulumi.String("ADVANCED_DATAPATH"),
		EnableIntranodeVisibility: pulumi.Bool(true),
		EnableFqdnNetworkPolicy:   pulumi.Bool(true),
		PrivateClusterConfig: container.ClusterPrivateClusterConfigArgs{
			EnablePrivateNodes:    pulumi.Bool(true),
			EnablePrivateEndpoint: pulumi.Bool(true),
			MasterIpv4CidrBlock:   pulumi.String(args.ControlPlane),
			// Without it only this region reaches the private endpoint.
			MasterGlobalAccessConfig: container.ClusterPrivateClusterConfigMasterGlobalAccessConfigArgs{Enabled: pulumi.Bool(true)},
		},
		// Present even when empty: an absent block admits every private address.
		MasterAuthorizedNetworksConfig: container.ClusterMasterAuthorizedNetworksConfigArgs{
			CidrBlocks:                  authorized,
			GcpPublicCidrsAccessEnabled: pulumi.Bool(false),
		},

		MasterAuth: container.ClusterMasterAuthArgs{
			ClientCertificateConfig: container.ClusterMasterAuthClientCertificateConfigArgs{IssueClientCertificate: pulumi.Bool(false)},
		},
		EnableLegacyAbac:          pulumi.Bool(false),
		EnableKubernetesAlpha:     pulumi.Bool(false),
		AuthenticatorGroupsConfig: container.ClusterAuthenticatorGroupsConfigArgs{SecurityGroup: pulumi.String(args.SecurityGroup)},
		WorkloadIdentityConfig:    container.ClusterWorkloadIdentityConfigArgs{WorkloadPool: pulumi.String(args.ProjectID + ".svc.id.goog")},
		DatabaseEncryption: container.ClusterDatabaseEncryptionArgs{
			State: pulumi.String("ENCRYPTED"), KeyName: args.Key,
		},
		BinaryAuthorization: container.ClusterBinaryAuthorizationArgs{
			EvaluationMode: pulumi.String("PROJECT_SINGLETON_POLICY_ENFORCE"),
		},
		EnableShieldedNodes: pulumi.Bool(true),
		SecurityPostureConfig: container.ClusterSecurityPostureConfigArgs{
			Mode: pulumi.String("BASIC"), VulnerabilityMode: pulumi.String("VULNERABILITY_BASIC"),
		},

		ReleaseChannel: container.ClusterReleaseChannelArgs{Channel: pulumi.String(args.Channel)},
		MaintenancePolicy: container.ClusterMaintenancePolicyArgs{
			// Nights of Saturday and Sunday, 02:00 to 08:00 in São Paulo: GKE
			// wants 48 hours in any 32 days.
			RecurringWindow: container.ClusterMaintenancePolicyRecurringWindowArgs{
				StartTime:  pulumi.String("2026-01-03T05:00:00Z"),
				EndTime:    pulumi.String("2026-01-03T11:00:00Z"),
				Recurrence: pulumi.String("FREQ=WEEKLY;BYDAY=SA,SU"),
			},
			MaintenanceExclusions: exclusions(args.Exclusions),
		},
		NotificationConfig: notices(topic),

		LoggingConfig: container.ClusterLoggingConfigArgs{
			EnableComponents: pulumi.ToStringArray([]string{"SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER"}),
		},
		MonitoringConfig: container.ClusterMonitoringConfigArgs{
			EnableComponents:  pulumi.ToStringArray([]string{"SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER", "STORAGE", "HPA", "POD", "DAEMONSET", "DEPLOYMENT", "STATEFULSET"}),
			ManagedPrometheus: container.ClusterMonitoringConfigManagedPrometheusArgs{Enabled: pulumi.Bool(true)},
		},
		CostManagementConfig: container.ClusterCostManagementConfigArgs{Enabled: pulumi.Bool(true)},
		AddonsConfig: container.ClusterAddonsConfigArgs{
			GkeBackupAgentConfig:             container.ClusterAddonsConfigGkeBackupAgentConfigArgs{Enabled: pulumi.Bool(true)},
			HorizontalPodAutoscaling:         container.ClusterAddonsConfigHorizontalPodAutoscalingArgs{Disabled: pulumi.Bool(false)},
			HttpLoadBalancing:                container.ClusterAddonsConfigHttpLoadBalancingArgs{Disabled: pulumi.Bool(false)},
			GcePersistentDiskCsiDriverConfig: container.ClusterAddonsConfigGcePersistentDiskCsiDriverConfigArgs{Enabled: pulumi.Bool(true)},
			DnsCacheConfig:                   container.ClusterAddonsConfigDnsCacheConfigArgs{Enabled: pulumi.Bool(true)},
		},

		// Pools are resources of their own, so that one can change without the
		// cluster. The default pool lives for the minutes of creation, and is
		// hardened for them.
		RemoveDefaultNodePool: pulumi.Bool(true),
		InitialNodeCount:      pulumi.Int(1),
		NodeConfig: container.ClusterNodeConfigArgs{
			MachineType:    pulumi.String("e2-medium"),
			ImageType:      pulumi.String("COS_CONTAINERD"),
			BootDiskKmsKey: args.Key,
			ServiceAccount: nodeAccount,
			OauthScopes:    pulumi.ToStringArray([]string{cloudPlatform}),
			Metadata:       pulumi.StringMap{"disable-legacy-endpoints": pulumi.String("true")},
			ShieldedInstanceConfig: container.ClusterNodeConfigShieldedInstanceConfigArgs{
				EnableSecureBoot: pulumi.Bool(true), EnableIntegrityMonitoring: pulumi.Bool(true),
			},
			WorkloadMetadataConfig: container.ClusterNodeConfigWorkloadMetadataConfigArgs{Mode: pulumi.String("GKE_METADATA")},
		},
		DeletionProtection: pulumi.Bool(args.Protect),
		ResourceLabels:     pulumi.ToStringMap(args.Labels),
	}
}
