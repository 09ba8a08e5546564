package kms

import (
	"fmt"
	"slices"
	"strings"

	"github.com/avila-devops/saas/policies/control"
)

// StackControls are the area's controls over a whole stack.
var StackControls = []control.StackControl{{
	ID: "kms-separation-of-duties", Title: "Nobody both administers keys and uses them", Source: "CIS GCP 5.0 1.11",
	Remedy: "give administering and using to different members", Judge: duties,
}}

const (
	grantType = "gcp:projects/iAMMember:IAMMember"
	roleType  = "gcp:projects/iAMCustomRole:IAMCustomRole"
)

// uses are the roles that use a key: encrypt, decrypt or sign with it.
var uses = []string{
	"roles/cloudkms.cryptoKeyDecrypter", "roles/cloudkms.cryptoKeyEncrypter", "roles/cloudkms.cryptoKeyEncrypterDecrypter",
	"roles/cloudkms.cryptoOperator", "roles/cloudkms.signer", "roles/cloudkms.signerVerifier",
}

// duties compares who administers with who uses. A role of the stack's own
// administers when it may change a key's grants. Members that are not known
// yet are left to up.
func duties(stack control.Stack) []control.StackFinding {
	administering := map[string]bool{"roles/cloudkms.admin": true, "roles/owner": true}
	for _, r := range stack {
		if r.Type == roleType && len(control.Holds("permissions", "cloudkms.cryptoKeys.setIamPolicy")(r.Properties)) == 0 && r.Properties.Get("permissions").IsArray() {
			administering["roles/"+control.String(r.Properties, "roleId")] = true
		}
	}
	administrators := map[string]string{} // member to role
	for _, r := range stack {
		role := control.String(r.Properties, "role")
		if i := strings.Index(role, "/roles/"); i >= 0 {
			role = role[i+1:]
		}
		if member := control.String(r.Properties, "member"); member != "" && administering[role] &&
			slices.Contains([]string{grantType, keyMemberType, ringMemberType}, r.Type) {
			administrators[member] = role
		}
	}
	var findings []control.StackFinding
	for _, r := range stack {
		member, role := control.String(r.Properties, "member"), control.String(r.Properties, "role")
		if admin, both := administrators[member]; both && slices.Contains(uses, role) {
			findings = append(findings, r.Finding("role", fmt.Sprintf("gives %s %s, who administers keys by %s", member, role, admin)))
		}
	}
	return findings
}
