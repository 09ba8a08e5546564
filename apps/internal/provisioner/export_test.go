package provisioner

import (
	"context"

	"github.com/avila-devops/saas/apps/internal/migration"
)

// MigrateTo migrates to other steps than those that are embedded.
func (p *Provisioner) MigrateTo(ctx context.Context, steps []migration.Migration, parallel int, tell Progress) (int, error) {
	return p.migrate(ctx, steps, parallel, tell)
}
