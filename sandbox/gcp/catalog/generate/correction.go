package main

import (
	"fmt"
	"strings"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
)

// corrections are the places where the SDK's comments mislead: a default that
// the cloud applies and the provider leaves to it, or possible values that
// stand at the wrong property.
var corrections = map[string][]string{
	"gcp:artifactregistry/repository:Repository": {
		"remoteRepositoryConfig.aptRepository.publicRepository.repositoryBase", // has the values of yumRepository
	},
	"gcp:certificatemanager/dnsAuthorization:DnsAuthorization": {"dnsResourceRecords.type"}, // has the values of type
	"gcp:compute/routerNat:RouterNat":                          {"minPortsPerVm"},
	"gcp:compute/securityPolicy:SecurityPolicy":                {"advancedOptionsConfig.jsonParsing", "advancedOptionsConfig.logLevel"},
	"gcp:compute/subnetwork:Subnetwork":                        {"sendSecondaryIpRangeIfEmpty"},
	"gcp:compute/uRLMap:URLMap":                                {"pathMatchers.pathRules.urlRedirect.stripQuery"},
	"gcp:container/cluster:Cluster": {
		"allowNetAdmin",
		"enableAutopilot",
		"loggingService",
		"monitoringService",
		"nodeConfig.advancedMachineFeatures.enableNestedVirtualization",
		"nodeConfig.kubeletConfig.cpuManagerPolicy",
		"nodeConfig.localSsdCount",
		"nodeConfig.machineType",
		"nodePools.nodeConfig.advancedMachineFeatures.enableNestedVirtualization",
		"nodePools.nodeConfig.kubeletConfig.cpuManagerPolicy",
		"nodePools.nodeConfig.localSsdCount",
		"nodePools.nodeConfig.machineType",
	},
	"gcp:pubsub/subscription:Subscription": {
		"messageRetentionDuration", // in days, where the value is in seconds
		"retryPolicy.maximumBackoff",
		"retryPolicy.minimumBackoff",
	},
	"gcp:sql/databaseInstance:DatabaseInstance": {
		"settings.enableDataplexIntegration",
		"settings.enableGoogleMlIntegration",
	},
	"gcp:storage/bucket:Bucket": {"publicAccessPrevention"},
}

// correct takes away what the SDK says wrongly. A correction of what it does
// not say is refused, so that none outlives its reason.
func correct(t *catalog.Type) error {
	for _, path := range corrections[t.Token] {
		property, ok := t.At(strings.Split(path, ".")...)
		if !ok || property.Default == nil && property.Values == nil {
			return fmt.Errorf("the correction of %s is not needed: remove it", path)
		}
		property.Default, property.Values = nil, nil
	}
	return nil
}
