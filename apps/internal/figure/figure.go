// Package figure counts by day and kind what a tenant's charts show: visits,
// purchases, the use of a feature. It holds nothing about persons.
package figure

import (
	"context"
	"fmt"

	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Store keeps figures in the tenants' own tables.
type Store struct{ db *tenancy.DB }

// NewStore returns a Store.
func NewStore(db *tenancy.DB) *Store { return &Store{db} }

// Add counts n of a kind, today.
func (s *Store) Add(ctx context.Context, id tenancy.ID, kind string, n int64) error {
	if _, err := s.db.Exec(ctx, id, `insert into figures (day, kind, value) values (current_date, $1, $2)
		on conflict (tenant_id, day, kind) do update set value = figures.value + excluded.value`, kind, n); err != nil {
		return fmt.Errorf("count %s: %w", kind, err)
	}
	return nil
}
