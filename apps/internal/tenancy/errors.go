package tenancy

import (
	"errors"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

// What keeps a request, or a statement, from a tenant.
var (
	// ErrHost says that a Host header is not a host name.
	ErrHost = errors.New("not a host name")
	// ErrUnknown says that no tenant has the name or the host. An erased
	// tenant's is unknown too: that it was ever there is nobody's business.
	ErrUnknown = errors.New("no such tenant")
	// ErrSuspended says that the tenant is there and may not be served.
	ErrSuspended = errors.New("tenant is suspended")
	// ErrStale says that the registry was not heard from for too long: who may
	// be served is no longer known.
	ErrStale = errors.New("the registry of tenants was not heard from for too long")
	// ErrNoTenant says that a statement was to run for no tenant.
	ErrNoTenant = tenant.ErrNone
	// ErrClosed says that the database lets this login act for the tenant no
	// more: it was suspended or erased, whatever a snapshot still says.
	ErrClosed = errors.New("the database is closed to this tenant")
	// ErrAway says that the database could not be reached, or did not answer in
	// time. Nothing was written, so asking again is safe.
	ErrAway = errors.New("the database is away")
	// ErrOutcome says that a write was on its way when the connection ended:
	// it is committed, or it is not. Whoever asks again does so with a key that
	// the table knows, or looks first.
	ErrOutcome = errors.New("it is not known whether the write was committed")
	// ErrEnded says that a Tx was used after its function returned, or that
	// the function ended the transaction by itself.
	ErrEnded = errors.New("the transaction has ended")
)
