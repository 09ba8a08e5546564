package tenancy_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

func TestNothingRunsForNoTenant(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db, none := w.DB(t), tenancy.ID{}
	for name, try := range map[string]func() error{
		"Query":    func() error { _, err := db.Query(t.Context(), none, "select 1"); return err },
		"QueryRow": func() error { return db.QueryRow(t.Context(), none, "select 1").Scan(nil) },
		"Exec":     func() error { _, err := db.Exec(t.Context(), none, "select 1"); return err },
		"Tx":       func() error { return db.Tx(t.Context(), none, func(*tenancy.Tx) error { t.Error("ran"); return nil }) },
		"ReadTx": func() error {
			return db.ReadTx(t.Context(), none, func(*tenancy.Tx) error { t.Error("ran"); return nil })
		},
	} {
		if err := try(); !errors.Is(err, tenancy.ErrNoTenant) {
			t.Errorf("%s answers %v", name, err)
		}
	}
}

func TestReadsCannotWrite(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db, id := w.DB(t), w.Tenant(t)
	const write = "insert into patients (name) values ('Ana') returning name"
	var name string
	for how, err := range map[string]error{
		"QueryRow": db.QueryRow(t.Context(), id, write).Scan(&name),
		"ReadTx": db.ReadTx(t.Context(), id, func(tx *tenancy.Tx) error {
			return tx.QueryRow(t.Context(), write).Scan(&name)
		}),
	} {
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "25006" {
			t.Errorf("%s answers %v", how, err)
		}
	}
}

func TestAnExecIsCommittedWhenItReturns(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db, id := w.DB(t), w.Tenant(t)
	n, err := db.Exec(t.Context(), id, "insert into patients (name) select 'p'||n from generate_series(1, 3) n")
	if err != nil || n != 3 {
		t.Fatalf("%d rows: %v", n, err)
	}
	// What only the commit finds out is an error too.
	w.Break(t, "create table tenant_"+id.String()+".late (n int unique deferrable initially deferred); grant insert on tenant_"+id.String()+".late to tenant_"+id.String())
	if _, err := db.Exec(t.Context(), id, "insert into late values (1), (1)"); err == nil || !strings.Contains(err.Error(), "late_n_key") {
		t.Errorf("a commit that fails answers %v", err)
	}
}

// ASVS: v5.0.0-8.4.1.
func TestOneTenantCannotNameAnothersTables(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db, a, b := w.DB(t), w.Tenant(t), w.Tenant(t)
	for name, sql := range map[string]string{
		"another's table":       "select 1 from tenant_" + b.String() + ".patients",
		"the registry":          "select 1 from prod.tenants",
		"the ledger":            "select 1 from prod.ledger",
		"the erasures":          "select 1 from prod.erasures",
		"the spares":            "select 1 from prod.spares",
		"taking from the queue": "delete from prod.outbox",
		"changing the audit":    "delete from audit",
		"making a table":        "create table mine (id int)",
		"dropping a policy":     "drop policy tenant_isolation on patients",
		"another's row":         "insert into patients (tenant_id, name) values ('" + b.String() + "', 'Ana')",
		"another's message":     "insert into prod.outbox (tenant_id, kind, key, body) values ('" + b.String() + "', 't', 'k', '{}')",
		"another's file":        "insert into files (path, name, media_type, bytes, sha256) values ('media/tenant_" + b.String() + "/x', 'x', 'x', 1, sha256('x'))",
		"another's login":       "insert into users (login, name, email, role) values ('cliente_" + b.String() + "_x', 'x', 'x@x', 'admin')",
	} {
		if _, err := db.Exec(t.Context(), a, sql); err == nil {
			t.Errorf("%s: %s is allowed", name, sql)
		}
	}
	for _, id := range []tenancy.ID{a, b} {
		if _, err := db.Exec(t.Context(), id, "insert into prod.outbox (kind, key, body) values ('t', 'k', '{}')"); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := db.QueryRow(t.Context(), id, "select count(*) from prod.outbox").Scan(&n); err != nil || n != 1 {
			t.Errorf("%s sees %d messages: %v", id, n, err)
		}
	}
}

