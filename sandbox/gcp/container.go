package gcp

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	containerAPI  = "container.googleapis.com"
	containerLink = "https://container.googleapis.com/v1/"
	// gkeVersion is what the sandbox says that clusters run: Kubernetes as in
	// tools/kubernetes.
	gkeVersion = "1.36.3-gke.1000000"
)

var containerRules = map[string]*rule{
	clusterType: {
		api:   containerAPI,
		name:  autoname(40),
		place: "location",
		id:    format("projects/{project}/locations/{location}/clusters/{name}"),
		defaults: map[string]any{
			"deletionProtection": true, "network": "default", "enableFqdnNetworkPolicy": false, "enableKubernetesAlpha": false,
			"enableL4IlbSubsetting": false, "enableMultiNetworking": false,
			"dnsConfig.clusterDns": "PROVIDER_UNSPECIFIED", "dnsConfig.clusterDnsScope": "DNS_SCOPE_UNSPECIFIED",
			"resourceUsageExportConfig.enableNetworkEgressMetering":             false,
			"monitoringConfig.advancedDatapathObservabilityConfigs.enableRelay": false,
			"clusterAutoscaling.autoProvisioningDefaults.imageType":             "COS_CONTAINERD", "clusterAutoscaling.autoProvisioningDefaults.serviceAccount": "default",
			"clusterAutoscaling.autoProvisioningDefaults.upgradeSettings.blueGreenSettings.standardRolloutPolicy.batchSoakDuration": "0s",
			"nodePools.management.autoRepair": true, "nodePools.management.autoUpgrade": true, "nodePools.upgradeSettings.strategy": "SURGE",
		},
		replaces:  clusterReplaces,
		conflicts: clusterConflicts,
		refs: []reference{
			{path: "network", to: networkType, holds: true},
			{path: "subnetwork", to: subnetType, holds: true, pattern: "projects/{project}/regions/{location}/subnetworks/{}"},
			{path: "notificationConfig.pubsub.topic", to: topicType},
		},
		keys: []keyUse{
			{path: "databaseEncryption.keyName", agent: "container-engine-robot", place: "location"},
			{path: "nodeConfig.bootDiskKmsKey", agent: "compute-system", place: "location"},
		},
		check:   checkCluster,
		create:  createCluster,
		outputs: clusterOutputs,
		remove: func(o *op) error {
			if !flag(o.old.Properties, "deletionProtection") {
				return nil
			}
			return fmt.Errorf("cluster %s: cannot destroy cluster because deletion_protection is set to true. Set it to false to proceed with cluster deletion: set deletionProtection to false, run up, and delete it then", o.id)
		},
		owns: []string{nodePoolType},
		made: func(ctx context.Context, c Clusters, o *op) error {
			ca, err := c.Create(ctx, o.project.ID, o.text("name"))
			if err != nil {
				return err //nolint:wrapcheck // it names the cluster
			}
			o.nest("masterAuth", "clusterCaCertificate", base64.StdEncoding.EncodeToString(ca))
			return nil
		},
		unmade: func(ctx context.Context, c Clusters, o *op) error {
			return c.Remove(ctx, o.project.ID, o.text("name")) //nolint:wrapcheck // it names the cluster
		},
	},
	nodePoolType: {
		api:   containerAPI,
		name:  autoname(40),
		place: "location",
		id: func(o *op) (string, error) {
			cluster := o.text("cluster")
			if name := segment(cluster, "clusters"); name != "" {
				cluster = name
			}
			return o.expand("projects/{project}/locations/{location}/clusters/") + cluster + "/nodePools/" + o.text("name"), nil
		},
		defaults: nodePoolDefaults,
		replaces: concat([]string{"cluster", "initialNodeCount", "location", "maxPodsPerNode", "name", "namePrefix", "nodeConfig", "project"}, nodePoolReplaces, under("nodeConfig", nodeConfigReplaces...)),
		refs: []reference{
			{path: "cluster", to: clusterType, pattern: "projects/{project}/locations/{location}/clusters/{}"},
		},
		keys:   []keyUse{{path: "nodeConfig.bootDiskKmsKey", agent: "compute-system", place: "location"}},
		check:  checkNodePool,
		create: checkNodeAccount,
		update: checkNodeAccount,
		outputs: func(o *op) error {
			o.set("version", gkeVersion)
			o.set("maxPodsPerNode", 110)
			o.set("initialNodeCount", number(o.in, "autoscaling.minNodeCount"))
			o.set("nodeCount", number(o.out, "initialNodeCount"))
			o.set("nodeLocations", []any{o.text("location") + "-a"})
			var groups []any
			for _, zone := range texts(o.out, "nodeLocations") {
				groups = append(groups, computeLink+o.expand("projects/{project}/zones/")+zone+"/instanceGroupManagers/gke-"+o.expand("{cluster}-{name}")+"-grp")
			}
			o.set("instanceGroupUrls", groups)
			o.set("managedInstanceGroupUrls", groups)
			return nil
		},
	},
}

var nodePoolDefaults = map[string]any{
	"management.autoRepair": true, "management.autoUpgrade": true, "upgradeSettings.strategy": "SURGE",
	"nodeConfig.preemptible": false, "nodeConfig.spot": false,
	"nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring": true, "nodeConfig.shieldedInstanceConfig.enableSecureBoot": false,
}

func checkNodePool(in resource.PropertyMap) []problem {
	var problems []problem
	least, most := number(in, "autoscaling.minNodeCount"), number(in, "autoscaling.maxNodeCount")
	if has(in, "autoscaling.maxNodeCount") && most > 0 && least > most {
		problems = append(problems, problem{"autoscaling.minNodeCount", fmt.Sprintf("%v is more than maxNodeCount, %v", least, most)})
	}
	total := has(in, "autoscaling.totalMinNodeCount") || has(in, "autoscaling.totalMaxNodeCount")
	if total && (has(in, "autoscaling.minNodeCount") || has(in, "autoscaling.maxNodeCount")) {
		problems = append(problems, problem{"autoscaling", "limits per zone and total limits exclude each other: set minNodeCount and maxNodeCount, or totalMinNodeCount and totalMaxNodeCount"})
	}
	if has(in, "upgradeSettings.maxSurge") && number(in, "upgradeSettings.maxSurge")+number(in, "upgradeSettings.maxUnavailable") == 0 &&
		!unknown(in, "upgradeSettings.maxSurge") && !unknown(in, "upgradeSettings.maxUnavailable") {
		problems = append(problems, problem{"upgradeSettings", "maxSurge and maxUnavailable must not both be 0"})
	}
	return append(problems, checkTaints(in)...)
}

// checkNodeAccount refuses nodes that would run as nobody.
func checkNodeAccount(o *op) error {
	return o.checkAccount(o.text("nodeConfig.serviceAccount"), "nodeConfig.serviceAccount")
}
