package provisioner

import (
	"context"
	"fmt"
	"io"

	"github.com/avila-devops/saas/apps/internal/registry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Holding is something besides rows that keeps data of tenants: files, a
// cache, a search index, a key. Each takes part in exports and erasures. Both
// of its operations may be repeated after a failure.
type Holding interface {
	// Name is how reports call it.
	Name() string
	// Export adds all that it keeps of a tenant to an archive.
	Export(ctx context.Context, id tenancy.ID, add Add) error
	// Erase removes all that it keeps of a tenant, and says how many things
	// that were.
	Erase(ctx context.Context, id tenancy.ID) (int64, error)
}

// Add puts one file into an archive.
type Add func(path string, size int64, content io.Reader) error

// find looks a tenant up as the holdings take it.
func (p *Provisioner) find(ctx context.Context, name string) (tenancy.ID, error) {
	d, err := tenancy.NewDirectory(ctx, registry.New(p.pool), tenancy.Following{})
	if err != nil {
		return tenancy.ID{}, fmt.Errorf("find the tenant %s: %w", name, err)
	}
	return d.Kept(name) //nolint:wrapcheck // it names the tenant
}
