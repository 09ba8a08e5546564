package cache_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/redis/go-redis/v9"

	"github.com/avila-devops/saas/apps/internal/cache"
	"github.com/avila-devops/saas/apps/internal/redistest"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

var (
	a = tenanttest.ID("a")
	b = tenanttest.ID("b")
)

// bundle is a cache over a server of its own.
type bundle struct {
	server   *redistest.Server
	client   *redis.Client
	cache    *cache.Cache
	space    *cache.Space[string]
	registry *prometheus.Registry
}

var kind = cache.Kind{Name: "names", Life: time.Hour, MaxBytes: 1000, Tags: []string{"people", "places"}}

func setup(t *testing.T) *bundle {
	t.Helper()
	server := redistest.Start(t)
	return another(t, server)
}

// another is what a second process has over the same server.
func another(t *testing.T, server *redistest.Server) *bundle {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: server.Addr, MaxRetries: -1, DialTimeout: 300 * time.Millisecond, ReadTimeout: 2 * time.Second, DialerRetries: 1, ContextTimeoutEnabled: true})
	t.Cleanup(func() { _ = client.Close() })
	registry := prometheus.NewRegistry()
	c, err := cache.New(client, client, registry, telemetry.NewLog(io.Discard, "test"))
	if err != nil {
		t.Fatal(err)
	}
	space, err := cache.NewSpace[string](c, kind)
	if err != nil {
		t.Fatal(err)
	}
	return &bundle{server, client, c, space, registry}
}

func (b *bundle) count(t *testing.T, metric string) float64 {
	t.Helper()
	families, err := b.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == metric {
			return f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	t.Fatalf("there is no metric %s", metric)
	return 0
}

// says returns a loader of a value that counts its loads.
func says(value string, loads *atomic.Int32) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		loads.Add(1)
		return value, nil
	}
}

func never(t *testing.T) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		t.Error("the value is loaded, though the cache has it")
		return "", errors.New("loaded")
	}
}

func TestAValueIsLoadedOnceAndThenFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var loads atomic.Int32
	for range 3 {
		got, err := b.space.Load(t.Context(), a, "k", says("v", &loads))
		if got != "v" || err != nil {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	if loads.Load() != 1 || b.count(t, "cache_hits_total") != 2 || b.count(t, "cache_misses_total") != 1 {
		t.Errorf("%d loads, %v hits, %v misses", loads.Load(), b.count(t, "cache_hits_total"), b.count(t, "cache_misses_total"))
	}
}

func TestSeriesExistBeforeTheFirstUse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	want := "# HELP cache_hits_total Values found in the cache, known absences included.\n# TYPE cache_hits_total counter\ncache_hits_total{space=\"names\"} 0\n"
	if err := testutil.GatherAndCompare(b.registry, strings.NewReader(want), "cache_hits_total"); err != nil {
		t.Error(err)
	}
}

func TestManyWhoAskAtOnceInManyProcessesCauseOneLoad(t *testing.T) {
	t.Parallel()
	first := setup(t)
	second := another(t, first.server)
	var loads atomic.Int32
	slow := func(context.Context) (string, error) {
		loads.Add(1)
		time.Sleep(50 * time.Millisecond) // a load that takes its time
		return "v", nil
	}
	var all sync.WaitGroup
	for _, p := range []*bundle{first, second} {
		for range 20 {
			all.Go(func() {
				if got, err := p.space.Load(t.Context(), a, "k", slow); got != "v" || err != nil {
					t.Errorf("got %q, %v", got, err)
				}
			})
		}
	}
	all.Wait()
	if loads.Load() != 1 {
		t.Errorf("%d loads", loads.Load())
	}
}

func TestWhoeverLeavesDoesNotEndTheLoadOfTheOthers(t *testing.T) {
	t.Parallel()
	p := setup(t)
	leaving, leave := context.WithCancel(t.Context())
	began, release := make(chan struct{}), make(chan struct{})
	load := func(ctx context.Context) (string, error) {
		close(began)
		<-release
		return "v", ctx.Err()
	}
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { _, err := p.space.Load(leaving, a, "k", load); first <- err }()
	<-began
	go func() { _, err := p.space.Load(t.Context(), a, "k", never(t)); second <- err }()
	leave()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	close(release)
	if err := <-second; err != nil {
		t.Errorf("who stayed got %v", err)
	}
}

