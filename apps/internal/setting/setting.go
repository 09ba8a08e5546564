// Package setting keeps what a tenant has chosen for itself: its logo, its
// colours, the features that it uses. What the operator decides about a tenant
// is in the registry.
package setting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// ErrAbsent says that a tenant has chosen nothing under a name.
var ErrAbsent = errors.New("no such setting")

// Store keeps settings in the tenants' own tables.
type Store struct{ db *tenancy.DB }

// NewStore returns a Store.
func NewStore(db *tenancy.DB) *Store { return &Store{db} }

// Get reads one setting into a value.
func (s *Store) Get(ctx context.Context, id tenancy.ID, name string, into any) error {
	var text []byte
	err := s.db.QueryRow(ctx, id, "select value from settings where name = $1", name).Scan(&text)
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%w: %.60s", ErrAbsent, name)
	}
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("read the setting %.60s: %w", name, err)
	}
	return nil
}

// All returns every setting of a tenant.
func (s *Store) All(ctx context.Context, id tenancy.ID) (map[string]json.RawMessage, error) {
	rows, err := s.db.Query(ctx, id, "select name, value from settings")
	if err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	all, name, value := map[string]json.RawMessage{}, "", []byte(nil)
	if _, err := pgx.ForEachRow(rows, []any{&name, &value}, func() error {
		all[name] = append(json.RawMessage(nil), value...)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	return all, nil
}

// Put writes one setting, whether it was there or not.
func (s *Store) Put(ctx context.Context, id tenancy.ID, name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write the setting %.60s: %w", name, err)
	}
	if _, err := s.db.Exec(ctx, id, `insert into settings (name, value) values ($1, $2)
		on conflict (tenant_id, name) do update set value = excluded.value, updated_at = now()`, name, string(text)); err != nil {
		return fmt.Errorf("write the setting %.60s: %w", name, err)
	}
	return nil
}

// Delete removes one setting.
func (s *Store) Delete(ctx context.Context, id tenancy.ID, name string) error {
	n, err := s.db.Exec(ctx, id, "delete from settings where name = $1", name)
	if err != nil {
		return fmt.Errorf("delete the setting %.60s: %w", name, err)
	}
	if n == 0 {
		return fmt.Errorf("%w: %.60s", ErrAbsent, name)
	}
	return nil
}
