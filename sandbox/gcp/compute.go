package gcp

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	computeAPI  = "compute.googleapis.com"
	computeLink = "https://www.googleapis.com/compute/v1/"
)

var computeRules = map[string]*rule{
	networkType: {
		api:      computeAPI,
		name:     autoname(63),
		id:       format("projects/{project}/global/networks/{name}"),
		defaults: map[string]any{"autoCreateSubnetworks": true},
		replaces: []string{"autoCreateSubnetworks", "description", "enableUlaInternalIpv6", "internalIpv6Range", "mtu", "name", "project"},
		outputs: func(o *op) error {
			o.link()
			o.set("numericId", o.numericID())
			o.set("mtu", 1460)
			o.set("routingMode", "REGIONAL")
			return nil
		},
		// An abandoned connection goes with its network.
		owns: []string{connectionType},
	},
	subnetType: {
		api:          computeAPI,
		name:         autoname(63),
		place:        "region",
		id:           format("projects/{project}/regions/{region}/subnetworks/{name}"),
		defaults:     map[string]any{"logConfig.filterExpr": "true", "logConfig.flowSampling": 0.5},
		replaces:     []string{"description", "externalIpv6Prefix", "name", "network", "project", "purpose", "region"},
		replacesWhen: map[string]func(old, now resource.PropertyValue) bool{"ipCidrRange": notWider},
		refs:         []reference{{path: "network", to: networkType, holds: true}},
		check: func(in resource.PropertyMap) []problem {
			return append(checkPrefixes(in, "ipCidrRange", 4, 29), checkPrefixes(in, "secondaryIpRanges.ipCidrRange", 4, 29)...)
		},
		create: checkSubnetRanges,
		update: checkSubnetRanges,
		outputs: func(o *op) error {
			o.link()
			o.replace("gatewayAddress", mustPrefix(o.text("ipCidrRange")).Addr().Next().String())
			o.set("creationTimestamp", o.stamp())
			o.set("fingerprint", fingerprint(o.id))
			o.set("purpose", "PRIVATE")
			o.set("stackType", "IPV4_ONLY")
			o.set("privateIpGoogleAccess", false)
			o.set("privateIpv6GoogleAccess", "DISABLE_GOOGLE_ACCESS")
			return nil
		},
	},
	routerType: {
		api:      computeAPI,
		name:     autoname(63),
		place:    "region",
		id:       format("projects/{project}/regions/{region}/routers/{name}"),
		defaults: map[string]any{"bgp.keepaliveInterval": 20},
		replaces: []string{"encryptedInterconnectRouter", "name", "network", "project", "region"},
		refs:     []reference{{path: "network", to: networkType, holds: true}},
		outputs: func(o *op) error {
			o.link()
			o.set("creationTimestamp", o.stamp())
			return nil
		},
		owns: []string{natType},
	},
	natType: {
		api:      computeAPI,
		name:     autoname(63),
		place:    "region",
		id:       format("{project}/{region}/{router}/{name}"),
		replaces: []string{"endpointTypes", "name", "project", "region", "router", "type"},
		refs:     []reference{{path: "router", to: routerType, pattern: "projects/{project}/regions/{region}/routers/{}"}},
		check: func(in resource.PropertyMap) []problem {
			var problems []problem
			if text(in, "sourceSubnetworkIpRangesToNat") == "LIST_OF_SUBNETWORKS" && !has(in, "subnetworks") {
				problems = append(problems, problem{"subnetworks", "must be set when sourceSubnetworkIpRangesToNat is LIST_OF_SUBNETWORKS"})
			}
			if text(in, "natIpAllocateOption") == "MANUAL_ONLY" && !has(in, "natIps") {
				problems = append(problems, problem{"natIps", "must be set when natIpAllocateOption is MANUAL_ONLY"})
			}
			return problems
		},
		outputs: func(o *op) error {
			o.set("autoNetworkTier", "PREMIUM")
			o.set("endpointTypes", []any{"ENDPOINT_TYPE_VM"})
			o.set("enableDynamicPortAllocation", false)
			o.set("enableEndpointIndependentMapping", false)
			return nil
		},
	},
	firewallType: {
		api:      computeAPI,
		name:     autoname(63),
		id:       format("projects/{project}/global/firewalls/{name}"),
		defaults: map[string]any{"priority": 1000},
		replaces: []string{"direction", "name", "project"},
		oneOf:    [][]string{{"allows", "denies"}},
		conflicts: [][]string{
			{"sourceServiceAccounts", "sourceTags"}, {"sourceServiceAccounts", "targetTags"},
			{"targetServiceAccounts", "sourceTags"}, {"targetServiceAccounts", "targetTags"},
		},
		refs:  []reference{{path: "network", to: networkType, holds: true}},
		check: checkFirewall,
		outputs: func(o *op) error {
			o.link()
			o.set("creationTimestamp", o.stamp())
			o.set("direction", "INGRESS")
			o.replace("enableLogging", has(o.in, "logConfig"))
			return nil
		},
	},
	addressType: {
		api:      computeAPI,
		name:     autoname(63),
		id:       format("projects/{project}/global/addresses/{name}"),
		replaces: []string{"address", "addressType", "description", "ipVersion", "name", "network", "prefixLength", "project", "purpose"},
		refs:     []reference{{path: "network", to: networkType, holds: true}},
		check:    checkAddress,
		create:   reserveAddress,
		remove:   checkAddressUnused,
		outputs: func(o *op) error {
			o.link()
			o.labels()
			o.set("creationTimestamp", o.stamp())
			o.set("labelFingerprint", fingerprint(o.id))
			return nil
		},
	},
}

// link sets the self link of a compute resource.
func (o *op) link() { o.replace("selfLink", computeLink+o.id) }

func checkFirewall(in resource.PropertyMap) []problem {
	var problems []problem
	if priority := number(in, "priority"); priority < 0 || priority > 65535 {
		problems = append(problems, problem{"priority", fmt.Sprintf("expected to be in the range (0 - 65535), got %v", priority)})
	}
	problems = append(problems, checkPrefixes(in, "sourceRanges", 0, 128)...)
	problems = append(problems, checkPrefixes(in, "destinationRanges", 0, 128)...)
	sources := has(in, "sourceRanges") || has(in, "sourceTags") || has(in, "sourceServiceAccounts")
	switch egress := text(in, "direction") == "EGRESS"; {
	case egress && sources:
		problems = append(problems, problem{"direction", "sources cannot be set for EGRESS: set destinationRanges"})
	case !egress && !sources && !has(in, "direction"), text(in, "direction") == "INGRESS" && !sources:
		problems = append(problems, problem{"sourceRanges", "one of sourceRanges, sourceTags and sourceServiceAccounts must be defined for INGRESS"})
	}
	return problems
}

// notWider tells whether a subnetwork's range changes to one that does not
// hold the old: a range can only be expanded in place.
func notWider(old, now resource.PropertyValue) bool {
	if !old.IsString() || !now.IsString() {
		return true
	}
	before, after := mustPrefix(old.StringValue()), mustPrefix(now.StringValue())
	return after.Bits() > before.Bits() || !after.Contains(before.Addr())
}
