// Package cloudsql holds the controls over Cloud SQL instances.
package cloudsql

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

// Controls are the area's controls.
var Controls = []control.Control{{
	ID:     "cloudsql-no-public-address",
	Title:  "A database instance has no public address and admits no network from outside",
	Source: "CIS GCP 5.0 6.5, 6.6; CKV_GCP_60, CKV_GCP_11",
	Remedy: "set settings.ipConfiguration.ipv4Enabled to false and list no authorizedNetworks",
	Types:  []string{"gcp:sql/databaseInstance:DatabaseInstance"},
	Judge:  noPublicAddress,
}}

// noPublicAddress wants ipv4Enabled written down: left out, the provider turns
// a public address on.
func noPublicAddress(m property.Map) []control.Finding {
	const prefix = "settings.ipConfiguration."
	findings := control.MustBe(false, m, prefix+"ipv4Enabled", "settings", "ipConfiguration", "ipv4Enabled")
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
				Property: fmt.Sprintf("%sauthorizedNetworks[%d]", prefix, i),
				Fault:    fmt.Sprintf("admits %q", value.AsString()),
			})
		}
	}
	return findings
}