func TestAnAbsenceIsRememberedForAWhile(t *testing.T) {
	t.Parallel()
	p := setup(t)
	nobody := func(context.Context) (string, error) { return "", cache.ErrAbsent }
	for _, load := range []func(context.Context) (string, error){nobody, never(t)} {
		if _, err := p.space.Load(t.Context(), a, "k", load); !errors.Is(err, cache.ErrAbsent) {
			t.Errorf("got %v", err)
		}
	}
	if ttl := p.client.TTL(t.Context(), "t:a:cache:names:=k").Val(); ttl <= 0 || ttl > 6*time.Minute {
		t.Errorf("the absence is kept for %s", ttl)
	}
}

func TestALoadThatFailedIsNotKept(t *testing.T) {
	t.Parallel()
	p := setup(t)
	broken := errors.New("broken")
	if _, err := p.space.Load(t.Context(), a, "k", func(context.Context) (string, error) { return "", broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	var loads atomic.Int32
	if got, err := p.space.Load(t.Context(), a, "k", says("v", &loads)); got != "v" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestInvalidatingATagMakesItsValuesUnknown(t *testing.T) {
	t.Parallel()
	for _, tag := range kind.Tags {
		p := setup(t)
		var loads atomic.Int32
		_, _ = p.space.Load(t.Context(), a, "k", says("old", &loads))
		if err := p.cache.Invalidate(t.Context(), a, tag); err != nil {
			t.Fatal(err)
		}
		if got, err := p.space.Load(t.Context(), a, "k", says("new", &loads)); got != "new" || err != nil {
			t.Errorf("after %s was invalidated: %q, %v", tag, got, err)
		}
	}
}

func TestAValueThatWasInvalidatedWhileItLoadedIsNotKept(t *testing.T) {
	t.Parallel()
	p := setup(t)
	_, _ = p.space.Load(t.Context(), a, "k", func(ctx context.Context) (string, error) {
		return "old", p.cache.Invalidate(ctx, a, "people")
	})
	if got, err := p.space.Get(t.Context(), a, "k"); !errors.Is(err, cache.ErrMissing) {
		t.Errorf("the cache has %q, %v", got, err)
	}
}

func TestAVersionThatRedisDroppedFitsNoValue(t *testing.T) {
	t.Parallel()
	p := setup(t)
	if err := p.space.Put(t.Context(), a, "k", "old"); err != nil {
		t.Fatal(err)
	}
	p.client.Del(t.Context(), "t:a:tag:people")
	if got, err := p.space.Get(t.Context(), a, "k"); !errors.Is(err, cache.ErrMissing) {
		t.Errorf("the cache has %q, %v", got, err)
	}
}

func TestAValueThatIsTooLargeIsLoadedEachTimeAndCounted(t *testing.T) {
	t.Parallel()
	p := setup(t)
	var loads atomic.Int32
	large := strings.Repeat("x", 2000)
	for range 2 {
		if got, err := p.space.Load(t.Context(), a, "k", says(large, &loads)); got != large || err != nil {
			t.Errorf("got %d bytes, %v", len(got), err)
		}
	}
	if loads.Load() != 2 || p.count(t, "cache_oversized_total") != 2 {
		t.Errorf("%d loads, %v counted", loads.Load(), p.count(t, "cache_oversized_total"))
	}
	err := p.space.Put(t.Context(), a, "k", large)
	if err == nil || !strings.Contains(err.Error(), "more than 1000; keep less of it, or raise MaxBytes") {
		t.Errorf("Put gives %v", err)
	}
}

// ASVS: v5.0.0-1.5.2.
func TestWhatSomeoneElseWroteUnderAKeyIsNoValue(t *testing.T) {
	t.Parallel()
	p := setup(t)
	for _, content := range []string{"x", "{}", `{"v":3}`, `{"v":"v","t":["",""]}`, `{"v":"v","owner":"b"}`, strings.Repeat("x", 5000)} {
		p.client.Set(t.Context(), "t:a:cache:names:=k", content, time.Minute)
		if got, err := p.space.Get(t.Context(), a, "k"); !errors.Is(err, cache.ErrMissing) {
			t.Errorf("%.20q is read as %q, %v", content, got, err)
		}
	}
}

func TestASpaceThatCannotBeKeptIsRefusedWithAllThatIsWrong(t *testing.T) {
	t.Parallel()
	p := setup(t)
	_, err := cache.NewSpace[string](p.cache, cache.Kind{Name: "a:b", Tags: []string{"*"}, MaxBytes: -1, AbsentLife: time.Hour})
	for _, want := range []string{
		`space "a:b": not 1 to 60 of`, `life 0s is not between 1s and 24h0m0s; nothing is kept for ever`,
		`life of absences 1h0m0s is not between`, `-1 bytes is not between`, `tag "*" is not`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
}
