package subscription_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/subscription"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

func order(ctx context.Context, db *tenancy.DB, s *subscription.Store, as tenancy.ID) (key string, err error) {
	err = db.Tx(ctx, as, func(tx *tenancy.Tx) error {
		key, err = s.StartTx(ctx, tx, subscription.Subscription{Email: "ana@example.com", Plan: "pooled", Cents: 29900, Method: "card"})
		return err
	})
	return key, err
}

// ASVS: v5.0.0-8.4.1 (tenants).
func TestNoTenantReachesAnothersSubscriptions(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db := w.DB(t)
	store := subscription.NewStore(db)
	of := func(try func(ctx context.Context, as tenancy.ID, key string) (bool, error)) tenancytest.Attempt[*subscription.Store] {
		return tenancytest.Attempt[*subscription.Store]{
			Write: func(ctx context.Context, s *subscription.Store, as tenancy.ID) (string, error) {
				return order(ctx, db, s, as)
			},
			Try: func(ctx context.Context, _ *subscription.Store, as tenancy.ID, key string) (bool, error) {
				return try(ctx, as, key)
			},
			See: func(ctx context.Context, s *subscription.Store, as tenancy.ID, key string) (any, error) {
				return s.Get(ctx, as, key)
			},
		}
	}
	pay := func(ctx context.Context, as tenancy.ID, key string) (bool, error) {
		return store.Activate(ctx, as, subscription.Payment{Provider: "p", Event: "e-" + key, Subscription: key, Cents: 29900})
	}
	tenancytest.Isolation(t, w, store, map[string]tenancytest.Attempt[*subscription.Store]{
		"Get": of(func(ctx context.Context, as tenancy.ID, key string) (bool, error) {
			_, err := store.Get(ctx, as, key)
			return err == nil, err
		}),
		"Offer": of(func(ctx context.Context, as tenancy.ID, key string) (bool, error) {
			err := store.Offer(ctx, as, key, "https://pay.example/")
			return err == nil, err
		}),
		"Activate": of(pay),
		"Monthly": of(func(ctx context.Context, as tenancy.ID, key string) (bool, error) {
			if _, err := pay(ctx, as, key); err != nil && !errors.Is(err, subscription.ErrAbsent) {
				return false, err
			}
			cents, err := store.Monthly(ctx, as)
			return cents == 29900, err
		}),
	}, map[string]string{"StartTx": "it takes no key: the row that it makes is the transaction's tenant's, which the others show"})
}

func TestMessagesThatComeAtOnceActivateOnce(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db, id := w.DB(t), w.Tenant(t)
	store := subscription.NewStore(db)
	key, err := order(t.Context(), db, store, id)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var fresh atomic.Int32
	for n := range 8 {
		all.Go(func() { // four messages, each twice
			did, err := store.Activate(t.Context(), id, subscription.Payment{Provider: "p", Event: string(rune('a' + n/2)), Subscription: key, Cents: 29900})
			if err != nil {
				t.Error(err)
			}
			if did {
				fresh.Add(1)
			}
		})
	}
	all.Wait()
	if fresh.Load() != 1 {
		t.Errorf("it was made active %d times", fresh.Load())
	}
	if _, err := store.Activate(t.Context(), id, subscription.Payment{Provider: "p", Event: "z", Subscription: key, Cents: 1}); !errors.Is(err, subscription.ErrAmount) {
		t.Errorf("another amount gives %v", err)
	}
}
