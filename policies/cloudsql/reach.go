package cloudsql

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

const ip = "settings.ipConfiguration."

// reach is how an instance is reached, and by whom.
var reach = []control.Control{
	on("no-public-address", "A database instance has no public address and admits no network from outside",
		"CIS GCP 5.0 6.5, 6.6; CKV_GCP_60, CKV_GCP_11", "set settings.ipConfiguration.ipv4Enabled to false and list no authorizedNetworks", noPublicAddress),
	on("client-certificates", "A database instance takes connections with TLS and a client certificate only",
		"CIS GCP 5.0 6.4; CKV_GCP_6", "set settings.ipConfiguration.sslMode to TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
		all(demand{ip + "sslMode", oneOf("TRUSTED_CLIENT_CERTIFICATE_REQUIRED")})),
	on("password-policy", "A database instance that takes writes refuses weak passwords",
		"Ávila X4", "set settings.passwordValidationPolicy with enablePasswordPolicy, COMPLEXITY_DEFAULT and a minLength of 16 at least",
		onPrimary(all(
			demand{"settings.passwordValidationPolicy.enablePasswordPolicy", is(true)},
			demand{"settings.passwordValidationPolicy.complexity", oneOf("COMPLEXITY_DEFAULT")},
			demand{"settings.passwordValidationPolicy.minLength", atLeast(16)},
		))),
}

// noPublicAddress wants ipv4Enabled written down: left out, the provider turns
// a public address on.
func noPublicAddress(m property.Map) []control.Finding {
	findings := control.MustBe(false, m, ip+"ipv4Enabled", "settings", "ipConfiguration", "ipv4Enabled")
	networks := control.At(m, "settings", "ipConfiguration", "authorizedNetworks")
	if !networks.IsArray() {
		return findings
	}
	for i, network := range networks.AsArray().AsSlice() {
		if !network.IsMap() {
			continue
		}
		if value := network.AsMap().Get("value"); value.IsString() {
			findings = append(findings, control.Finding{
				Property: fmt.Sprintf("%sauthorizedNetworks[%d]", ip, i),
				Fault:    fmt.Sprintf("admits %q", value.AsString()),
			})
		}
	}
	return findings
}
