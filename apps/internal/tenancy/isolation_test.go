package tenancy_test

import (
	"context"
	"testing"

	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

// by is the attempt of a way to run statements: both tenants' rows have the
// same name, so that only the tenant tells them apart.
func by(try func(ctx context.Context, db *tenancy.DB, as tenancy.ID, key string) (bool, error)) tenancytest.Attempt[*tenancy.DB] {
	return tenancytest.Attempt[*tenancy.DB]{
		Write: func(ctx context.Context, db *tenancy.DB, as tenancy.ID) (key string, err error) {
			err = db.Tx(ctx, as, func(tx *tenancy.Tx) error {
				return tx.QueryRow(ctx, "insert into patients (name) values ('Ana') returning id::text").Scan(&key)
			})
			return key, err
		},
		Try: try,
		See: func(ctx context.Context, db *tenancy.DB, as tenancy.ID, key string) (any, error) {
			var row string
			err := db.QueryRow(ctx, as, "select p::text from patients p where id = $1", key).Scan(&row)
			return row, err
		},
	}
}

// ASVS: v5.0.0-8.2.2, v5.0.0-8.4.1.
func TestNoWayToRunAStatementReachesAnotherTenantsRow(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	const read = "select count(*) from patients where id = $1"
	const change = "update patients set notes = notes || 'x' where id = $1"
	tenancytest.Isolation(t, w, w.DB(t), map[string]tenancytest.Attempt[*tenancy.DB]{
		"Query": by(func(ctx context.Context, db *tenancy.DB, as tenancy.ID, key string) (bool, error) {
			rows, err := db.Query(ctx, as, "select 1 from patients where id = $1", key)
			if err != nil {
				return false, err
			}
			defer rows.Close()
			return rows.Next(), rows.Err()
		}),
		"QueryRow": by(func(ctx context.Context, db *tenancy.DB, as tenancy.ID, key string) (reached bool, err error) {
			n := 0
			err = db.QueryRow(ctx, as, read, key).Scan(&n)
			return n > 0, err
		}),
		"Exec": by(func(ctx context.Context, db *tenancy.DB, as tenancy.ID, key string) (bool, error) {
			n, err := db.Exec(ctx, as, change, key)
			return n > 0, err
		}),
		"Tx": by(func(ctx context.Context, db *tenancy.DB, as tenancy.ID, key string) (bool, error) {
			var n int64
			err := db.Tx(ctx, as, func(tx *tenancy.Tx) (err error) {
				n, err = tx.Exec(ctx, "delete from patients where id = $1", key)
				return err
			})
			return n > 0, err
		}),
		"ReadTx": by(func(ctx context.Context, db *tenancy.DB, as tenancy.ID, key string) (bool, error) {
			n := 0
			err := db.ReadTx(ctx, as, func(tx *tenancy.Tx) error { return tx.QueryRow(ctx, read, key).Scan(&n) })
			return n > 0, err
		}),
	}, map[string]string{
		"Fresh": "returns the same DB over the other pool",
		"Close": "runs no statement",
	})
}
