package spec

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// Operators are the people and machines that reach the clusters' control
// planes. There is no default: who may administer is never guessed.
type Operators struct {
	SecurityGroup      string    `config:"securityGroup"`      // Google Groups for RBAC: gke-security-groups@<domain>
	Admins             []string  `config:"admins"`             // IAM members that may change everything in the clusters: group:…, serviceAccount:…
	Readers            []string  `config:"readers"`            // IAM members that may look; none unless set
	AuthorizedNetworks []Network `config:"authorizedNetworks"` // who may open a connection to a control plane, besides Connect Gateway
}

// Network is a named range of addresses.
type Network struct {
	Name string `config:"name"`
	CIDR string `config:"cidr"`
}

var (
	securityGroup = regexp.MustCompile(`^gke-security-groups@[a-z0-9.-]+\.[a-z]{2,}$`)
	iamMember     = regexp.MustCompile(`^(group|serviceAccount):[A-Za-z0-9._+-]+@[a-z0-9.-]+\.[a-z]{2,}$`)
)

func (o Operators) validate(ps *problems) {
	path := key("operators")
	match(ps, path+".securityGroup", o.SecurityGroup, securityGroup, "is not a group that GKE accepts",
		"its name must be gke-security-groups@<your domain>")
	if len(o.Admins) == 0 {
		ps.add(ErrMissing, path+".admins", "", "is missing", "name at least one group:… that may administer the clusters")
	}
	for i, admin := range o.Admins {
		match(ps, fmt.Sprintf("%s.admins[%d]", path, i), admin, iamMember, "is not a group or service account",
			"write group:name@domain: access by single users leaves with them")
	}
	for i, reader := range o.Readers {
		at := fmt.Sprintf("%s.readers[%d]", path, i)
		match(ps, at, reader, iamMember, "is not a group or service account", "write group:name@domain: access by single users leaves with them")
		if slices.Contains(o.Admins, reader) {
			ps.add(ErrDuplicate, at, reader, "is already among the admins", "list each member once")
		}
	}
	for i, network := range o.AuthorizedNetworks {
		at := fmt.Sprintf("%s.authorizedNetworks[%d]", path, i)
		if strings.TrimSpace(network.Name) == "" {
			ps.add(ErrMissing, at+".name", "", "is missing", "say whose network it is")
		}
		block, err := netip.ParsePrefix(network.CIDR)
		if err != nil || block.Masked() != block || !block.Addr().IsPrivate() {
			ps.add(ErrInvalid, at+".cidr", network.CIDR, "is not a private CIDR block",
				"control planes have no public address; use Connect Gateway from outside")
		}
	}
}
