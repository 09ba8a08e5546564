// Package tenant is the name of a tenant as the packages that keep tenants
// apart take it. It holds the type and no way to make one: which tenants exist,
// and which of them a request is for, only tenancy's Directory knows.
package tenant

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/avila-devops/saas/apps/internal/tenant/mint"
)

// ID is a tenant that a Directory found, so whoever holds one that is not zero
// holds a tenant that exists. A claim in a token or a job is worth nothing
// until a Directory has looked it up.
type ID = mint.ID

// ErrNone says that something of a tenant was asked for without one.
var ErrNone = errors.New("no tenant: the zero ID names none; take the one that the directory found for the request")

// Grammar is what a tenant's name can be. It is a part of schemas, roles, keys,
// paths and indices, none of which it can be mistaken for. The infrastructure's
// description of a tenant and the registry's table hold the same one. Its length
// leaves room for prefixes: PostgreSQL cuts names at 63 bytes.
var Grammar = regexp.MustCompile(`^[a-z][a-z0-9]{0,29}$`)

// Check refuses what cannot be a tenant: the zero ID, and a name outside the
// Grammar, which only a fault elsewhere can have let in.
func Check(id ID) error {
	if id.IsZero() {
		return ErrNone
	}
	if !wellFormed(id.String()) {
		return fmt.Errorf("tenant %.40q: not a letter and up to 29 letters and digits, all lower case", id.String())
	}
	return nil
}

// wellFormed is Grammar without its cost, for every key and every payload.
func wellFormed(name string) bool {
	for i, c := range []byte(name) {
		letter, digit := c >= 'a' && c <= 'z', c >= '0' && c <= '9'
		if !letter && (i == 0 || !digit) {
			return false
		}
	}
	return len(name) <= 30 && name != ""
}
