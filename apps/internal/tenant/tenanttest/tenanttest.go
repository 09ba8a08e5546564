// Package tenanttest makes tenants for tests. Services get theirs from the
// Directory; package boundary's test refuses this package in what they are
// built of.
package tenanttest

import (
	"github.com/avila-devops/saas/apps/internal/tenant"
	"github.com/avila-devops/saas/apps/internal/tenant/mint"
)

// ID returns a tenant of this name, whatever the name.
func ID(name string) tenant.ID { return mint.New(name) }
