package gcp

import "strings"

var dnsPolicyRules = map[string]*rule{
	dnsPolicyType: {
		api:      "dns.googleapis.com",
		name:     autoname(63),
		id:       format("projects/{project}/policies/{name}"),
		defaults: map[string]any{"description": "Managed by Pulumi"},
		replaces: []string{"name", "project"},
		refs:     []reference{{path: "networks.networkUrl", to: networkType, holds: true}},
		create:   checkOnePolicy,
		update:   checkOnePolicy,
	},
}

// checkOnePolicy refuses a second policy for a network.
// https://cloud.google.com/dns/docs/policies
func checkOnePolicy(o *op) error {
	policies, err := o.live(dnsPolicyType)
	if err != nil {
		return err
	}
	for _, url := range texts(o.in, "networks.networkUrl") {
		network, err := o.named(networkType, url)
		if err != nil || network == nil {
			return err
		}
		for _, other := range policies {
			if other.ID == o.id {
				continue
			}
			for _, taken := range texts(other.Properties, "networks.networkUrl") {
				if strings.HasSuffix(trimHost(taken), network.ID) {
					return refuse(409, "alreadyExists", "add the network to one policy alone",
						"The network %s is already bound to the DNS policy %s", describe(network), describe(other))
				}
			}
		}
	}
	return nil
}
