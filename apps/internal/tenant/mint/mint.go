// Package mint holds what a tenant's ID is made of, and its constructor. Whoever
// can make one can be any tenant, so New is for the Directory of package
// tenancy, after it has found the tenant, and for tests; package boundary's
// test holds everybody to that. All others know the type as tenant.ID.
package mint

import "log/slog"

// ID names a tenant that was found. The zero ID names none, and nothing
// accepts it.
type ID struct{ name string }

// New makes the ID of a tenant that the caller has found.
func New(name string) ID { return ID{name: name} }

// String is the tenant's name: what rows, keys and logs carry.
func (id ID) String() string { return id.name }

// IsZero tells an ID that was never found from one that was.
func (id ID) IsZero() bool { return id.name == "" }

// Is tells whether a claim, of a token or a payload, is this very tenant.
func (id ID) Is(claim string) bool { return id.name != "" && id.name == claim }

// LogValue makes a log line carry the name.
func (id ID) LogValue() slog.Value { return slog.StringValue(id.name) }