// ASVS: v5.0.0-2.3.3.
func TestATransactionEndsWithItsFunction(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db, id := w.DB(t), w.Tenant(t)
	var kept *tenancy.Tx
	var rows pgx.Rows
	err := db.Tx(t.Context(), id, func(tx *tenancy.Tx) (err error) {
		kept = tx
		rows, err = tx.Query(t.Context(), "select generate_series(1, 10)")
		if err == nil && !rows.Next() {
			err = rows.Err()
		}
		return err
	})
	if err == nil {
		t.Error("a transaction with rows open is said to be committed")
	}
	if _, err := kept.Exec(t.Context(), "select 1"); !errors.Is(err, tenancy.ErrEnded) {
		t.Errorf("Exec answers %v", err)
	}
	if _, err := kept.Query(t.Context(), "select 1"); !errors.Is(err, tenancy.ErrEnded) {
		t.Errorf("Query answers %v", err)
	}
	if rows.Next() || !errors.Is(rows.Err(), tenancy.ErrEnded) {
		t.Errorf("its rows go on: %v", rows.Err())
	}
	rows.Close()
	if rows, err := db.Query(t.Context(), id, "select 1"); err != nil {
		t.Error(err)
	} else {
		rows.Close()
	}
}

func TestARollbackCostsNoConnection(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	p := w.Pool(t, cluster.Port, 1)
	db, id := tenancy.New(p, p, tenancy.Options{}), w.Tenant(t)
	errOwn := errors.New("own")
	for range 3 {
		if err := db.Tx(t.Context(), id, func(*tenancy.Tx) error { return errOwn }); !errors.Is(err, errOwn) {
			t.Fatal(err)
		}
	}
	if n := p.Raw().Stat().NewConnsCount(); n != 1 {
		t.Errorf("%d connections were opened for three transactions that were rolled back", n)
	}
}

func TestAFunctionThatCommitsByItselfIsRefused(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db, id := w.DB(t), w.Tenant(t)
	err := db.Tx(t.Context(), id, func(tx *tenancy.Tx) error {
		if _, err := tx.Exec(t.Context(), "commit"); err != nil {
			return err
		}
		if _, err := tx.Exec(t.Context(), "select 1 from patients"); err == nil {
			t.Error("outside of the transaction the tenant's rows are still in reach")
		}
		return nil
	})
	if !errors.Is(err, tenancy.ErrEnded) {
		t.Errorf("error is %v", err)
	}
}

// ASVS: v5.0.0-15.2.2.
func TestAStatementIsStoppedAfterItsTime(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	s := w.Settings(t, cluster.Port, postgrestest.App, 2)
	s.Timeout = 50 * time.Millisecond
	p, err := postgres.Open(t.Context(), s, postgres.ForWrites)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	db, id := tenancy.New(p, p, tenancy.Options{}), w.Tenant(t)
	var none any
	for how, err := range map[string]error{
		"QueryRow": db.QueryRow(t.Context(), id, "select pg_sleep(20)").Scan(&none),
		"Tx": db.Tx(t.Context(), id, func(tx *tenancy.Tx) error {
			_, err := tx.Exec(t.Context(), "select pg_sleep(20)")
			return err
		}),
	} {
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "57014" {
			t.Errorf("%s answers %v", how, err)
		}
	}
}

func TestALoginThatWasNotPreparedIsGivenItsPathAndTime(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	id := w.Tenant(t)
	prepared := w.Pool(t, cluster.Port, 1)
	if got := prepared.Defaults(); got != (postgres.Defaults{Timeout: 10 * time.Second, SearchPath: postgres.OwnSchema}) {
		t.Errorf("the login was prepared with %+v", got)
	}
	// A login's defaults in one database come before those of the login itself.
	su := cluster.Connect(t, postgrestest.Superuser, w.Database)
	for _, set := range []string{"search_path = public", "statement_timeout = 0"} {
		if _, err := su.Exec(t.Context(), "alter role app in database "+w.Database+" set "+set); err != nil {
			t.Fatal(err)
		}
	}
	bare := w.Pool(t, cluster.Port, 1)
	for how, p := range map[string]*postgres.Pool{"prepared": prepared, "not prepared": bare} {
		var path, timeout string
		err := tenancy.New(p, p, tenancy.Options{}).QueryRow(t.Context(), id, "select current_schema(), current_setting('statement_timeout') from (select count(*) from patients) p").Scan(&path, &timeout)
		if err != nil || path != "tenant_"+id.String() || timeout != "10s" {
			t.Errorf("%s: schema %s, timeout %s: %v", how, path, timeout, err)
		}
	}
}

