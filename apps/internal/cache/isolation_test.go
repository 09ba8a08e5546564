package cache_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/cache"
	"github.com/avila-devops/saas/apps/internal/tenant"
	"github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

// crossings tries each method as tenant b against a value of tenant a.
var crossings = map[string]func(p *bundle, ctx context.Context) error{
	"Space.Get": func(p *bundle, ctx context.Context) error {
		if got, err := p.space.Get(ctx, b, "k"); !errors.Is(err, cache.ErrMissing) {
			return fmt.Errorf("b reads %q, %w", got, err)
		}
		return nil
	},
	"Space.Load": func(p *bundle, ctx context.Context) error {
		var loads atomic.Int32
		if got, err := p.space.Load(ctx, b, "k", says("b's", &loads)); got != "b's" || err != nil {
			return fmt.Errorf("b loads %q, %w", got, err)
		}
		return nil
	},
	"Space.Put":    func(p *bundle, ctx context.Context) error { return p.space.Put(ctx, b, "k", "b's") },
	"Space.Forget": func(p *bundle, ctx context.Context) error { return p.space.Forget(ctx, b, "k") },
	"Cache.Invalidate": func(p *bundle, ctx context.Context) error {
		return errors.Join(p.cache.Invalidate(ctx, b, "people"), p.cache.Invalidate(ctx, b, "places"))
	},
	"Cache.Erase": func(p *bundle, ctx context.Context) error {
		_, err := p.cache.Erase(ctx, b)
		return err
	},
}

// ASVS: v5.0.0-8.4.1.
func TestNoOperationOfATenantReachesAnothers(t *testing.T) {
	t.Parallel()
	tenanttest.Covered(t, crossings, nil, reflect.TypeFor[*cache.Cache](), reflect.TypeFor[*cache.Space[string]]())
	for name, cross := range crossings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := setup(t)
			if err := p.space.Put(t.Context(), a, "k", "a's"); err != nil {
				t.Fatal(err)
			}
			if err := cross(p, t.Context()); err != nil {
				t.Error(err)
			}
			if got, err := p.space.Get(t.Context(), a, "k"); got != "a's" || err != nil {
				t.Errorf("a's value is %q, %v", got, err)
			}
		})
	}
}

func TestNoOperationWorksWithoutATenant(t *testing.T) {
	t.Parallel()
	p := setup(t)
	var none tenant.ID
	ctx := t.Context()
	_, getErr := p.space.Get(ctx, none, "k")
	_, loadErr := p.space.Load(ctx, none, "k", never(t))
	_, eraseErr := p.cache.Erase(ctx, none)
	for name, err := range map[string]error{
		"Get": getErr, "Load": loadErr, "Erase": eraseErr,
		"Put": p.space.Put(ctx, none, "k", "v"), "Forget": p.space.Forget(ctx, none, "k"), "Invalidate": p.cache.Invalidate(ctx, none, "people"),
	} {
		if err == nil || !strings.Contains(err.Error(), "no tenant: ") {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

// ASVS: v5.0.0-14.2.2.
func TestEraseLeavesNothingOfTheTenantAndAllOfTheOthers(t *testing.T) {
	t.Parallel()
	p := setup(t)
	near := tenanttest.ID("ab") // a name that begins like the erased one's
	for i := range 1200 {
		for _, id := range []tenant.ID{a, near} {
			if err := p.space.Put(t.Context(), id, fmt.Sprint(i), "v"); err != nil {
				t.Fatal(err)
			}
		}
	}
	n, err := p.cache.Erase(t.Context(), a)
	if n != 1202 || err != nil { // and two tags
		t.Errorf("erased %d, %v", n, err)
	}
	if left := p.client.Keys(t.Context(), "t:a:*").Val(); len(left) != 0 {
		t.Errorf("%d keys are left, such as %s", len(left), left[0])
	}
	if kept := p.client.Keys(t.Context(), "t:ab:*").Val(); len(kept) != 1202 {
		t.Errorf("the other tenant has %d keys", len(kept))
	}
}

// ASVS: v5.0.0-14.2.2.
func TestEveryKeyNamesItsTenantAndEnds(t *testing.T) {
	t.Parallel()
	p := setup(t)
	release, began := make(chan struct{}), make(chan struct{})
	go func() {
		_, _ = p.space.Load(context.WithoutCancel(t.Context()), a, "loading", func(context.Context) (string, error) {
			close(began)
			<-release
			return "v", nil
		})
	}()
	<-began
	defer close(release)
	_ = p.space.Put(t.Context(), a, "k", "v")
	_ = p.space.Put(t.Context(), a, strings.Repeat("k", 5000), "v")
	_, _ = p.space.Load(t.Context(), a, "nobody", func(context.Context) (string, error) { return "", cache.ErrAbsent })
	_ = p.cache.Invalidate(t.Context(), a, "people")
	keys := p.client.Keys(t.Context(), "*").Val()
	if len(keys) != 6 {
		t.Errorf("the keys are %v", keys)
	}
	for _, key := range keys {
		if ttl := p.client.TTL(t.Context(), key).Val(); ttl <= 0 || ttl > 48*time.Hour || !strings.HasPrefix(key, "t:a:") {
			t.Errorf("%.60q ends in %s", key, ttl)
		}
	}
}

func TestTenantsAtRandomNeverReadEachOthersValues(t *testing.T) {
	t.Parallel()
	p := setup(t)
	other := another(t, p.server)
	tenants := make([]tenant.ID, 12)
	for i := range tenants {
		tenants[i] = tenanttest.ID(fmt.Sprintf("t%d", i))
	}
	var all sync.WaitGroup
	for worker := range 16 {
		all.Go(func() {
			chance := rand.New(rand.NewPCG(7, uint64(worker)))
			for range 400 {
				id, key := tenants[chance.IntN(len(tenants))], fmt.Sprint(chance.IntN(5))
				from := []*bundle{p, other}[chance.IntN(2)]
				canary := id.String() + "/" + key
				var got string
				var err error
				switch chance.IntN(8) {
				case 0:
					err = from.space.Put(t.Context(), id, key, canary)
				case 1:
					err = from.space.Forget(t.Context(), id, key)
				case 2:
					err = from.cache.Invalidate(t.Context(), id, "people")
				case 3:
					got, err = from.space.Get(t.Context(), id, key)
				default:
					got, err = from.space.Load(t.Context(), id, key, func(context.Context) (string, error) { return canary, nil })
				}
				if err != nil && !errors.Is(err, cache.ErrMissing) || got != "" && got != canary {
					t.Errorf("%s at %s got %q, %v", id, key, got, err)
				}
			}
		})
	}
	all.Wait()
}
