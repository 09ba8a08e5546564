package backing

import (
	"context"
	"errors"
	"fmt"

	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Resolver returns what finds the tenants of a worker's jobs.
func (b *Backing) Resolver() jobs.Resolver { return resolver{b.Directory} }

type resolver struct{ directory *tenancy.Directory }

// Tenant implements jobs.Resolver. A suspended tenant's jobs are tried again
// later.
func (r resolver) Tenant(_ context.Context, name string) (tenancy.ID, error) {
	t, err := r.directory.Named(name)
	if errors.Is(err, tenancy.ErrUnknown) {
		return tenancy.ID{}, fmt.Errorf("%w: %w", jobs.ErrUnknownTenant, err)
	}
	return t.ID, err //nolint:wrapcheck // it names the tenant
}
