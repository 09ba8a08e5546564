// Package tenant is the name of a tenant as the packages that keep tenants
// apart take it. It holds the type and no way to make one: which tenants exist,
// and which of them a request is for, only the resolver knows.
package tenant

import (
	"fmt"

	"github.com/avila-devops/saas/apps/internal/tenant/internal/mint"
)

// ID names a tenant. The zero ID names none, and nothing accepts it.
type ID struct{ value string }

func init() { mint.ID = func(value string) any { return ID{value} } }

// String returns the tenant's name: lower case letters, digits and hyphens.
func (id ID) String() string { return id.value }

// Check refuses what cannot be a tenant: the zero ID, and names that could be
// mistaken for a part of a path, a key or an index. A name has 1 to 40 of a–z,
// 0–9, _ and -, the first a letter or a digit.
func Check(id ID) error {
	value := id.String()
	if value == "" {
		return fmt.Errorf("no tenant: the zero ID names none; take the one that the resolver found for the request")
	}
	if len(value) > 40 || !plain(value) {
		return fmt.Errorf("tenant %.40q: not 1 to 40 of a-z, 0-9, _ and - after a letter or digit", value)
	}
	return nil
}

func plain(value string) bool {
	for i, c := range []byte(value) {
		letter := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || c != '_' && c != '-') {
			return false
		}
	}
	return true
}
