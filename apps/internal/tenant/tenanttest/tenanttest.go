// Package tenanttest makes tenants for tests. Services get theirs from the
// resolver; a test refuses this package in what they are built of.
package tenanttest

import (
	"github.com/avila-devops/saas/apps/internal/tenant"
	"github.com/avila-devops/saas/apps/internal/tenant/internal/mint"
)

// ID returns a tenant of this name, whatever the name.
func ID(value string) tenant.ID { return mint.ID(value).(tenant.ID) }
