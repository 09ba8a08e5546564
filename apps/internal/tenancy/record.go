package tenancy

import "context"

// State is where a tenant stands in its life.
type State string

// The states.
const (
	Active    State = "active"
	Suspended State = "suspended" // rows kept, requests refused
	Erased    State = "erased"    // rows gone; the name is never given again
)

// Record is what the registry holds of a tenant.
type Record struct {
	Name              string
	Host              string
	State             State
	Plan              string // pooled, or dedicated Deployments
	RequestsPerMinute int    // over all the tenant's clients
	SchemaVersion     int    // the migration that the tenant's schema is at
}

// Source is a registry of tenants. What a Directory holds is what its Source
// says, so a test keeps every Source but registry's out of the services.
type Source interface {
	// Changes returns the records that changed after a version, and the
	// registry's version now. A registry whose version is below since was
	// restored from a backup, and returns nothing but that version.
	Changes(ctx context.Context, since int64) (changed []Record, version int64, err error)
}

// Tenant is a tenant that may be served.
type Tenant struct {
	Record
	ID ID
}
