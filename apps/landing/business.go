package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/avila-devops/saas/apps/internal/cache"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// business counts what the dashboard Business KPIs shows, under the names that
// it asks for. A visit is a page that was asked for; who asked is not noted.
type business struct {
	visits, purchases *prometheus.CounterVec
	revenue           *prometheus.GaugeVec

	mu      sync.Mutex
	pending map[tenancy.ID]int64 // visits that the tenants' figures lack
}

func newBusiness(reg prometheus.Registerer) (*business, error) {
	b := &business{
		visits:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "visits", Help: "Pages of the public site that were asked for."}, []string{"tenant"}),
		purchases: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "purchases", Help: "Subscriptions that were paid for."}, []string{"tenant"}),
		revenue:   prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "subscription_revenue", Help: "What active subscriptions bring each month, in BRL. One process tells it, so that a sum over all counts it once."}, []string{"tenant"}),
		pending:   map[tenancy.ID]int64{},
	}
	for _, c := range []prometheus.Collector{b.visits, b.purchases, b.revenue} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register the metrics of the business: %w", err)
		}
	}
	return b, nil
}

func (b *business) visit(id tenancy.ID) {
	b.visits.WithLabelValues(id.String()).Inc()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pending[id]++
}

// keep writes visits into the tenants' figures; what cannot be written waits.
func (f *front) keep(ctx context.Context) {
	f.business.mu.Lock()
	pending := f.business.pending
	f.business.pending = map[tenancy.ID]int64{}
	f.business.mu.Unlock()
	for id, n := range pending {
		if err := f.figures.Add(ctx, id, "visit", n); err != nil {
			f.log.Warn("visits wait to be kept", "tenant", id, "problem", err.Error())
			f.business.mu.Lock()
			f.business.pending[id] += n
			f.business.mu.Unlock()
		}
	}
}

// The time between two looks, and how long one process has the word.
const (
	lookEvery = 15 * time.Second
	wordLife  = time.Minute
)

// run keeps figures and tells the revenue until ctx ends, and then keeps what
// is left.
func (f *front) run(ctx context.Context) {
	me := rand.Text()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		f.keep(ctx)
		f.tell(ctx, me)
		select {
		case <-tick.C:
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
			defer cancel()
			f.keep(last)
			return
		}
	}
}

// tell sets the revenue in the one process that has the word in Redis, and
// takes it back in all others.
func (f *front) tell(ctx context.Context, me string) {
	f.business.revenue.Reset()
	id, err := f.house()
	if err != nil {
		return
	}
	prefix, err := cache.Prefix(id)
	if err != nil {
		return
	}
	redis, key := f.backing.Redis.Primary, prefix+"landing-revenue"
	if won, err := redis.SetNX(ctx, key, me, wordLife).Result(); err != nil || !won && redis.Get(ctx, key).Val() != me {
		return
	}
	redis.PExpire(ctx, key, wordLife)
	if cents, err := f.subscriptions.Monthly(ctx, id); err == nil {
		f.business.revenue.WithLabelValues(id.String()).Set(float64(cents) / 100)
	}
}