// ASVS: v5.0.0-1.4.3.
func TestNoConnectionIsKeptByAnyWayToEnd(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	p := w.Pool(t, cluster.Port, 1)
	db, id := tenancy.New(p, p, tenancy.Options{}), w.Tenant(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var n int
	for range 3 {
		_ = db.QueryRow(ctx, id, "select nothing").Scan(&n)
		_ = db.QueryRow(ctx, id, "select 1 where false").Scan(&n)
		_ = db.QueryRow(ctx, id, "select 'text'").Scan(&n)
		_ = db.QueryRow(ctx, id, "select 1/0").Scan(&n)
		_ = db.QueryRow(ctx, id, "select $1", make(chan int)).Scan(&n)
		_, _ = db.Exec(ctx, id, "select nothing")
		_ = db.Tx(ctx, id, func(tx *tenancy.Tx) error { return tx.QueryRow(ctx, "select nothing").Scan(&n) })
		rows, err := db.Query(ctx, id, "select generate_series(1, 1000)")
		if err != nil {
			t.Fatal(err)
		}
		rows.Next()
		rows.Close()
		rows.Close()
	}
	if err := db.QueryRow(ctx, id, "select 1").Scan(&n); err != nil || n != 1 {
		t.Errorf("the one connection is gone: %v", err)
	}
}

// ASVS: v5.0.0-1.2.4.
func TestArgumentsArriveAsTheyAre(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db, id := w.DB(t), w.Tenant(t)
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	var (
		text  string
		n     int64
		when  time.Time
		empty *string
		list  []string
		bytes []byte
	)
	err := db.QueryRow(t.Context(), id, "select $1::text, $2::bigint, $3::timestamptz, $4::text, $5::text[], $6::bytea", `'; drop table patients; --`, int64(1)<<60, at, nil, []string{"a", `b"c`}, []byte{0, 1, 255}).
		Scan(&text, &n, &when, &empty, &list, &bytes)
	if err != nil || text != `'; drop table patients; --` || n != 1<<60 || !when.Equal(at) || empty != nil || len(list) != 2 || list[1] != `b"c` || len(bytes) != 3 || bytes[2] != 255 {
		t.Errorf("got %q %d %s %v %q %v: %v", text, n, when, empty, list, bytes, err)
	}
}

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// ASVS: v5.0.0-14.2.4, v5.0.0-16.2.5.
func TestAPlanOfASlowStatementIsLoggedWithoutItsValues(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	s := w.Settings(t, cluster.Port, postgrestest.App, 4)
	s.Slow = time.Nanosecond
	p, err := postgres.Open(t.Context(), s, postgres.ForWrites)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	log := &lines{}
	db, id := tenancy.New(p, p, tenancy.Options{Log: slog.New(slog.NewJSONHandler(log, nil))}), w.Tenant(t)
	defer db.Close()
	const secret = "Maria Canario"
	if _, err := db.Exec(t.Context(), id, "insert into patients (name) values ($1)", secret); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(t.Context(), id, "select id from patients where name = $1 and notes <> $2", secret, secret)
	if err != nil {
		t.Fatal(err)
	}
	rows.Close()
	for deadline := time.Now().Add(10 * time.Second); strings.Count(log.String(), "\n") < 2; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no plan was logged: %s", log)
		}
	}
	text := log.String()
	if strings.Contains(text, "Canario") {
		t.Errorf("the log holds a value: %s", text)
	}
	for _, want := range []string{`"tenant":"` + id.String() + `"`, `"Relation Name":"patients"`, `"Actual Rows":1`, `"Node Type":"ModifyTable"`, `"ran":false`, `"ran":true`} {
		if !strings.Contains(text, want) {
			t.Errorf("the log lacks %s: %s", want, text)
		}
	}
	var n int
	if err := db.QueryRow(t.Context(), id, "select count(*) from patients").Scan(&n); err != nil || n != 1 {
		t.Errorf("asking for the plan of a write wrote: %d rows, %v", n, err)
	}
}
