// Package tenancy keeps tenants apart. It finds the tenant of a host name, and
// it alone reaches a tenant's rows: every statement runs in a transaction whose
// local settings are the tenant's role, schema and name. Who the tenants are
// is in registry; what a schema holds is in migration; users and permissions
// are no part of it.
package tenancy

import "log/slog"

// ID is a tenant that a Directory found. No other package can make one that is
// not zero, so whoever holds an ID holds a tenant that exists, and a claim in
// a token or a job is worth nothing until a Directory has looked it up.
type ID struct{ name string }

// String is the tenant's name: what rows, keys and logs carry.
func (id ID) String() string { return id.name }

// IsZero tells an ID that was never found from one that was.
func (id ID) IsZero() bool { return id.name == "" }

// Is tells whether a claim, of a token or a payload, is this very tenant.
func (id ID) Is(claim string) bool { return id.name != "" && id.name == claim }

// LogValue makes a log line carry the name.
func (id ID) LogValue() slog.Value { return slog.StringValue(id.name) }

// schema is the tenant's schema, and the role that alone may use it.
func (id ID) schema() string { return "tenant_" + id.name }
