package tenancy_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

// cutter is a wire to a server that a test cuts: once armed, it ends the
// connection that sends a given text, before the server hears it or after the
// server has answered and before the client hears that.
type cutter struct {
	port  int
	armed atomic.Pointer[cut]
}

type cut struct {
	text     string
	answered bool // the server has done it
}

func newCutter(t *testing.T, port int) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	c := &cutter{port: l.Addr().(*net.TCPAddr).Port}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(port))
			if err != nil {
				_ = client.Close()
				continue
			}
			go c.forward(client, server)
		}
	}()
	return c
}

// forward passes on what client and server say. Whoever ends, ends both.
func (c *cutter) forward(client, server net.Conn) {
	defer func() { _, _ = client.Close(), server.Close() }()
	var silent atomic.Bool // the client hears no more
	answers := make(chan struct{}, 64)
	go func() {
		defer func() { _, _ = client.Close(), server.Close() }()
		for buffer := make([]byte, 64<<10); ; {
			n, err := server.Read(buffer)
			if err != nil {
				return
			}
			if silent.Load() {
				answers <- struct{}{}
				continue
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	for buffer := make([]byte, 64<<10); ; {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		armed := c.armed.Load()
		if armed == nil || !bytes.Contains(buffer[:n], []byte(armed.text)) || !c.armed.CompareAndSwap(armed, nil) {
			if _, err := server.Write(buffer[:n]); err != nil {
				return
			}
			continue
		}
		if !armed.answered {
			return
		}
		silent.Store(true)
		if _, err := server.Write(buffer[:n]); err == nil {
			<-answers
		}
		return
	}
}

// order is what a request makes once, however often it is asked for: a row by
// its key, and with it the entry of a job by the same key.
func order(ctx context.Context, db *tenancy.DB, id tenancy.ID, entry jobs.Entry) error {
	return db.Tx(ctx, id, func(tx *tenancy.Tx) error {
		n, err := tx.Exec(ctx, "insert into orders (key) values ($1) on conflict do nothing", entry.Key)
		if err != nil || n == 0 { // it was made by an attempt whose answer was lost
			return err
		}
		_, err = tx.Exec(ctx, "insert into entries (kind, key, body) values ($1, $2, $3)", "mail", entry.Key, string(entry.Body))
		return err
	})
}

func TestAWriteWhoseAnswerIsLostIsOfUnknownOutcomeAndMadeOnceByItsKey(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	wire := newCutter(t, cluster.Port)
	p := w.Pool(t, wire.port, 1)
	db, id := tenancy.New(p, p, tenancy.Options{}), w.Tenant(t)
	schema := "tenant_" + id.String()
	const owned = " (tenant_id text not null default current_setting('app.current_tenant'), "
	w.Break(t, "create table "+schema+".orders"+owned+"key text primary key)")
	w.Break(t, "create table "+schema+".entries"+owned+"kind text, key text, body jsonb)")
	w.Break(t, "grant select, insert on "+schema+".orders, "+schema+".entries to "+schema)
	kind, err := jobs.NewKind[string]("mail", jobs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	attempts := map[string]func(context.Context, jobs.Entry) error{
		"commit": func(ctx context.Context, e jobs.Entry) error { return order(ctx, db, id, e) },
		"insert into orders": func(ctx context.Context, e jobs.Entry) error {
			const both = "with made as (insert into orders (key) values ($1) on conflict do nothing returning key) insert into entries (kind, key, body) select 'mail', key, $2 from made"
			_, err := db.Exec(ctx, id, both, e.Key, string(e.Body))
			return err
		},
	}
	for text, attempt := range attempts {
		for _, answered := range []bool{true, false} {
			key := fmt.Sprintf("%x-%t", text, answered) // without the text in it
			entry, err := kind.Entry(id, key, "hello")
			if err != nil {
				t.Fatal(err)
			}
			wire.armed.Store(&cut{text, answered})
			if err := attempt(t.Context(), entry); !errors.Is(err, tenancy.ErrOutcome) || errors.Is(err, tenancy.ErrAway) {
				t.Errorf("cut at %q, answered %t: %v", text, answered, err)
			}
			if n := countOf(t, db, id, "orders", key); (n == 1) != answered {
				t.Errorf("cut at %q, answered %t: %d rows", text, answered, n)
			}
			if err := attempt(t.Context(), entry); err != nil {
				t.Errorf("asked again after a cut at %q: %v", text, err)
			}
			if rows, entries := countOf(t, db, id, "orders", key), countOf(t, db, id, "entries", key); rows != 1 || entries != 1 {
				t.Errorf("asked twice, cut at %q, answered %t: %d rows and %d entries", text, answered, rows, entries)
			}
		}
	}
}

func countOf(t *testing.T, db *tenancy.DB, id tenancy.ID, table, key string) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), id, "select count(*) from "+table+" where key = $1", key).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhatBreaksBeforeTheCommitIsKnownNotToBeWritten(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	wire := newCutter(t, cluster.Port)
	p := w.Pool(t, wire.port, 1)
	db, id := tenancy.New(p, p, tenancy.Options{}), w.Tenant(t)
	var n int
	for how, try := range map[string]func() error{
		"a read": func() error {
			return db.QueryRow(t.Context(), id, "select count(*) from professionals p, patients").Scan(&n)
		},
		"a statement of a transaction": func() error {
			return db.Tx(t.Context(), id, func(tx *tenancy.Tx) error {
				return tx.QueryRow(t.Context(), "select count(*) from professionals p, patients").Scan(&n)
			})
		},
		"a transaction whose function dropped the error": func() error {
			return db.Tx(t.Context(), id, func(tx *tenancy.Tx) error {
				_, _ = tx.Exec(t.Context(), "insert into professionals (name) select 'p' from professionals p, patients")
				return nil
			})
		},
	} {
		wire.armed.Store(&cut{"professionals p, patients", true})
		if err := try(); !errors.Is(err, tenancy.ErrAway) || errors.Is(err, tenancy.ErrOutcome) {
			t.Errorf("%s: %v", how, err)
		}
	}
	if err := db.QueryRow(t.Context(), id, "select 1").Scan(&n); err != nil {
		t.Errorf("after that: %v", err)
	}
}
