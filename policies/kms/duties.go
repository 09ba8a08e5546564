package kms

import (
	"fmt"
	"slices"
	"strings"

	"github.com/avila-devops/saas/policies/control"
)

// Stack are the area's controls of the whole graph.
var Stack = []control.Stack{{
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
func duties(resources []control.Resource) []control.Fault {
	administering := map[string]bool{"roles/cloudkms.admin": true, "roles/owner": true}
	for _, r := range resources {
		if r.Type == roleType && len(control.Holds("permissions", "cloudkms.cryptoKeys.setIamPolicy")(r.Properties)) == 0 && r.Properties.Get("permissions").IsArray() {
			administering["roles/"+control.Text(r.Properties, "roleId")] = true
		}
	}
	administrators := map[string]string{} // member to role
	for _, r := range resources {
		role := control.Text(r.Properties, "role")
		if i := strings.Index(role, "/roles/"); i >= 0 {
			role = role[i+1:]
		}
		if member := control.Text(r.Properties, "member"); member != "" && administering[role] &&
			slices.Contains([]string{grantType, keyMemberType, ringMemberType}, r.Type) {
			administrators[member] = role
		}
	}
	var faults []control.Fault
	for _, r := range resources {
		member, role := control.Text(r.Properties, "member"), control.Text(r.Properties, "role")
		if admin, both := administrators[member]; both && slices.Contains(uses, role) {
			faults = append(faults, control.Fault{URN: r.URN, What: fmt.Sprintf("%s has %s, and administers keys by %s", member, role, admin)})
		}
	}
	return faults
}
