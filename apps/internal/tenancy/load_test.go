package tenancy_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

// load is tenants that write and read at once, and a note of what each write
// was told.
type load struct {
	db      *tenancy.DB
	tenants []tenancy.ID

	// How many writes were answered in each way, and how many reads.
	accepted, refused, unknown, read atomic.Int64

	mu      sync.Mutex
	said    map[string]error // by the name of a row
	stopped chan struct{}
	workers sync.WaitGroup
}

const workersPerTenant = 2

// startLoad lets so many tenants work. Their calls have no deadline of their
// own: that each ends is up to tenancy.
func startLoad(t *testing.T, w *tenancytest.World, db *tenancy.DB, tenants int) *load {
	t.Helper()
	l := &load{db: db, said: map[string]error{}, stopped: make(chan struct{})}
	for range tenants {
		l.tenants = append(l.tenants, w.Tenant(t))
	}
	ctx := context.WithoutCancel(t.Context())
	for _, id := range l.tenants {
		for worker := range workersPerTenant {
			l.workers.Go(func() { l.work(ctx, t, id, worker) })
		}
	}
	return l
}

func (l *load) work(ctx context.Context, t *testing.T, id tenancy.ID, worker int) {
	for n := 0; ; n++ {
		select {
		case <-l.stopped:
			return
		default:
		}
		name := fmt.Sprintf("%s-%d-%d", id, worker, n)
		err := l.write(ctx, id, name, n)
		switch {
		case err == nil:
			l.accepted.Add(1)
		case errors.Is(err, tenancy.ErrOutcome):
			l.unknown.Add(1)
		case errors.Is(err, tenancy.ErrAway), stoppedByServer(err):
			l.refused.Add(1)
		default:
			t.Errorf("a write of %s has an error of no kind: %v", id, err)
		}
		l.mu.Lock()
		l.said[name] = err
		l.mu.Unlock()
		if err := l.look(ctx, id); err == nil {
			l.read.Add(1)
		} else if !errors.Is(err, tenancy.ErrAway) && !stoppedByServer(err) {
			t.Errorf("a read of %s: %v", id, err)
		}
		if err != nil {
			time.Sleep(time.Millisecond) // a client that was refused takes a breath
		}
	}
}

// stoppedByServer tells the server's own timeout, which a busy machine meets.
func stoppedByServer(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "57014"
}

// write makes one row, by each of the two ways in turn.
func (l *load) write(ctx context.Context, id tenancy.ID, name string, n int) error {
	const insert = "insert into professionals (name) values ($1)"
	if n%2 == 0 {
		_, err := l.db.Exec(ctx, id, insert, name)
		return err
	}
	return l.db.Tx(ctx, id, func(tx *tenancy.Tx) error {
		_, err := tx.Exec(ctx, insert, name)
		return err
	})
}

// look reads some of a tenant's rows, and holds that they are its own.
func (l *load) look(ctx context.Context, id tenancy.ID) error {
	rows, err := l.db.Query(ctx, id, "select name, tenant_id from professionals limit 20")
	if err != nil {
		return err
	}
	var name, owner string
	_, err = pgx.ForEachRow(rows, []any{&name, &owner}, func() error { return own(id, name, owner) })
	return err
}

func own(id tenancy.ID, name, owner string) error {
	if prefix := id.String() + "-"; owner != id.String() || len(name) < len(prefix) || name[:len(prefix)] != prefix {
		return fmt.Errorf("%s meets the row %q of %s", id, name, owner)
	}
	return nil
}

// more waits until something was counted so many times more.
func (l *load) more(t *testing.T, what string, by int64, counts ...*atomic.Int64) {
	t.Helper()
	sum := func() (n int64) {
		for _, c := range counts {
			n += c.Load()
		}
		return n
	}
	for goal, deadline := sum()+by, time.Now().Add(60*time.Second); sum() < goal; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: in 60s only %d of %d calls ended", what, by-goal+sum(), by)
		}
	}
}

// stop ends the load and holds what every write was told against the rows.
func (l *load) stop(t *testing.T, w *tenancytest.World) {
	t.Helper()
	l.end()
	there := map[string]int{}
	for _, id := range l.tenants {
		for name, owner := range rowsOf(t, w, id) {
			there[name]++
			if err := own(id, name, owner); err != nil {
				t.Error(err)
			}
		}
	}
	lost, untrue, kept := 0, 0, 0
	for name, err := range l.said {
		switch n := there[name]; {
		case err == nil && n != 1:
			lost++
		case errors.Is(err, tenancy.ErrOutcome):
			kept += n
		case err != nil && n != 0:
			untrue++
			t.Errorf("%s is there, and was told: %v", name, err)
		}
		delete(there, name)
	}
	if lost > 0 || untrue > 0 || len(there) > 0 {
		t.Errorf("of %d acknowledged writes %d are lost; %d that were said not to be are there; %d rows nobody wrote", l.accepted.Load(), lost, untrue, len(there))
	}
	t.Logf("%d writes acknowledged, %d refused, %d unknown of which %d are there; %d reads", l.accepted.Load(), l.refused.Load(), l.unknown.Load(), kept, l.read.Load())
}

func (l *load) end() {
	select {
	case <-l.stopped:
	default:
		close(l.stopped)
	}
	l.workers.Wait()
}

// rowsOf reads a tenant's table with the eyes of the superuser, whom no policy
// hides a row from.
func rowsOf(t *testing.T, w *tenancytest.World, id tenancy.ID) map[string]string {
	t.Helper()
	rows, err := w.Cluster.Connect(t, postgrestest.Superuser, w.Database).Query(t.Context(), "select name, tenant_id from tenant_"+id.String()+".professionals")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	var name, owner string
	if _, err := pgx.ForEachRow(rows, []any{&name, &owner}, func() error { found[name] = owner; return nil }); err != nil {
		t.Fatal(err)
	}
	return found
}
