package gcp

import (
	"net/url"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var serviceNetworkingRules = map[string]*rule{
	connectionType: {
		api:   "servicenetworking.googleapis.com",
		owner: "network",
		id: func(o *op) (string, error) {
			return url.QueryEscape(o.text("network")) + ":" + o.text("service"), nil
		},
		replaces: []string{"network", "service"},
		refs: []reference{
			{path: "network", to: networkType, holds: true},
			{path: "reservedPeeringRanges", to: addressType},
		},
		check: func(in resource.PropertyMap) []problem {
			var problems []problem
			if ranges := at(in, "reservedPeeringRanges"); ranges.IsArray() && len(ranges.ArrayValue()) == 0 {
				problems = append(problems, problem{"reservedPeeringRanges", "must name at least one range"})
			}
			if policy := text(in, "deletionPolicy"); policy != "" && policy != "ABANDON" {
				problems = append(problems, problem{"deletionPolicy", `expected one of [ABANDON], got "` + clip(policy) + `"`})
			}
			return problems
		},
		create:  checkPeeringRanges,
		update:  checkPeeringRanges,
		remove:  checkConnectionUnused,
		outputs: func(o *op) error { o.set("peering", "servicenetworking-googleapis-com"); return nil },
		abandon: func(p resource.PropertyMap) bool { return text(p, "deletionPolicy") == "ABANDON" },
	},
}

// checkPeeringRanges refuses ranges that are not reserved for peering in the
// same network.
// https://cloud.google.com/vpc/docs/configure-private-services-access
func checkPeeringRanges(o *op) error {
	vpc, err := o.named(networkType, o.text("network"))
	if err != nil || vpc == nil {
		return err
	}
	for _, name := range texts(o.in, "reservedPeeringRanges") {
		address, err := o.named(addressType, name)
		if err != nil {
			return err
		}
		if address == nil {
			continue // checkReferences said so
		}
		p := address.Properties
		if text(p, "purpose") != "VPC_PEERING" || !(reference{to: networkType}).names(o, text(p, "network"), vpc) {
			return invalid("reserve it with purpose VPC_PEERING in the network", "Allocated IP range '%s' not found in network '%s'", name, vpc.ID)
		}
	}
	return nil
}

// checkConnectionUnused refuses to cut instances off.
// https://cloud.google.com/vpc/docs/configure-private-services-access#removing-connection
func checkConnectionUnused(o *op) error {
	if text(o.old.Properties, "deletionPolicy") == "ABANDON" {
		return nil
	}
	vpc, err := o.named(networkType, text(o.old.Properties, "network"))
	if err != nil || vpc == nil {
		return err
	}
	users, err := o.users(vpc)
	if err != nil {
		return err
	}
	for _, user := range users {
		if slices.Contains([]string{sqlInstanceType, redisType}, user.record.Type) {
			return invalid("delete the instance first, or set deletionPolicy to ABANDON",
				"Failed to delete connection; Producer services (e.g. CloudSQL, Cloud Memstore, etc.) are still using this connection: %s", describe(user.record))
		}
	}
	return nil
}
