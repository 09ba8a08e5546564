package tenancy_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

// shared is one server connection, through a real PgBouncer in transaction
// mode, that two tenants take in turn.
type shared struct {
	*tenancytest.World
	db   *tenancy.DB
	a, b tenancy.ID
	port int
}

func newShared(t *testing.T) *shared {
	t.Helper()
	w := tenancytest.New(t, cluster)
	pooler := cluster.PgBouncer(t, 1)
	p := w.Pool(t, pooler.Port, 4)
	s := &shared{World: w, db: tenancy.New(p, p, tenancy.Options{}), a: w.Tenant(t), b: w.Tenant(t), port: pooler.Port}
	for _, id := range []tenancy.ID{s.a, s.b} {
		if _, err := s.db.Exec(t.Context(), id, "insert into professionals (name) values ($1)", "of "+id.String()); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// sees returns the backend that answered, and the names that a tenant sees.
func (s *shared) sees(t *testing.T, id tenancy.ID) (backend int, names []string) {
	t.Helper()
	rows, err := s.db.Query(t.Context(), id, "select pg_backend_pid(), name from professionals order by name")
	if err != nil {
		t.Fatal(err)
	}
	var name string
	if _, err := pgx.ForEachRow(rows, []any{&backend, &name}, func() error { names = append(names, name); return nil }); err != nil {
		t.Fatal(err)
	}
	return backend, names
}

// isClean holds that whoever has the server connection next finds no trace of
// a tenant, and that each tenant sees its own row and no other.
func (s *shared) isClean(t *testing.T) {
	t.Helper()
	conn := s.bare(t)
	var role, tenant string
	if err := conn.QueryRow(t.Context(), "select current_user, coalesce(current_setting('app.current_tenant', true), '')").Scan(&role, &tenant); err != nil {
		t.Fatal(err)
	}
	if role != postgrestest.App || tenant != "" {
		t.Errorf("the next user of the connection is %q for the tenant %q", role, tenant)
	}
	for _, id := range []tenancy.ID{s.a, s.b} {
		if _, names := s.sees(t, id); len(names) != 1 || names[0] != "of "+id.String() {
			t.Errorf("%s sees %v", id, names)
		}
	}
}

func (s *shared) bare(t *testing.T) *pgx.Conn {
	t.Helper()
	cfg, err := pgx.ParseConfig(fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable", postgrestest.App, postgrestest.Password, s.port, s.Database))
	if err != nil {
		t.Fatal(err)
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	conn, err := pgx.ConnectConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// ASVS: v5.0.0-8.4.1.
func TestTwoTenantsOnOneServerConnectionSeeTheirOwnRows(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	var backends []int
	for range 3 {
		for _, id := range []tenancy.ID{s.a, s.b} {
			backend, names := s.sees(t, id)
			backends = append(backends, backend)
			if len(names) != 1 || names[0] != "of "+id.String() {
				t.Errorf("%s sees %v", id, names)
			}
			err := s.db.Tx(t.Context(), id, func(tx *tenancy.Tx) error {
				var in int
				var tenant string
				err := tx.QueryRow(t.Context(), "select pg_backend_pid(), string_agg(tenant_id, ',') from professionals").Scan(&in, &tenant)
				if tenant != id.String() {
					t.Errorf("%s sees rows of %s", id, tenant)
				}
				backends = append(backends, in)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, b := range backends {
		if b != backends[0] {
			t.Fatalf("the statements ran on the backends %v, so nothing was shared", backends)
		}
	}
	s.isClean(t)
}

// ASVS: v5.0.0-8.4.1.
func TestTheSessionLevelFormLeaksOnTheSameConnection(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	first, second := s.bare(t), s.bare(t)
	for _, set := range []string{"set app.current_tenant = '" + s.a.String() + "'", "set role tenant_" + s.a.String(), "set search_path = tenant_" + s.a.String()} {
		if _, err := first.Exec(t.Context(), set); err != nil {
			t.Fatal(err)
		}
	}
	var leaked string
	if err := second.QueryRow(t.Context(), "select name from professionals").Scan(&leaked); err != nil || leaked != "of "+s.a.String() {
		t.Fatalf("another client sees %q (%v): the session-level form no longer leaks here, so the tests of this file prove nothing", leaked, err)
	}
	// And what was left behind shows no statement of tenancy another's row. The
	// search path that was left names a schema that b's role may not use, so b
	// finds no table there at all.
	if _, names := s.sees(t, s.a); len(names) != 1 || names[0] != "of "+s.a.String() {
		t.Errorf("after the leak %s sees %v", s.a, names)
	}
	var name string
	var pg *pgconn.PgError
	if err := s.db.QueryRow(t.Context(), s.b, "select name from professionals").Scan(&name); !errors.As(err, &pg) || pg.Code != "42P01" {
		t.Errorf("after the leak %s sees %q, %v", s.b, name, err)
	}
	if _, err := first.Exec(t.Context(), "reset search_path"); err != nil {
		t.Fatal(err)
	}
	if _, names := s.sees(t, s.b); len(names) != 1 || names[0] != "of "+s.b.String() {
		t.Errorf("with the role and the tenant still left there, %s sees %v", s.b, names)
	}
}

// ASVS: v5.0.0-8.4.1.
func TestWhoeverComesNextIsClean(t *testing.T) {
	t.Parallel()
	errOwn := errors.New("own")
	for name, interrupt := range map[string]func(*testing.T, *shared){
		"after a rollback": func(t *testing.T, s *shared) {
			err := s.db.Tx(t.Context(), s.a, func(tx *tenancy.Tx) error {
				_, err := tx.Exec(t.Context(), "insert into professionals (name) values ('gone')")
				return errors.Join(err, errOwn)
			})
			if !errors.Is(err, errOwn) {
				t.Errorf("error is %v", err)
			}
		},
		"after a panic": func(t *testing.T, s *shared) {
			defer func() {
				if got := recover(); got != "amid a transaction" {
					t.Errorf("recovered %v", got)
				}
			}()
			_ = s.db.Tx(t.Context(), s.a, func(tx *tenancy.Tx) error {
				if _, err := tx.Exec(t.Context(), "insert into professionals (name) values ('gone')"); err != nil {
					t.Error(err)
				}
				panic("amid a transaction")
			})
		},
		"after a panic amid rows": func(t *testing.T, s *shared) {
			defer func() { _ = recover() }()
			_ = s.db.ReadTx(t.Context(), s.a, func(tx *tenancy.Tx) error {
				rows, err := tx.Query(t.Context(), "select generate_series(1, 100000)")
				if err != nil || !rows.Next() {
					t.Error(err)
				}
				panic("amid rows")
			})
		},
		"after a cancellation amid a statement": func(t *testing.T, s *shared) {
			ctx, cancel := context.WithCancel(t.Context())
			err := s.db.Tx(ctx, s.a, func(tx *tenancy.Tx) error {
				if _, err := tx.Exec(ctx, "insert into professionals (name) values ('gone')"); err != nil {
					return err
				}
				time.AfterFunc(20*time.Millisecond, cancel)
				_, err := tx.Exec(ctx, "select pg_sleep(5)")
				return err
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error is %v", err)
			}
		},
		"after a cancellation before the commit": func(t *testing.T, s *shared) {
			ctx, cancel := context.WithCancel(t.Context())
			err := s.db.Tx(ctx, s.a, func(tx *tenancy.Tx) error {
				_, err := tx.Exec(ctx, "insert into professionals (name) values ('gone')")
				cancel()
				return err
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error is %v", err)
			}
		},
		"after a cancellation amid one statement": func(t *testing.T, s *shared) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(20*time.Millisecond, cancel)
			if err := s.db.QueryRow(ctx, s.a, "select pg_sleep(5)").Scan(nil); !errors.Is(err, context.Canceled) {
				t.Errorf("error is %v", err)
			}
		},
		"after a failed statement whose error was dropped": func(t *testing.T, s *shared) {
			err := s.db.Tx(t.Context(), s.a, func(tx *tenancy.Tx) error {
				_, _ = tx.Exec(t.Context(), "insert into professionals (name) values ('gone')")
				_, _ = tx.Exec(t.Context(), "select 1/0")
				return nil
			})
			if !errors.Is(err, pgx.ErrTxCommitRollback) {
				t.Errorf("error is %v", err)
			}
		},
		"after a failed single statement": func(t *testing.T, s *shared) {
			if _, err := s.db.Exec(t.Context(), s.a, "select 1/0"); err == nil {
				t.Error("no error")
			}
		},
		"after a statement timeout": func(t *testing.T, s *shared) {
			err := s.db.Tx(t.Context(), s.a, func(tx *tenancy.Tx) error {
				_, err := tx.Exec(t.Context(), "do $$ begin perform set_config('statement_timeout', '20', true); end $$")
				if err != nil {
					return err
				}
				_, err = tx.Exec(t.Context(), "select pg_sleep(5)")
				return err
			})
			if err == nil {
				t.Error("no error")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShared(t)
			interrupt(t, s)
			s.isClean(t)
		})
	}
}
