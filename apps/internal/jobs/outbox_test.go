package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenant"
)

// table is an outbox as a database keeps one: what was written stays.
type table struct {
	mu      sync.Mutex
	entries []jobs.Entry
	sent    map[string]time.Time
	fails   error
}

func name(id tenant.ID, key string) string { return id.String() + "/" + key }

func (o *table) write(e jobs.Entry) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.entries = append(o.entries, e)
}

func (o *table) Due(_ context.Context, kinds []string, before time.Time, limit int) ([]jobs.Entry, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var due []jobs.Entry
	for _, e := range o.entries {
		if !slices.Contains(kinds, e.Kind) {
			continue
		}
		if at, ok := o.sent[name(e.Tenant, e.Key)]; len(due) < limit && (!ok || at.Before(before)) {
			due = append(due, e)
		}
	}
	return due, nil
}

func (o *table) Sent(_ context.Context, entries []jobs.Entry) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sent == nil {
		o.sent = map[string]time.Time{}
	}
	for _, e := range entries {
		o.sent[name(e.Tenant, e.Key)] = time.Now()
	}
	return nil
}

func (o *table) Finish(_ context.Context, id tenant.ID, kind, key string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fails != nil {
		return o.fails
	}
	o.entries = slices.DeleteFunc(o.entries, func(e jobs.Entry) bool { return e.Tenant == id && e.Kind == kind && e.Key == key })
	return nil
}

func (o *table) len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.entries)
}

func (p *bundle) entry(t testing.TB, o *table, id tenant.ID, key string) {
	t.Helper()
	e, err := p.kind.Entry(id, key, letter{Canary: name(id, key)})
	if err != nil {
		t.Fatal(err)
	}
	o.write(e)
}

func (p *bundle) relay(o *table) *jobs.Relay {
	return jobs.NewRelay(p.client, o, telemetry.NewLog(io.Discard, "test"), p.kind)
}

func TestAnEntryIsKeptUntilItsJobIsDone(t *testing.T) {
	t.Parallel()
	p, o := setup(t), &table{}
	p.outbox = o
	p.entry(t, o, a, "k")
	r := p.relay(o)
	for range 3 {
		if _, err := r.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if o.len() != 1 {
		t.Fatal("it is gone before its job was done")
	}
	var mu sync.Mutex
	done := 0
	p.work(t, func(context.Context, jobs.Job[letter]) error { mu.Lock(); defer mu.Unlock(); done++; return nil })
	until(t, "finished", func() bool { return o.len() == 0 })
	if done != 1 {
		t.Errorf("it was done %d times", done)
	}
}

func TestAnEntryIsSentAgainWhenRedisForgotIt(t *testing.T) {
	t.Parallel()
	p, o := setup(t), &table{}
	p.outbox = o
	p.entry(t, o, a, "k")
	r := p.relay(o)
	if n, err := r.Pass(t.Context()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	p.redis.FlushAll(t.Context())
	if n, _ := r.Pass(t.Context()); n != 0 {
		t.Errorf("%d are due a moment after they were sent", n)
	}
	r.Again = 0
	p.work(t, func(context.Context, jobs.Job[letter]) error { return nil })
	if n, err := r.Pass(t.Context()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	until(t, "finished", func() bool { return o.len() == 0 })
}

func TestAJobWhoseEndCouldNotBeNotedIsDoneAgain(t *testing.T) {
	t.Parallel()
	p, o := setup(t), &table{fails: errors.New("the database is away")}
	p.outbox = o
	p.entry(t, o, a, "k")
	keys := make(chan string, 99)
	p.work(t, func(_ context.Context, j jobs.Job[letter]) error { keys <- j.Key; return nil })
	if _, err := p.relay(o).Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := <-keys
	o.mu.Lock()
	o.fails = nil
	o.mu.Unlock()
	until(t, "finished", func() bool { return o.len() == 0 })
	if first != "k" {
		t.Errorf("its key is %q", first)
	}
}

func TestAnEntryThatCannotBeSentHoldsNoOtherUp(t *testing.T) {
	t.Parallel()
	p, o := setup(t), &table{}
	o.write(jobs.Entry{Tenant: a, Kind: "of-another-service", Key: "k", Body: []byte("{}")})
	o.write(jobs.Entry{Kind: "letter", Key: "k", Body: []byte("{}")})
	p.entry(t, o, a, "good")
	_, err := p.relay(o).Pass(t.Context())
	if err == nil || !strings.Contains(err.Error(), "an entry of letter: no tenant: ") {
		t.Errorf("the entry of nobody gives %v", err)
	}
	if len(o.sent) != 1 {
		t.Errorf("sent were %v, not the good one alone", o.sent)
	}
}

func TestTheRelayGoesOnOnceRedisIsBack(t *testing.T) {
	t.Parallel()
	p, o := setup(t), &table{}
	p.outbox = o
	p.server.Kill()
	for n := range 5 {
		p.entry(t, o, a, fmt.Sprint(n))
	}
	r := p.relay(o)
	r.Every = 10 * time.Millisecond
	if _, err := r.Pass(t.Context()); !errors.Is(err, jobs.ErrAway) {
		t.Errorf("without Redis: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var relaying sync.WaitGroup
	relaying.Go(func() { r.Run(ctx) })
	p.server.Restart()
	p.work(t, func(context.Context, jobs.Job[letter]) error { return nil })
	until(t, "finished", func() bool { return o.len() == 0 })
	cancel()
	relaying.Wait()
}

// forgetful is an outbox whose answers are lost: it does what it is asked, or
// not, and says neither.
type forgetful struct {
	*table
	notes bool
	left  int // how many answers are lost
}

var errLost = errors.New("it is not known whether the write was committed")

func (o *forgetful) Sent(ctx context.Context, entries []jobs.Entry) error {
	if o.left == 0 {
		return o.table.Sent(ctx, entries)
	}
	o.left--
	if o.notes {
		_ = o.table.Sent(ctx, entries) // it cannot fail
	}
	return errLost
}

func TestAnEntryIsOneJobThoughItIsNotKnownThatItWasSent(t *testing.T) {
	t.Parallel()
	for _, notes := range []bool{true, false} {
		t.Run(fmt.Sprintf("noted %t", notes), func(t *testing.T) {
			t.Parallel()
			p := setup(t)
			o := &forgetful{table: &table{}, notes: notes, left: 2}
			p.outbox = o
			p.entry(t, o.table, a, "k")
			r := jobs.NewRelay(p.client, o, telemetry.NewLog(io.Discard, "test"), p.kind)
			r.Again = 0
			for range 2 {
				if _, err := r.Pass(t.Context()); !errors.Is(err, errLost) {
					t.Errorf("a pass says %v", err)
				}
			}
			if _, err := r.Pass(t.Context()); err != nil {
				t.Fatal(err)
			}
			var l ledger
			stop := p.work(t, func(_ context.Context, j jobs.Job[letter]) error { l.note(j.Tenant, j.Key); return nil })
			until(t, "finished", func() bool { return o.len() == 0 })
			stop()
			if n := l.done[name(a, "k")]; n != 1 {
				t.Errorf("it was done %d times", n)
			}
		})
	}
}
