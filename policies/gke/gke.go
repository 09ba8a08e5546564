// Package gke holds the controls over GKE clusters and their nodes.
package gke

import (
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

// Controls are the area's controls.
var Controls = []control.Control{
	{
		ID:     "gke-private-nodes",
		Title:  "Nodes of a cluster have no public address",
		Source: "CIS GKE 1.9 5.6.5, CKV_GCP_25",
		Remedy: "set privateClusterConfig.enablePrivateNodes to true",
		Types:  []string{"gcp:container/cluster:Cluster"},
		Judge: func(m property.Map) []control.Finding {
			const name = "privateClusterConfig.enablePrivateNodes"
			return control.MustBe(true, m, name, "privateClusterConfig", "enablePrivateNodes")
		},
	},
	{
		ID:     "gke-private-node-pool",
		Title:  "A node pool does not give its nodes public addresses against its cluster",
		Source: "CIS GKE 1.9 5.6.5",
		Remedy: "set networkConfig.enablePrivateNodes to true, or leave it to the cluster",
		Types:  []string{"gcp:container/nodePool:NodePool"},
		Judge: func(m property.Map) []control.Finding {
			if control.At(m, "networkConfig", "enablePrivateNodes").IsNull() {
				return nil // the cluster decides, and is judged itself
			}
			return control.MustBe(true, m, "networkConfig.enablePrivateNodes", "networkConfig", "enablePrivateNodes")
		},
	},
}
