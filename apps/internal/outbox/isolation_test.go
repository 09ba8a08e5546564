package outbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/outbox"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

// world is a database with an outbox, seen as the tenants and as the relay.
type world struct {
	*tenancytest.World
	db  *tenancy.DB
	box *outbox.Outbox
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := tenancytest.New(t, cluster)
	return &world{w, w.DB(t), outbox.New(w.Pool(t, cluster.Port, 8), w.Directory)}
}

func entry(id tenancy.ID, kind, key string) jobs.Entry {
	return jobs.Entry{Tenant: id, Kind: kind, Key: key, Body: json.RawMessage(`{"of": "` + id.String() + `"}`)}
}

func (w *world) put(ctx context.Context, as tenancy.ID, e jobs.Entry) error {
	return w.db.Tx(ctx, as, func(tx *tenancy.Tx) error { return w.box.Put(ctx, tx, e) })
}

// see lists what a tenant's own role sees.
func (w *world) see(ctx context.Context, as tenancy.ID) (string, error) {
	var all string
	err := w.db.QueryRow(ctx, as, "select coalesce(string_agg(tenant_id || '/' || kind || '/' || key || '/' || body::text, ' ' order by id), '') from prod.outbox").Scan(&all)
	return all, err
}

func (w *world) due(t *testing.T, before time.Time, kinds ...string) []jobs.Entry {
	t.Helper()
	due, err := w.box.Due(t.Context(), kinds, before, 100)
	if err != nil {
		t.Fatal(err)
	}
	return due
}

// ASVS: v5.0.0-8.4.1 (tenants).
func TestNoTenantReachesAnothersEntries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	of := func(try func(ctx context.Context, as tenancy.ID, key string) (bool, error)) tenancytest.Attempt[*outbox.Outbox] {
		return tenancytest.Attempt[*outbox.Outbox]{
			Write: func(ctx context.Context, _ *outbox.Outbox, as tenancy.ID) (string, error) {
				return as.String(), w.put(ctx, as, entry(as, "mail", "k"))
			},
			Try: func(ctx context.Context, _ *outbox.Outbox, as tenancy.ID, key string) (bool, error) {
				return try(ctx, as, key)
			},
			See: func(ctx context.Context, _ *outbox.Outbox, as tenancy.ID, _ string) (any, error) {
				return w.see(ctx, as)
			},
		}
	}
	tenancytest.Isolation(t, w.World, w.box, map[string]tenancytest.Attempt[*outbox.Outbox]{
		"Put": of(func(ctx context.Context, as tenancy.ID, owner string) (bool, error) {
			e := entry(w.Find(t, owner), "mail", "another")
			err := w.put(ctx, as, e)
			return err == nil, err
		}),
		"Finish": of(func(ctx context.Context, as tenancy.ID, _ string) (bool, error) {
			before, err := w.see(ctx, as)
			if err != nil {
				return false, err
			}
			if err := w.box.Finish(ctx, as, "mail", "k"); err != nil {
				return false, err
			}
			after, err := w.see(ctx, as)
			return before != after, err
		}),
	}, map[string]string{
		"Due":  "it is the relay's, which takes every tenant's; each entry names its own",
		"Sent": "it is the relay's, of entries that Due gave it",
	})
}

func TestTheRelaysRoleSeesNothingButEntries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.Tenant(t)
	conn := w.Cluster.Connect(t, postgrestest.App, w.Database)
	for _, sql := range []string{
		"select 1 from tenant_" + id.String() + ".patients", "select host from prod.tenants", "update prod.outbox set body = '{}'",
		"insert into prod.outbox (tenant_id, kind, key, body) values ('" + id.String() + "', 'k', 'k', '{}')", "update prod.tenants set state = 'active'",
	} {
		if _, err := conn.Exec(t.Context(), "set role relay"); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s is allowed", sql)
		}
	}
}

