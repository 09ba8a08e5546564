package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/redis/go-redis/v9"

	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/redistest"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenant"
	"github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

var (
	a = tenanttest.ID("a")
	b = tenanttest.ID("b")
)

// letter is what the tests' jobs are about.
type letter struct{ To, Canary string }

// registry knows the tenants of one letter or more, but for "gone" and
// "suspended".
type registry struct{}

func (registry) Tenant(_ context.Context, name string) (tenant.ID, error) {
	switch name {
	case "gone":
		return tenant.ID{}, fmt.Errorf("%q: %w", name, jobs.ErrUnknownTenant)
	case "suspended":
		return tenant.ID{}, errors.New("suspended")
	case "confused":
		return b, nil
	}
	return tenanttest.ID(name), nil
}

type bundle struct {
	server   *redistest.Server
	redis    *redis.Client
	client   *jobs.Client
	office   *jobs.Office
	registry *prometheus.Registry
	outbox   jobs.Outbox
	kind     jobs.Kind[letter]
}

func kind(t testing.TB, name string, opt jobs.Options) jobs.Kind[letter] {
	t.Helper()
	k, err := jobs.NewKind[letter](name, opt)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func setup(t *testing.T) *bundle {
	t.Helper()
	server := redistest.Start(t)
	r := redis.NewClient(&redis.Options{Addr: server.Addr, MaxRetries: -1, DialTimeout: 300 * time.Millisecond, ReadTimeout: 5 * time.Second, DialerRetries: 1, ContextTimeoutEnabled: true})
	t.Cleanup(func() { _ = r.Close() })
	p := &bundle{server: server, redis: r, registry: prometheus.NewRegistry(), office: jobs.NewOffice(r), kind: kind(t, "letter", jobs.Options{Retries: 3})}
	var err error
	if p.client, err = jobs.NewClient(r, p.registry); err != nil {
		t.Fatal(err)
	}
	return p
}

// work runs a worker until the returned function is called, or the test ends.
func (p *bundle) work(t *testing.T, do func(context.Context, jobs.Job[letter]) error) (stop func()) {
	t.Helper()
	w, err := jobs.NewWorker(jobs.WorkerOptions{
		Redis: p.redis, Resolver: registry{}, Outbox: p.outbox, Backoff: 5 * time.Millisecond, Look: 10 * time.Millisecond, Parallel: 8,
		Log: telemetry.NewLog(io.Discard, "test"), Meter: p.registry,
	})
	if err != nil {
		t.Fatal(err)
	}
	p.kind.Handle(w, do)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func (p *bundle) queue(t testing.TB, id tenant.ID, key string, body letter) bool {
	t.Helper()
	fresh, err := p.kind.Enqueue(context.Background(), p.client, id, key, body, jobs.Later{})
	if err != nil {
		t.Fatal(err)
	}
	return fresh
}

// until waits for something to become true.
func until(t testing.TB, what string, true func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !true(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after 30s: not %s", what)
		}
	}
}

func (p *bundle) dead(t testing.TB, id tenant.ID) []jobs.Dead {
	t.Helper()
	list, err := p.office.Dead(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (p *bundle) processed(kind, outcome string) float64 {
	families, _ := p.registry.Gather()
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == "jobs_processed_total" && m.GetLabel()[0].GetValue() == kind && m.GetLabel()[1].GetValue() == outcome {
				return m.GetCounter().GetValue()
			}
		}
	}
	return -1
}

func TestAJobIsDoneForItsTenantWithItsBody(t *testing.T) {
	t.Parallel()
	p := setup(t)
	got := make(chan jobs.Job[letter], 1)
	p.work(t, func(_ context.Context, j jobs.Job[letter]) error { got <- j; return nil })
	p.queue(t, a, "k", letter{To: "ana"})
	if j := <-got; j.Tenant != a || j.Key != "k" || j.Attempt != 1 || j.Body.To != "ana" {
		t.Errorf("got %+v", j)
	}
	until(t, "counted", func() bool { return p.processed("letter", "done") == 1 })
}

func TestAJobOfOneKeyIsOneJobOfItsTenant(t *testing.T) {
	t.Parallel()
	p := setup(t)
	if !p.queue(t, a, "k", letter{}) || p.queue(t, a, "k", letter{To: "else"}) {
		t.Error("the second is queued as well, while the first waits")
	}
	if !p.queue(t, b, "k", letter{}) || !p.queue(t, a, "other", letter{}) || !p.queue(t, a, "", letter{}) || !p.queue(t, a, "", letter{}) {
		t.Error("another tenant's, another key's, or one without a key is taken for it")
	}
	var mu sync.Mutex
	done := 0
	p.work(t, func(context.Context, jobs.Job[letter]) error { mu.Lock(); defer mu.Unlock(); done++; return nil })
	until(t, "all done", func() bool { return p.processed("letter", "done") == 5 })
	if p.queue(t, a, "k", letter{}) {
		t.Error("it is queued again after it was done")
	}
	if done != 5 {
		t.Errorf("%d were done", done)
	}
}

func TestAUniqueJobWaitsOnceForEachTenantAndBody(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.kind = kind(t, "letter", jobs.Options{UniqueBy: time.Hour})
	if !p.queue(t, a, "", letter{To: "x"}) || p.queue(t, a, "", letter{To: "x"}) || !p.queue(t, a, "", letter{To: "y"}) || !p.queue(t, b, "", letter{To: "x"}) {
		t.Error("unique jobs are told apart by something else than tenant and body")
	}
	keys := make(chan string, 9)
	p.work(t, func(_ context.Context, j jobs.Job[letter]) error { keys <- j.Key; return nil })
	until(t, "all done", func() bool { return p.processed("letter", "done") == 3 })
	if !p.queue(t, a, "", letter{To: "x"}) {
		t.Error("it cannot be queued again once it was done")
	}
	if key := <-keys; key == "" {
		t.Error("it has no key at work")
	}
}

func TestAJobThatFailsIsTriedAgainAndShownWhenItFailedForGood(t *testing.T) {
	t.Parallel()
	p := setup(t)
	var mu sync.Mutex
	attempts := map[string][]int{}
	p.work(t, func(_ context.Context, j jobs.Job[letter]) error {
		mu.Lock()
		attempts[j.Key] = append(attempts[j.Key], j.Attempt)
		mu.Unlock()
		switch {
		case j.Key == "hopeless":
			return fmt.Errorf("no such address: %w", jobs.ErrGiveUp)
		case j.Key == "panics" && j.Attempt == 1:
			panic("a secret")
		case j.Key == "fails", j.Attempt == 1:
			return errors.New("busy")
		}
		return nil
	})
	for _, key := range []string{"fails", "hopeless", "panics", "recovers"} {
		p.queue(t, a, key, letter{To: key})
	}
	until(t, "all at an end", func() bool { return p.processed("letter", "done") == 2 && p.processed("letter", "dead") == 2 })
	until(t, "two dead", func() bool { return len(p.dead(t, a)) == 2 })
	mu.Lock()
	defer mu.Unlock()
	if want := map[string][]int{"fails": {1, 2, 3, 4}, "hopeless": {1}, "panics": {1, 2}, "recovers": {1, 2}}; fmt.Sprint(attempts) != fmt.Sprint(want) {
		t.Errorf("the attempts were %v", attempts)
	}
	for _, d := range p.dead(t, a) {
		var body letter
		if json.Unmarshal(d.Body, &body) != nil || d.Kind != "letter" || d.FailedAt.IsZero() || body.To == "fails" && (d.Attempts != 4 || d.Problem != "busy") || body.To == "hopeless" && !strings.HasPrefix(d.Problem, "no such address: ") {
			t.Errorf("it is shown as %+v", d)
		}
	}
	if n := p.processed("letter", "retried"); n != 5 {
		t.Errorf("%v retries are counted", n)
	}
	want := "# HELP jobs_waiting Jobs by queue and state.\n# TYPE jobs_waiting gauge\n"
	for _, row := range []string{"active 0", "dead 2", "pending 0", "retry 0", "scheduled 0"} {
		state, n, _ := strings.Cut(row, " ")
		want += fmt.Sprintf("jobs_waiting{queue=\"default\",state=%q} %s\n", state, n)
	}
	if err := testutil.CollectAndCompare(p.office, strings.NewReader(want), "jobs_waiting"); err != nil {
		t.Error(err)
	}
}

func TestADeadJobIsTriedOnceMoreOrDropped(t *testing.T) {
	t.Parallel()
	p := setup(t)
	var mu sync.Mutex
	broken := true
	p.work(t, func(context.Context, jobs.Job[letter]) error {
		mu.Lock()
		defer mu.Unlock()
		if broken {
			return jobs.ErrGiveUp
		}
		return nil
	})
	p.queue(t, a, "one", letter{})
	p.queue(t, a, "two", letter{})
	until(t, "two dead", func() bool { return len(p.dead(t, a)) == 2 })
	mu.Lock()
	broken = false
	mu.Unlock()
	list := p.dead(t, a)
	if err := errors.Join(p.office.Retry(t.Context(), a, list[0].ID), p.office.Drop(t.Context(), a, list[1].ID)); err != nil {
		t.Fatal(err)
	}
	until(t, "done", func() bool { return p.processed("letter", "done") == 1 })
	if left := p.dead(t, a); len(left) != 0 {
		t.Errorf("left are %v", left)
	}
	for _, id := range []string{list[0].ID, list[1].ID, "a.letter.x", ""} {
		if err := p.office.Drop(t.Context(), a, id); !errors.Is(err, jobs.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// ASVS: v5.0.0-1.5.2.
func TestAJobThatIsNotOneIsRefusedAndShown(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.work(t, func(_ context.Context, j jobs.Job[letter]) error {
		t.Errorf("it is done for %q: %+v", j.Tenant, j)
		return nil
	})
	raw := asynq.NewClientFromRedisClient(p.redis)
	for i, row := range []struct{ kind, name, payload string }{
		{"letter", "a.letter.1", `{"key":"k","body":{}}`},
		{"letter", "a.letter.2", `{"tenant":"","key":"k","body":{}}`},
		{"letter", "a.letter.3", `{"tenant":"b","key":"k","body":{}}`},
		{"letter", "a.letter.4", `{"tenant":"gone","key":"k","body":{}}`},
		{"letter", "a.letter.5", `{"tenant":"a:*","key":"k","body":{}}`},
		{"letter", "a.letter.6", `{"tenant":"a","key":"k","body":[]}`},
		{"letter", "a.letter.7", `x`},
		{"letter", "confused.letter.8", `{"tenant":"confused","key":"k","body":{}}`},
		{"bomb", "a.letter.9", `{"tenant":"a","key":"k","body":{}}`},
	} {
		if _, err := raw.Enqueue(asynq.NewTask(row.kind, []byte(row.payload)), asynq.TaskID(row.name), asynq.MaxRetry(5)); err != nil {
			t.Fatal(i, err)
		}
	}
	until(t, "refused", func() bool { return p.processed("letter", "refused") == 8 && p.processed("unknown", "refused") == 1 })
	until(t, "shown", func() bool { return len(p.dead(t, a)) == 8 })
	for _, d := range p.dead(t, a) {
		if !strings.Contains(d.Problem, "refused") || d.Attempts != 1 || d.ID == "a.letter.3" && d.Body != nil {
			t.Errorf("it is shown as %+v", d)
		}
	}
}

func TestASuspendedTenantsJobsWait(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.work(t, func(context.Context, jobs.Job[letter]) error { t.Error("it is done"); return nil })
	p.queue(t, tenanttest.ID("suspended"), "k", letter{})
	until(t, "tried again", func() bool { return p.processed("letter", "retried") >= 1 })
}

func TestAJobForLaterWaits(t *testing.T) {
	t.Parallel()
	p := setup(t)
	began, done := time.Now(), make(chan time.Time, 1)
	p.work(t, func(context.Context, jobs.Job[letter]) error { done <- time.Now(); return nil })
	if _, err := p.kind.Enqueue(t.Context(), p.client, a, "k", letter{}, jobs.Later{In: 2 * time.Second}); err != nil {
		t.Fatal(err)
	}
	if at := <-done; at.Sub(began) < time.Second {
		t.Errorf("it waited %s", at.Sub(began))
	}
}

func TestAKindThatCannotBeDoneIsRefusedWithAllThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := jobs.NewKind[letter]("a.b", jobs.Options{Queue: "Q", Timeout: time.Millisecond})
	for _, want := range []string{`name "a.b" is not`, `queue "Q" is not`, "timeout 1ms"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
	p := setup(t)
	for _, key := range []string{strings.Repeat("k", 201)} {
		if _, err := p.kind.Enqueue(t.Context(), p.client, a, key, letter{}, jobs.Later{}); err == nil {
			t.Errorf("a key of %d bytes is taken", len(key))
		}
	}
}
