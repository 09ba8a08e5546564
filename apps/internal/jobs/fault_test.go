package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/tenant"
	"github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

// ledger is what jobs did.
type ledger struct {
	mu   sync.Mutex
	done map[string]int
}

func (l *ledger) note(id tenant.ID, key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done == nil {
		l.done = map[string]int{}
	}
	l.done[name(id, key)]++
}

func (l *ledger) missing(from []string) (missing []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, each := range from {
		if l.done[each] == 0 {
			missing = append(missing, each)
		}
	}
	return missing
}

func TestNoAcknowledgedJobIsLostWhenRedisIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	p, o, l := setup(t), &table{}, &ledger{}
	p.outbox = o
	p.kind = kind(t, "letter", jobs.Options{Retries: 30})
	do := func(_ context.Context, j jobs.Job[letter]) error {
		if j.Body.Canary != name(j.Tenant, j.Key) {
			t.Errorf("%s got the job of %s", name(j.Tenant, j.Key), j.Body.Canary)
		}
		l.note(j.Tenant, j.Key)
		return nil
	}
	stopWork := p.work(t, do)
	ctx, cancel := context.WithCancel(t.Context())
	relay := p.relay(o)
	relay.Every, relay.Again = 20*time.Millisecond, time.Second
	var mu sync.Mutex
	var acknowledged []string
	var accepted, refusals atomic.Int64
	var longest atomic.Int64
	var load sync.WaitGroup
	load.Go(func() { relay.Run(ctx) })
	for worker := range 4 {
		load.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				id, key := tenanttest.ID(fmt.Sprintf("t%d", n%7)), fmt.Sprintf("%d-%d", worker, n)
				began := time.Now()
				_, err := p.kind.Enqueue(context.Background(), p.client, id, key, letter{Canary: name(id, key)}, jobs.Later{})
				longest.Store(max(longest.Load(), int64(time.Since(began))))
				switch {
				case errors.Is(err, jobs.ErrAway):
					refusals.Add(1)
					p.entry(t, o, id, key) // as a transaction would have written it
				case err == nil:
					accepted.Add(1)
				default:
					t.Errorf("an unclear error: %v", err)
				}
				mu.Lock()
				acknowledged = append(acknowledged, name(id, key))
				mu.Unlock()
				time.Sleep(time.Millisecond)
			}
		})
	}
	more := func(of *atomic.Int64) {
		goal := of.Load() + 150
		until(t, "150 more jobs", func() bool { return of.Load() >= goal })
	}
	more(&accepted)
	for range 3 {
		p.server.Kill()
		more(&refusals)
		p.server.Restart()
		more(&accepted)
	}
	cancel()
	load.Wait()
	final := p.relay(o)
	final.Again = 0
	// A job that was taken in the moment of a kill is given back when its lease
	// of 30s, and as much for clocks that differ, are over; a worker that starts
	// looks at once, a running one each minute.
	deadline, next := time.Now().Add(150*time.Second), time.Now().Add(10*time.Second)
	for ; len(l.missing(acknowledged)) > 0 && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		_, _ = final.Pass(context.Background())
		if time.Now().After(next) {
			p.work(t, do)()
			next = time.Now().Add(10 * time.Second)
		}
	}
	stopWork()
	if missing := l.missing(acknowledged); len(missing) > 0 {
		t.Errorf("%d of %d acknowledged jobs were never done, such as %s", len(missing), len(acknowledged), missing[0])
	}
	if refusals.Load() == 0 {
		t.Error("Redis was never missed, so nothing was tested")
	}
	if took := time.Duration(longest.Load()); took > 6*time.Second {
		t.Errorf("one answer took %s", took)
	}
	t.Logf("%d jobs, %d refusals, the longest answer %s", len(acknowledged), refusals.Load(), time.Duration(longest.Load()))
}

func TestAWorkerThatIsToldToStopUnderLoadFinishesAndLosesNothing(t *testing.T) {
	t.Parallel()
	p, l := setup(t), &ledger{}
	var atWork, most atomic.Int64
	do := func(ctx context.Context, j jobs.Job[letter]) error {
		most.Store(max(most.Load(), atWork.Add(1)))
		defer atWork.Add(-1)
		time.Sleep(10 * time.Millisecond) // work
		if ctx.Err() != nil {
			t.Errorf("its context ended: %v", ctx.Err())
		}
		l.note(j.Tenant, j.Key)
		return nil
	}
	var keys []string
	for n := range 200 {
		key := fmt.Sprint(n)
		p.queue(t, a, key, letter{})
		keys = append(keys, name(a, key))
	}
	for round := 0; len(l.missing(keys)) > 0; round++ {
		if round > 500 {
			t.Fatalf("%d jobs are left", len(l.missing(keys)))
		}
		stop := p.work(t, do)
		until(t, "at work", func() bool { return atWork.Load() > 0 || len(l.missing(keys)) == 0 })
		stop()
		if n := atWork.Load(); n != 0 {
			t.Fatalf("%d jobs are at work after the stop", n)
		}
	}
	for key, n := range l.done {
		if n != 1 {
			t.Errorf("%s was done %d times", key, n)
		}
	}
	if most.Load() < 2 {
		t.Error("no two were at work at once, so no load was tested")
	}
}
