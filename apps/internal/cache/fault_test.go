package cache_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/cache"
	"github.com/avila-devops/saas/apps/internal/tenant"
	"github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

// ASVS: v5.0.0-16.5.2.
func TestValuesAreLoadedWhileRedisIsAwayAndFoundAgainOnceItIsBack(t *testing.T) {
	t.Parallel()
	p := setup(t)
	stop := make(chan struct{})
	var answered, longest atomic.Int64
	var load sync.WaitGroup
	for worker := range 8 {
		load.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				id := tenanttest.ID(fmt.Sprintf("t%d", (worker+i)%5))
				began := time.Now()
				got, err := p.space.Load(t.Context(), id, fmt.Sprint(i%20), func(context.Context) (string, error) { return id.String(), nil })
				if got != id.String() || err != nil {
					t.Errorf("%s got %q, %v", id, got, err)
					return
				}
				longest.Store(max(longest.Load(), int64(time.Since(began))))
				answered.Add(1)
			}
		})
	}
	more := func(what string) { // waits until many more were answered
		t.Helper()
		for goal, deadline := answered.Load()+500, time.Now().Add(20*time.Second); answered.Load() < goal; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: only %d were answered in 20s", what, answered.Load()-goal+500)
			}
		}
	}
	more("with Redis")
	for range 2 {
		p.server.Kill()
		more("without Redis")
		p.server.Restart()
		hits := p.count(t, "cache_hits_total")
		for deadline := time.Now().Add(10 * time.Second); p.count(t, "cache_hits_total") == hits; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("nothing was found in the cache for 10s after Redis was back")
			}
		}
	}
	close(stop)
	load.Wait()
	if took := time.Duration(longest.Load()); took > 3*time.Second {
		t.Errorf("one answer took %s", took)
	}
}

func TestARedisThatIsAwayIsNamedAndNotWaitedForEachTime(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.server.Kill()
	began, spared := time.Now(), 0
	for range 300 {
		err := p.cache.Invalidate(t.Context(), a, "people")
		if !errors.Is(err, cache.ErrAway) || !strings.HasPrefix(err.Error(), "invalidate: redis is away") {
			t.Fatalf("got %v", err)
		}
		if strings.HasSuffix(err.Error(), "it is tried again within 500ms") {
			spared++
		}
	}
	if spared < 280 {
		t.Errorf("of 300 commands only %d did without asking Redis", spared)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("300 commands took %s", took)
	}
}

func TestARedisThatIsFullIsNotTakenForOneThatIsAway(t *testing.T) {
	t.Parallel()
	p := setup(t)
	if err := p.space.Put(t.Context(), a, "kept", "v"); err != nil {
		t.Fatal(err)
	}
	p.client.ConfigSet(t.Context(), "maxmemory", "1")
	for range 10 {
		var loads atomic.Int32
		if got, err := p.space.Load(t.Context(), b, "k", says("v", &loads)); got != "v" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if err := p.space.Put(t.Context(), b, "k", "v"); !errors.Is(err, cache.ErrAway) || !strings.Contains(err.Error(), "it refuses: OOM") {
		t.Errorf("Put gives %v", err)
	}
	if got, err := p.space.Get(t.Context(), a, "kept"); got != "v" || err != nil {
		t.Errorf("what is kept reads %q, %v", got, err)
	}
}

// FuzzKeysOfTwoTenantsNeverMeet covers every byte that a key may hold.
//
// ASVS: v5.0.0-1.3.3.
func FuzzKeysOfTwoTenantsNeverMeet(f *testing.F) {
	for _, seed := range [][4]string{
		{"a", "k", "b", "k"}, {"a", "b:cache:names:=k", "a-b", "k"}, {"a", "k:lease", "a", "k"}, {"a", "*", "b", "\x00"}, {"a", strings.Repeat("x", 300), "b", "#"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, first, key, second, otherKey string) {
		one, err := cache.EntryKey(tenanttest.ID(first), "names", key)
		if err != nil {
			return
		}
		other, err := cache.EntryKey(tenanttest.ID(second), "names", otherKey)
		if err != nil {
			return
		}
		same := first == second && key == otherKey
		if (one == other) != same || cache.LeaseKey(one) == other || cache.LeaseKey(one) == one {
			t.Errorf("%q of %q is at %q and %q of %q at %q", key, first, one, otherKey, second, other)
		}
		if !strings.HasPrefix(one, "t:"+first+":") || tenant.Check(tenanttest.ID(first)) != nil {
			t.Errorf("%q of %q is at %q", key, first, one)
		}
	})
}
