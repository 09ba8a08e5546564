package gcp

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// byHand is a VPC and a subnetwork that somebody made without the program.
func (w *world) byHand() (network, subnet resource.ID) {
	w.t.Helper()
	network = "projects/" + testProject + "/global/networks/legacy"
	subnet = "projects/" + testProject + "/regions/" + testRegion + "/subnetworks/legacy-nodes"
	w.do(func(tx *cloud.Tx) error {
		if err := tx.Put(&cloud.Record{Type: networkType, ID: string(network), Project: testProject, Properties: properties(object{
			"project": testProject, "name": "legacy", "description": "made by hand", "autoCreateSubnetworks": false,
			"routingMode": "GLOBAL", "mtu": 1460.0, "numericId": "1", "selfLink": computeLink + string(network),
		})}); err != nil {
			return err
		}
		return tx.Put(&cloud.Record{Type: subnetType, ID: string(subnet), Project: testProject, Properties: properties(object{
			"project": testProject, "name": "legacy-nodes", "region": testRegion, "network": string(network), "ipCidrRange": "10.0.0.0/20",
			"purpose": "PRIVATE", "stackType": "IPV4_ONLY", "privateIpGoogleAccess": true, "privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS",
			"gatewayAddress": "10.0.0.1", "selfLink": computeLink + string(subnet),
		})})
	})
	return network, subnet
}

// imported is a resource as the engine has it after an import.
func (w *world) imported(token, name string, id resource.ID) *thing {
	w.t.Helper()
	u := urnOf(token, name)
	read, err := w.provider.Read(w.t.Context(), plugin.ReadRequest{URN: u, ID: id})
	if err != nil || read.ID != id {
		w.t.Fatalf("the import of %s gives id %q, %v", id, read.ID, err)
	}
	return &thing{urn: u, id: id, inputs: read.Inputs, outputs: read.Outputs}
}

func TestAnImportAsksForNothingThatTheCloudAdds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	newEnvironment(w).api("compute")
	network, subnet := w.byHand()
	vpc, nodes := w.imported(networkType, "vpc", network), w.imported(subnetType, "nodes", subnet)
	for _, added := range []string{"mtu", "numericId", "selfLink"} {
		if has(vpc.inputs, added) {
			t.Errorf("the VPC's inputs hold %s", added)
		}
	}
	for _, row := range []struct {
		what    string
		thing   *thing
		asked   object
		changes []string
	}{
		{"the same VPC", vpc, object{"name": "legacy", "description": "made by hand", "autoCreateSubnetworks": false, "routingMode": "GLOBAL"}, nil},
		{"with what the cloud added written out", vpc, object{"name": "legacy", "description": "made by hand", "autoCreateSubnetworks": false, "routingMode": "GLOBAL", "mtu": 1460.0}, nil},
		{"with another mtu", vpc, object{"name": "legacy", "description": "made by hand", "autoCreateSubnetworks": false, "routingMode": "GLOBAL", "mtu": 8896.0}, []string{"mtu"}},
		{"the same subnetwork", nodes, object{"name": "legacy-nodes", "network": string(network), "ipCidrRange": "10.0.0.0/20", "privateIpGoogleAccess": true}, nil},
		{"without private access", nodes, object{"name": "legacy-nodes", "network": string(network), "ipCidrRange": "10.0.0.0/20"}, []string{"privateIpGoogleAccess"}},
	} {
		if diff := w.diff(row.thing, row.asked); !slices.Equal(keys(diff.ChangedKeys), row.changes) {
			t.Errorf("%s: the program changes %v, want %v", row.what, diff.ChangedKeys, row.changes)
		}
	}
}

func TestAnImportedNameThatTheProgramLeavesOutIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	newEnvironment(w).api("compute")
	network, _ := w.byHand()
	vpc := w.imported(networkType, "vpc", network)
	diff := w.diff(vpc, object{"description": "made by hand", "autoCreateSubnetworks": false, "routingMode": "GLOBAL"})
	if !slices.Contains(keys(diff.ReplaceKeys), "name") {
		t.Errorf("a program without the name replaces %v", diff.ReplaceKeys)
	}
}

func TestWhatIsImportedStaysNobodysWhenItChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	newEnvironment(w).api("compute")
	network, _ := w.byHand()
	vpc := w.imported(networkType, "vpc", network)
	w.update(vpc, object{"name": "legacy", "description": "made by hand", "autoCreateSubnetworks": false, "routingMode": "REGIONAL"})
	taken, err := w.provider.reap(t.Context(), string(vpc.urn.Stack()), func(string, string) bool { return false })
	if err != nil || slices.ContainsFunc(taken, func(r *cloud.Record) bool { return r.ID == string(network) }) {
		t.Errorf("a reaper takes %v, %v", taken, err)
	}
	if again := w.imported(networkType, "vpc", network); text(again.outputs, "routingMode") != "REGIONAL" {
		t.Errorf("the change is lost: %v", again.outputs)
	}
}

func keys(list []resource.PropertyKey) []string {
	var names []string
	for _, key := range list {
		names = append(names, string(key))
	}
	return names
}
