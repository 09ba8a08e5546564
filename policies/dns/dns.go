// Package dns holds the controls over DNS zones.
package dns

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

const zone = "gcp:dns/managedZone:ManagedZone"

// Controls are the area's controls.
var Controls = []control.Control{
	{
		ID: "dns-signed", Title: "A public zone is signed, with keys that are written down and not of RSASHA1", Source: "CIS GCP 5.0 3.3, 3.4, 3.5; CKV_GCP_16, CKV_GCP_17",
		Remedy: "set dnssecConfig.state to on, and defaultKeySpecs to a keySigning and a zoneSigning key of ecdsap256sha256",
		Types:  []string{zone},
		Judge:  signed,
	},
	{
		ID: "dns-logged", Title: "A public zone logs what it is asked", Source: "CIS GCP 5.0 2.12",
		Remedy: "set cloudLoggingConfig.enableLogging to true",
		Types:  []string{zone},
		Judge: func(m property.Map) []control.Finding {
			if private(m) {
				return nil
			}
			return control.MustBe(true, m, "cloudLoggingConfig.enableLogging", "cloudLoggingConfig", "enableLogging")
		},
	},
}

// private zones are answered inside the network alone, and cannot be signed.
func private(m property.Map) bool {
	visibility := control.At(m, "visibility")
	return visibility.IsString() && visibility.AsString() == "private"
}

func signed(m property.Map) []control.Finding {
	if private(m) {
		return nil
	}
	var findings []control.Finding
	state := control.At(m, "dnssecConfig", "state")
	switch {
	case state.IsComputed():
	case !state.IsString():
		findings = append(findings, control.Finding{Property: "dnssecConfig.state", Fault: "is not set"})
	case state.AsString() != "on":
		findings = append(findings, control.Finding{Property: "dnssecConfig.state", Fault: fmt.Sprintf("is %q", state.AsString())})
	}
	specs := control.At(m, "dnssecConfig", "defaultKeySpecs")
	if specs.IsComputed() {
		return findings
	}
	uses := map[string]bool{}
	if specs.IsArray() {
		for i, spec := range specs.AsArray().AsSlice() {
			if !spec.IsMap() {
				continue
			}
			algorithm, use := control.At(spec.AsMap(), "algorithm"), control.At(spec.AsMap(), "keyType")
			if use.IsString() {
				uses[use.AsString()] = true
			}
			if algorithm.IsString() && strings.HasPrefix(algorithm.AsString(), "rsasha1") {
				findings = append(findings, control.Finding{Property: fmt.Sprintf("dnssecConfig.defaultKeySpecs[%d].algorithm", i), Fault: fmt.Sprintf("is %q", algorithm.AsString())})
			}
		}
	}
	if !specs.HasComputed() && (!uses["keySigning"] || !uses["zoneSigning"]) {
		findings = append(findings, control.Finding{Property: "dnssecConfig.defaultKeySpecs", Fault: "does not name both keys, and leaves the algorithm to a default"})
	}
	return findings
}
