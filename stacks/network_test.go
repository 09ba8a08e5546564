package stacks_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/stacks/graph"
)

// TestWhatPassesTheNetworkIsWrittenDown holds the network to its settings, of
// which most cannot be seen from outside when they are missing.
func TestWhatPassesTheNetworkIsWrittenDown(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		for typ, settings := range map[string]map[string]any{
			"gcp:compute/network:Network": {"autoCreateSubnetworks": false},
			"gcp:compute/subnetwork:Subnetwork": {
				"privateIpGoogleAccess": true, "logConfig.aggregationInterval": "INTERVAL_5_SEC", "logConfig.metadata": "INCLUDE_ALL_METADATA", "logConfig.flowSampling": 1.0,
			},
			"gcp:compute/routerNat:RouterNat":             {"logConfig.enable": true, "logConfig.filter": "ERRORS_ONLY"},
			"gcp:dns/policy:Policy":                       {"enableLogging": true},
			"gcp:servicenetworking/connection:Connection": {"service": "servicenetworking.googleapis.com"},
		} {
			found := of(resources, typ)
			if len(found) == 0 {
				t.Errorf("there is no %s", typ)
			}
			for _, r := range found {
				for path, want := range settings {
					if got := at(r.Inputs, strings.Split(path, ".")...); !got.DeepEquals(resource.NewPropertyValue(want)) {
						t.Errorf("%s %s has %s %v, want %v", typ, r.Name, path, got, want)
					}
				}
			}
		}
		for _, rule := range of(resources, "gcp:compute/firewall:Firewall") {
			if at(rule.Inputs, "logConfig", "metadata").IsNull() || at(rule.Inputs, "description").IsNull() {
				t.Errorf("firewall rule %s is not logged, or not described", rule.Name)
			}
		}
	})
}

// ASVS: v5.0.0-13.2.4.
func TestEveryNamespaceIsClosedBothWays(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		closed := map[resource.URN]bool{} // by the component that made it
		for _, policy := range of(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy") {
			spec := policy.Inputs["spec"].ObjectValue()
			both := at(policy.Inputs, "spec", "policyTypes").DeepEquals(resource.NewPropertyValue([]any{"Ingress", "Egress"}))
			if both && len(spec["podSelector"].ObjectValue()) == 0 && spec["ingress"].IsNull() && spec["egress"].IsNull() {
				closed[policy.Parent] = true
			}
		}
		namespaces := of(resources, "kubernetes:core/v1:Namespace")
		if len(namespaces) == 0 {
			t.Error("no namespace was judged")
		}
		for _, namespace := range namespaces {
			if !closed[namespace.Parent] {
				t.Errorf("%s is open to whoever no policy names", namespace.Name)
			}
		}
	})
}
