// Package activity counts who uses what: users who were there a moment ago and
// in a day, and uses of features, by tenant. Users are counted in Redis and
// nowhere named beside what they did; figures keeps the day's numbers, and
// Prometheus gets them from one process at a time, so that sums over processes
// are right.
package activity

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/avila-devops/saas/apps/admin/internal/figure"
	"github.com/avila-devops/saas/apps/internal/cache"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

const (
	// present is how long a user counts as active after a request.
	present = 15 * time.Minute
	// dayLife is how long a day's users are counted.
	dayLife = 48 * time.Hour
)

// Recorder collects in memory and writes in batches.
type Recorder struct {
	redis   redis.UniversalClient
	figures *figure.Store
	tenants func() iter.Seq[tenancy.Tenant]
	log     *slog.Logger
	now     func() time.Time
	self    string // this process, among those that may report
	gauges  gauges

	mu   sync.Mutex
	seen map[slot]*batch
}

// slot is a tenant's day.
type slot struct {
	id  tenancy.ID
	day string
}

// batch is a tenant's since the last flush.
type batch struct {
	users    map[string]bool
	features map[string]int
}

type gauges struct {
	active, created, resolved *prometheus.GaugeVec
	use                       *prometheus.CounterVec
}

// New returns a Recorder, and registers its metrics. Their names are those that
// the dashboards ask for.
func New(primary redis.UniversalClient, figures *figure.Store, tenants func() iter.Seq[tenancy.Tenant], meter prometheus.Registerer, log *slog.Logger, self string) (*Recorder, error) {
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, []string{"tenant"})
	}
	r := &Recorder{redis: primary, figures: figures, tenants: tenants, log: log, now: time.Now, self: self, seen: map[slot]*batch{}, gauges: gauges{
		active:   gauge("ga_active_users", "Users who made a request in the last 15 minutes. One process reports."),
		created:  gauge("tickets_created", "Support tickets that were ever made. One process reports."),
		resolved: gauge("tickets_resolved", "Support tickets that are resolved. One process reports."),
		use:      prometheus.NewCounterVec(prometheus.CounterOpts{Name: "feature_use_total", Help: "Requests of signed-in users, by feature."}, []string{"tenant", "feature"}),
	}}
	for _, c := range []prometheus.Collector{r.gauges.active, r.gauges.created, r.gauges.resolved, r.gauges.use} {
		if err := meter.Register(c); err != nil {
			return nil, fmt.Errorf("activity: register metrics: %w", err)
		}
	}
	return r, nil
}

// Note remembers that a user used a feature, at a time in the tenant's zone.
func (r *Recorder) Note(id tenancy.ID, user, feature string, at time.Time) {
	r.gauges.use.WithLabelValues(id.String(), feature).Inc()
	r.mu.Lock()
	defer r.mu.Unlock()
	of := slot{id, at.Format(time.DateOnly)}
	b := r.seen[of]
	if b == nil {
		b = &batch{map[string]bool{}, map[string]int{}}
		r.seen[of] = b
	}
	b.users[user] = true
	b.features["feature."+feature]++
}

// Run flushes and reports until ctx ends, and flushes once more.
func (r *Recorder) Run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			r.Flush(ctx)
			r.Report(ctx, 3*every)
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			r.Flush(ctx)
			return
		}
	}
}

// Flush writes what was collected. What cannot be written is lost, and logged:
// it is a count.
func (r *Recorder) Flush(ctx context.Context) {
	r.mu.Lock()
	seen := r.seen
	r.seen = map[slot]*batch{}
	r.mu.Unlock()
	for of, b := range seen {
		if err := r.write(ctx, of.id, of.day, b); err != nil {
			r.log.Warn("activity: counts are lost", "tenant", of.id.String(), "problem", err.Error())
		}
	}
}

func (r *Recorder) write(ctx context.Context, id tenancy.ID, day string, b *batch) error {
	now := r.now()
	if err := r.figures.Add(ctx, id, day, b.features); err != nil {
		return err //nolint:wrapcheck // it says what was attempted
	}
	prefix, err := cache.Prefix(id)
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	recent, daily := prefix+"active", prefix+"active-day:"+day
	var count *redis.IntCmd
	if _, err := r.redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for user := range maps.Keys(b.users) {
			p.ZAdd(ctx, recent, redis.Z{Score: float64(now.Unix()), Member: user})
			p.PFAdd(ctx, daily, user)
		}
		p.ZRemRangeByScore(ctx, recent, "-inf", strconv.FormatInt(now.Add(-present).Unix(), 10))
		p.Expire(ctx, recent, present)
		p.Expire(ctx, daily, dayLife)
		count = p.PFCount(ctx, daily)
		return nil
	}); err != nil {
		return fmt.Errorf("count users: %w", err)
	}
	return r.figures.Raise(ctx, id, day, "active_users", int(count.Val())) //nolint:wrapcheck // as above
}

// lease is held by the process that reports.
const lease = "admin:activity-reporter"

var renew = redis.NewScript(`if redis.call('set', KEYS[1], ARGV[1], 'nx', 'px', ARGV[2]) then return 1 end
if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('pexpire', KEYS[1], ARGV[2]) return 1 end
return 0`)

// Report sets the gauges, if this process is the one that reports; else it
// takes them away.
func (r *Recorder) Report(ctx context.Context, life time.Duration) {
	mine, err := renew.Run(ctx, r.redis, []string{lease}, r.self, life.Milliseconds()).Bool()
	if err != nil || !mine {
		r.gauges.active.Reset()
		r.gauges.created.Reset()
		r.gauges.resolved.Reset()
		return
	}
	for t := range r.tenants() {
		if err := r.report(ctx, t.ID); err != nil {
			r.log.Warn("activity: a tenant's gauges are old", "tenant", t.Name, "problem", err.Error())
		}
	}
}

func (r *Recorder) report(ctx context.Context, id tenancy.ID) error {
	prefix, err := cache.Prefix(id)
	if err != nil {
		return err //nolint:wrapcheck // it names the tenant
	}
	n, err := r.redis.ZCount(ctx, prefix+"active", strconv.FormatInt(r.now().Add(-present).Unix(), 10), "+inf").Result()
	if err != nil {
		return fmt.Errorf("count users: %w", err)
	}
	created, resolved, err := r.figures.Tickets(ctx, id)
	if err != nil {
		return err //nolint:wrapcheck // it says what was attempted
	}
	r.gauges.active.WithLabelValues(id.String()).Set(float64(n))
	r.gauges.created.WithLabelValues(id.String()).Set(float64(created))
	r.gauges.resolved.WithLabelValues(id.String()).Set(float64(resolved))
	return nil
}
