// Package gke holds the controls over GKE clusters and their nodes.
package gke

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

var (
	clusters = []string{"gcp:container/cluster:Cluster"}
	pools    = []string{"gcp:container/nodePool:NodePool"}
	nodes    = append(slices.Clone(clusters), pools...) // both say what their nodes are
)

// Controls are the area's controls.
var Controls = slices.Concat(access, data, operation, machines)

func demand(id, title, source, remedy string, judge func(property.Map) []control.Finding) control.Control {
	return control.Control{ID: id, Title: title, Source: source, Remedy: remedy, Types: clusters, Judge: judge}
}

// access are the controls over who reaches a cluster, and as whom.
var access = []control.Control{
	demand("gke-private-nodes", "Nodes of a cluster have no public address", "CIS GKE 1.9 5.6.5, CKV_GCP_25",
		"set privateClusterConfig.enablePrivateNodes to true", control.Must(true, "privateClusterConfig.enablePrivateNodes")),
	demand("gke-private-endpoint", "The control plane has no public address", "CIS GKE 1.9 5.6.4, CKV_GCP_64",
		"set privateClusterConfig.enablePrivateEndpoint to true and come by Connect Gateway", control.Must(true, "privateClusterConfig.enablePrivateEndpoint")),
	demand("gke-authorized-networks", "Named private networks alone reach the control plane", "CIS GKE 1.9 5.6.3, CKV_GCP_18, CKV_GCP_20",
		"set masterAuthorizedNetworksConfig, empty if nobody may, with gcpPublicCidrsAccessEnabled false", authorizedNetworks),
	demand("gke-no-client-certificate", "Nobody signs in with a certificate that cannot be revoked", "CIS GKE 1.9 5.8.1, CKV_GCP_13",
		"set masterAuth.clientCertificateConfig.issueClientCertificate to false", control.Must(false, "masterAuth.clientCertificateConfig.issueClientCertificate")),
	demand("gke-no-legacy-abac", "RBAC alone decides in a cluster", "CIS GKE 1.9 5.8.3, CKV_GCP_7",
		"set enableLegacyAbac to false", control.Must(false, "enableLegacyAbac")),
	demand("gke-groups-rbac", "Roles in a cluster are bound to groups of Google", "CIS GKE 1.9 5.8.2, CKV_GCP_65",
		"set authenticatorGroupsConfig.securityGroup to gke-security-groups@ your domain", control.Set("authenticatorGroupsConfig.securityGroup")),
	demand("gke-workload-identity", "Pods act on Google Cloud as accounts of their own", "CIS GKE 1.9 5.2.2, CKV_GCP_69",
		"set workloadIdentityConfig.workloadPool to PROJECT.svc.id.goog", control.Set("workloadIdentityConfig.workloadPool")),
	demand("gke-binary-authorization", "The project's admission policy is enforced", "CIS GKE 1.9 5.10.4, CKV_GCP_66",
		"set binaryAuthorization.evaluationMode to PROJECT_SINGLETON_POLICY_ENFORCE", control.OneOf("binaryAuthorization.evaluationMode", "PROJECT_SINGLETON_POLICY_ENFORCE")),
	demand("gke-vpc-native", "Pods have addresses of the VPC", "CIS GKE 1.9 5.6.2, CKV_GCP_23",
		"set networkingMode to VPC_NATIVE and ipAllocationPolicy", control.All(control.OneOf("networkingMode", "VPC_NATIVE"), control.Set("ipAllocationPolicy"))),
	demand("gke-dataplane-v2", "Network policies are enforced by Dataplane V2", "CIS GKE 1.9 4.3.1, CKV_GCP_12",
		"set datapathProvider to ADVANCED_DATAPATH", control.OneOf("datapathProvider", "ADVANCED_DATAPATH")),
	demand("gke-intranode-visibility", "Traffic between pods of one node shows in flow logs", "CIS GKE 1.9 5.6.1, CKV_GCP_61",
		"set enableIntranodeVisibility to true", control.Must(true, "enableIntranodeVisibility")),
}

// authorizedNetworks wants the block, even without a network in it: an absent
// one admits every private address.
func authorizedNetworks(m property.Map) []control.Finding {
	const block = "masterAuthorizedNetworksConfig"
	config := control.At(m, block)
	if config.IsComputed() {
		return nil
	}
	if !config.IsMap() {
		return []control.Finding{{Property: block, Fault: "is not set"}}
	}
	findings := control.Must(false, block+".gcpPublicCidrsAccessEnabled")(m)
	networks := control.At(m, block, "cidrBlocks")
	if !networks.IsArray() {
		return findings
	}
	for i, network := range networks.AsArray().AsSlice() {
		if !network.IsMap() {
			continue
		}
		if cidr := control.String(network.AsMap(), "cidrBlock"); cidr == "0.0.0.0/0" || cidr == "::/0" {
			findings = append(findings, control.Finding{Property: fmt.Sprintf("%s.cidrBlocks[%d]", block, i), Fault: "admits " + cidr})
		}
	}
	return findings
}

// data are the controls over what a cluster holds.
var data = []control.Control{
	demand("gke-etcd-encrypted", "Secrets in etcd are encrypted with a key of ours", "CIS GKE 1.9 5.3.1",
		"set databaseEncryption to state ENCRYPTED with keyName", control.All(control.OneOf("databaseEncryption.state", "ENCRYPTED"), control.Set("databaseEncryption.keyName"))),
	demand("gke-backup-agent", "A cluster can be backed up", "own: every cluster has a backup plan",
		"set addonsConfig.gkeBackupAgentConfig.enabled to true", control.Must(true, "addonsConfig.gkeBackupAgentConfig.enabled")),
	demand("gke-deletion-decided", "Whether a cluster may be deleted is written down", "own: deletion protection is on unless the spec's switch is off",
		"set deletionProtection from the spec's switch", control.All(decided)),
}

// decided wants the switch said, either way: taking an environment down turns
// it off first.
func decided(m property.Map) []control.Finding {
	if value := control.At(m, "deletionProtection"); !value.IsBool() && !value.IsComputed() {
		return []control.Finding{{Property: "deletionProtection", Fault: "is not set"}}
	}
	return nil
}

var region = regexp.MustCompile(`^[a-z]+-[a-z]+[0-9]+$`)

func regional(m property.Map) []control.Finding {
	location := control.At(m, "location")
	switch {
	case location.IsComputed():
	case !location.IsString():
		return []control.Finding{{Property: "location", Fault: "is not set"}}
	case !region.MatchString(location.AsString()):
		return []control.Finding{{Property: "location", Fault: fmt.Sprintf("is %q, not a region", location.AsString())}}
	}
	return nil
}