func TestAnEntryIsOneOfItsTenantKindAndKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.Tenant(t), w.Tenant(t)
	for _, e := range []jobs.Entry{entry(a, "mail", "k"), entry(a, "mail", "k"), entry(a, "index", "k"), entry(b, "mail", "k")} {
		if err := w.put(t.Context(), e.Tenant, e); err != nil {
			t.Fatal(err)
		}
	}
	due := w.due(t, time.Now(), "mail", "index")
	if len(due) != 3 || due[0].Tenant != a || string(due[0].Body) != `{"of": "`+a.String()+`"}` || due[2].Tenant != b || string(due[2].Body) != `{"of": "`+b.String()+`"}` {
		t.Fatalf("due are %v", due)
	}
	if err := w.box.Finish(t.Context(), a, "mail", "k"); err != nil {
		t.Fatal(err)
	}
	if left, err := w.see(t.Context(), a); err != nil || left != a.String()+`/index/k/{"of": "`+a.String()+`"}` {
		t.Errorf("of a is left %q, %v", left, err)
	}
	if left, err := w.see(t.Context(), b); err != nil || left == "" {
		t.Errorf("of b is left %q, %v", left, err)
	}
}

func TestAnEntryGoesWithItsTransaction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.Tenant(t)
	if err := w.db.Tx(t.Context(), id, func(tx *tenancy.Tx) error {
		return fmt.Errorf("undone: %w", w.box.Put(t.Context(), tx, entry(id, "mail", "k")))
	}); err == nil {
		t.Fatal("committed")
	}
	if due := w.due(t, time.Now(), "mail"); len(due) != 0 {
		t.Errorf("due are %v", due)
	}
}

func TestAnEntryIsHeldByOneRelayAndSentAgainInItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.Tenant(t)
	for n := range 50 {
		if err := w.put(t.Context(), id, entry(id, "mail", fmt.Sprint(n))); err != nil {
			t.Fatal(err)
		}
	}
	var relays sync.WaitGroup
	var mu sync.Mutex
	taken := map[string]int{}
	for range 4 {
		relays.Go(func() {
			for range 5 {
				due, err := w.box.Due(t.Context(), []string{"mail"}, time.Now(), 10)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				for _, e := range due {
					taken[e.Key]++
				}
				mu.Unlock()
			}
		})
	}
	relays.Wait()
	for key, times := range taken {
		if times != 1 {
			t.Errorf("%s was taken %d times", key, times)
		}
	}
	if len(taken) != 50 {
		t.Errorf("%d of 50 were taken", len(taken))
	}
	w.Break(t, "alter table prod.outbox no force row level security; update prod.outbox set held_until = now() - interval '1 second'; alter table prod.outbox force row level security") // those relays died
	due := w.due(t, time.Now().Add(-time.Minute), "mail")
	if len(due) != 50 {
		t.Fatalf("%d are due once their relays are gone", len(due))
	}
	if err := w.box.Sent(t.Context(), due[:20]); err != nil {
		t.Fatal(err)
	}
	if again := w.due(t, time.Now().Add(-time.Minute), "mail"); len(again) != 0 {
		t.Errorf("%d are due a moment after they were taken", len(again))
	}
	if again := w.due(t, time.Now().Add(time.Minute), "mail"); len(again) != 20 {
		t.Errorf("%d are due again, not the 20 that were sent", len(again))
	}
}

func TestTheEntriesOfASuspendedTenantWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.Tenant(t), w.Tenant(t)
	for _, id := range []tenancy.ID{a, b} {
		if err := w.put(t.Context(), id, entry(id, "mail", "k")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Provisioner.Suspend(t.Context(), a.String()); err != nil {
		t.Fatal(err)
	}
	if due := w.due(t, time.Now(), "mail"); len(due) != 1 || due[0].Tenant != b {
		t.Errorf("due are %v", due)
	}
	if err := w.Provisioner.Resume(t.Context(), a.String()); err != nil {
		t.Fatal(err)
	}
	if due := w.due(t, time.Now(), "mail", "other"); len(due) != 1 || due[0].Tenant != a {
		t.Errorf("once it is resumed, due are %v", due)
	}
}

func TestARelayTakesNoKindThatItDoesNotSend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.Tenant(t)
	if err := w.put(t.Context(), id, entry(id, "of-another-service", "k")); err != nil {
		t.Fatal(err)
	}
	if due := w.due(t, time.Now(), "mail"); len(due) != 0 {
		t.Errorf("due are %v", due)
	}
	if due := w.due(t, time.Now(), "of-another-service"); len(due) != 1 {
		t.Errorf("its own relay gets %v", due)
	}
}
