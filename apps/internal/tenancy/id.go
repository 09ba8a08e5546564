// Package tenancy keeps tenants apart. It finds the tenant of a host name, and
// it alone reaches a tenant's rows: every statement runs in a transaction whose
// local settings are the tenant's role, schema and name. Who the tenants are
// is in registry; what a schema holds is in migration; users and permissions
// are no part of it.
package tenancy

import "github.com/avila-devops/saas/apps/internal/tenant"

// ID is a tenant that a Directory found.
type ID = tenant.ID

// schema is the tenant's schema, and the role that alone may use it.
func schema(id ID) string { return "tenant_" + id.String() }
