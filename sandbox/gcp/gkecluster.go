package gcp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// checkCluster judges what GKE does not accept together.
// https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters
func checkCluster(in resource.PropertyMap) []problem {
	problems := checkPrefixes(in, "privateClusterConfig.masterIpv4CidrBlock", 28, 28)
	if flag(in, "privateClusterConfig.enablePrivateEndpoint") && has(in, "privateClusterConfig.enablePrivateNodes") &&
		!flag(in, "privateClusterConfig.enablePrivateNodes") && !unknown(in, "privateClusterConfig.enablePrivateNodes") {
		problems = append(problems, problem{"privateClusterConfig.enablePrivateEndpoint", "needs enablePrivateNodes: set it to true"})
	}
	if !flag(in, "enableAutopilot") && !has(in, "nodePools") && number(in, "initialNodeCount") < 1 && !unknown(in, "initialNodeCount") {
		problems = append(problems, problem{"initialNodeCount", "must be greater than zero: with removeDefaultNodePool the first pool goes again"})
	}
	state := text(in, "databaseEncryption.state")
	if has(in, "databaseEncryption.state") && state != "" && (state == "ENCRYPTED") != has(in, "databaseEncryption.keyName") {
		problems = append(problems, problem{"databaseEncryption.keyName", "must be set when state is ENCRYPTED, and only then"})
	}
	return append(problems, checkMaintenance(in)...)
}

func createCluster(o *op) error {
	if pool := o.text("workloadIdentityConfig.workloadPool"); pool != "" && pool != o.project.ID+".svc.id.goog" {
		return refuse(400, "badRequest", "use "+o.project.ID+".svc.id.goog", "Currently, the only supported identity namespace is %q: got %q", o.project.ID+".svc.id.goog", pool)
	}
	if err := o.checkAccount(o.text("nodeConfig.serviceAccount"), "nodeConfig.serviceAccount"); err != nil {
		return err
	}
	subnet, err := o.subnet()
	if err != nil {
		return err
	}
	if subnet != nil {
		if err := o.checkSubnet(subnet); err != nil {
			return err
		}
	}
	if block := o.text("privateClusterConfig.masterIpv4CidrBlock"); block != "" {
		return o.checkOverlap(o.text("network"), "cluster.private_cluster_config.master_ipv4_cidr_block", []string{block})
	}
	return nil
}

func (o *op) subnet() (*cloud.Record, error) {
	value := o.text("subnetwork")
	if value == "" {
		return nil, nil //nolint:nilnil // GKE then makes one of its own
	}
	return o.resolve(reference{to: subnetType, pattern: "projects/{project}/regions/{location}/subnetworks/{}"}, value)
}

// checkSubnet refuses a subnetwork elsewhere, or one without the wanted ranges.
func (o *op) checkSubnet(subnet *cloud.Record) error {
	if region := text(subnet.Properties, "region"); !strings.HasPrefix(o.text("location"), region) {
		return refuse(400, "badRequest", "use a subnetwork of "+o.text("location"), "Subnetwork %s lies in %s, but the cluster lies in %s", describe(subnet), region, o.text("location"))
	}
	vpc, err := o.named(networkType, o.text("network"))
	if err != nil || vpc == nil {
		return err
	}
	if !(reference{to: networkType}).names(o, text(subnet.Properties, "network"), vpc) {
		return refuse(400, "badRequest", "use a subnetwork of the network", "Subnetwork %s is not in network %s", describe(subnet), describe(vpc))
	}
	ranges := texts(subnet.Properties, "secondaryIpRanges.rangeName")
	for what, path := range map[string]string{
		"Pod": "ipAllocationPolicy.clusterSecondaryRangeName", "Service": "ipAllocationPolicy.servicesSecondaryRangeName",
	} {
		if name := o.text(path); name != "" && !slices.Contains(ranges, name) {
			return refuse(400, "badRequest", "add it to secondaryIpRanges, or correct "+path,
				"%s secondary range %q does not exist in subnetwork %s, which has [%s]", what, name, describe(subnet), strings.Join(ranges, " "))
		}
	}
	return nil
}

func clusterOutputs(o *op) error {
	o.set("selfLink", containerLink+o.id)
	o.set("masterVersion", gkeVersion)
	o.set("nodeVersion", gkeVersion)
	o.set("labelFingerprint", fingerprint(o.id))
	if block := mustPrefix(o.text("privateClusterConfig.masterIpv4CidrBlock")); block.IsValid() {
		private := block.Addr().Next().Next().String()
		o.set("endpoint", private)
		o.nest("privateClusterConfig", "privateEndpoint", private)
		o.nest("privateClusterConfig", "peeringName", "gke-"+o.text("name")+"-peer")
	} else if _, had := o.out["endpoint"]; !had {
		used, err := o.addresses(clusterType, "endpoint")
		if err == nil {
			err = o.allocate("endpoint", publicAddresses, used)
		}
		if err != nil {
			return err
		}
	}
	subnet, err := o.subnet()
	if err != nil {
		return err
	}
	if subnet != nil {
		o.set("clusterIpv4Cidr", secondaryRange(subnet, o.text("ipAllocationPolicy.clusterSecondaryRangeName")))
		o.set("servicesIpv4Cidr", secondaryRange(subnet, o.text("ipAllocationPolicy.servicesSecondaryRangeName")))
	}
	if o.old != nil {
		if ca := text(o.old.Properties, "masterAuth.clusterCaCertificate"); ca != "" {
			o.nest("masterAuth", "clusterCaCertificate", ca)
		}
	}
	return nil
}

// secondaryRange is the block of a subnetwork's named range, or of its whole.
func secondaryRange(subnet *cloud.Record, name string) string {
	for _, entry := range each(resource.NewProperty(subnet.Properties), "secondaryIpRanges") {
		if text(entry.ObjectValue(), "rangeName") == name {
			return text(entry.ObjectValue(), "ipCidrRange")
		}
	}
	return fmt.Sprint(text(subnet.Properties, "ipCidrRange"))
}
