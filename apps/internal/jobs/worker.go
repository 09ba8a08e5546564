package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"strings"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

// ErrGiveUp says that trying again is of no use.
var ErrGiveUp = errors.New("it will never succeed")

// errRefused is a job that is not one: without a tenant, or not as it was
// queued. It is not tried again, and shown with those that failed for good.
var errRefused = errors.New("refused")

// Resolver finds tenants by name, as the registry has them. One that does not
// exist, or no longer, is ErrUnknownTenant; another error is tried again, such
// as while a tenant is suspended.
type Resolver interface {
	Tenant(ctx context.Context, name string) (tenant.ID, error)
}

// WorkerOptions say what a worker does.
type WorkerOptions struct {
	Redis    redis.UniversalClient // the primary
	Resolver Resolver
	Outbox   Outbox // nil where there is none
	// Queues are those taken from, with the share of each. Only DefaultQueue
	// when empty.
	Queues map[string]int
	// Parallel is how many jobs are done at once. 0 is 8.
	Parallel int
	// Finish is how long jobs at work have to end once the worker is told to
	// stop; those that do not are queued again. 0 is 25s.
	Finish time.Duration
	// Backoff is the wait before the first retry; each further wait is double
	// that, up to 15m. 0 is 2s.
	Backoff time.Duration
	// Look is how often jobs are looked for when there were none, and those
	// whose time has come. 0 is 1s.
	Look  time.Duration
	Log   *slog.Logger
	Meter prometheus.Registerer
}

const mostBackoff = 15 * time.Minute

// Worker does jobs.
type Worker struct {
	opt     WorkerOptions
	metrics *metrics
	kinds   map[string]func(context.Context, tenant.ID, envelope, int) error
}

// NewWorker returns a worker that knows no kind of job yet; see Kind.Handle.
func NewWorker(opt WorkerOptions) (*Worker, error) {
	if opt.Redis == nil || opt.Resolver == nil || opt.Log == nil || opt.Meter == nil {
		return nil, errors.New("jobs: a worker needs Redis, a resolver, a log and metrics")
	}
	if opt.Parallel == 0 {
		opt.Parallel = 8
	}
	if opt.Finish == 0 {
		opt.Finish = 25 * time.Second
	}
	if opt.Backoff == 0 {
		opt.Backoff = 2 * time.Second
	}
	if opt.Look == 0 {
		opt.Look = time.Second
	}
	if len(opt.Queues) == 0 {
		opt.Queues = map[string]int{DefaultQueue: 1}
	}
	m, err := newMetrics(opt.Meter)
	return &Worker{opt: opt, metrics: m, kinds: map[string]func(context.Context, tenant.ID, envelope, int) error{}}, err
}

func (w *Worker) handle(kind string, do func(context.Context, tenant.ID, envelope, int) error) {
	if w.kinds[kind] != nil {
		panic("jobs: " + kind + " has two handlers; give it one")
	}
	w.kinds[kind] = do
	w.metrics.expect(kind)
}

// Run does jobs until ctx ends, as it does on SIGTERM; then takes no more,
// waits for those at work, and returns.
func (w *Worker) Run(ctx context.Context) error {
	server := asynq.NewServerFromRedisClient(w.opt.Redis, asynq.Config{
		Concurrency: w.opt.Parallel, Queues: w.opt.Queues, ShutdownTimeout: w.opt.Finish,
		TaskCheckInterval: w.opt.Look, DelayedTaskCheckInterval: w.opt.Look,
		RetryDelayFunc: func(n int, _ error, _ *asynq.Task) time.Duration { return w.backoff(n) },
		BaseContext:    func() context.Context { return context.WithoutCancel(ctx) },
		Logger:         quiet{w.opt.Log}, LogLevel: asynq.WarnLevel,
	})
	if err := server.Start(asynq.HandlerFunc(w.process)); err != nil {
		return fmt.Errorf("jobs: start a worker: %w", err)
	}
	w.opt.Log.Info("jobs: working", "parallel", w.opt.Parallel)
	<-ctx.Done()
	w.opt.Log.Info("jobs: finishing", "finish", w.opt.Finish.String())
	server.Stop()
	server.Shutdown()
	w.opt.Log.Info("jobs: stopped")
	return nil
}

// backoff spreads retries by a quarter, so that what failed together is not
// tried together.
func (w *Worker) backoff(n int) time.Duration {
	wait := min(w.opt.Backoff<<min(n, 20), mostBackoff)
	return wait + time.Duration(mathrand.Int64N(int64(wait)/4+1)) //nolint:gosec // chance here spreads load and hides nothing
}

// process does one job.
func (w *Worker) process(ctx context.Context, task *asynq.Task) (err error) {
	began, kind := time.Now(), task.Type()
	retried, _ := asynq.GetRetryCount(ctx)
	most, _ := asynq.GetMaxRetry(ctx)
	name, _ := asynq.GetTaskID(ctx)
	if w.kinds[kind] == nil {
		kind = "unknown" // a text that anybody queued makes no series of its own
	}
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("jobs: %s panicked: %T", kind, fault) // its text may hold what a user sent
		}
		outcome := "done"
		switch {
		case errors.Is(err, errRefused):
			outcome, err = "refused", fmt.Errorf("%w: %w", err, asynq.SkipRetry)
		case errors.Is(err, ErrGiveUp):
			outcome, err = "dead", fmt.Errorf("%w: %w", err, asynq.SkipRetry)
		case err != nil && retried >= most:
			outcome = "dead"
		case err != nil:
			outcome = "retried"
		}
		w.metrics.processed.WithLabelValues(kind, outcome).Inc()
		w.metrics.took.WithLabelValues(kind).Observe(time.Since(began).Seconds())
		if err != nil {
			w.opt.Log.Warn("jobs: a job failed", "job", name, "kind", kind, "outcome", outcome, "attempt", retried+1)
		}
	}()
	id, e, err := w.open(ctx, name, task)
	if err != nil {
		return err
	}
	if err := w.kinds[kind](ctx, id, e, retried+1); err != nil {
		return err
	}
	if e.Outbox && w.opt.Outbox != nil {
		if err := w.opt.Outbox.Finish(ctx, id, task.Type(), e.Key); err != nil {
			return fmt.Errorf("jobs: note that it is done: %w", err) // so it is done again
		}
	}
	return nil
}

// open judges a job before it is done.
func (w *Worker) open(ctx context.Context, name string, task *asynq.Task) (tenant.ID, envelope, error) {
	var none tenant.ID
	var e envelope
	if w.kinds[task.Type()] == nil {
		return none, e, fmt.Errorf("jobs: %w: nothing here does %.40q", errRefused, task.Type())
	}
	if err := json.Unmarshal(task.Payload(), &e); err != nil {
		return none, e, fmt.Errorf("jobs: %w: it is not as jobs are queued: %w", errRefused, err)
	}
	if e.Tenant == "" {
		return none, e, fmt.Errorf("jobs: %w: it names no tenant", errRefused)
	}
	id, err := w.opt.Resolver.Tenant(ctx, e.Tenant)
	if errors.Is(err, ErrUnknownTenant) {
		return none, e, fmt.Errorf("jobs: %w: %w", errRefused, err)
	}
	if err != nil {
		return none, e, fmt.Errorf("jobs: find its tenant: %w", err)
	}
	if err := tenant.Check(id); err != nil || id.String() != e.Tenant {
		return none, e, fmt.Errorf("jobs: %w: it names the tenant %.40q, and the resolver found another", errRefused, e.Tenant)
	}
	if !strings.HasPrefix(name, owner(id)) {
		return none, e, fmt.Errorf("jobs: %w: its name is not one of its tenant's jobs", errRefused)
	}
	if e.Key == "" { // one that its body alone tells from others
		e.Key = name
	}
	return id, e, nil
}

// quiet passes asynq's warnings on.
type quiet struct{ log *slog.Logger }

func (q quiet) Debug(...any)   {}
func (q quiet) Info(...any)    {}
func (q quiet) Warn(a ...any)  { q.log.Warn("jobs: asynq", "problem", cut(fmt.Sprint(a...))) }
func (q quiet) Error(a ...any) { q.log.Error("jobs: asynq", "problem", cut(fmt.Sprint(a...))) }
func (q quiet) Fatal(a ...any) { q.Error(a...) } // when to end is the service's to say

func cut(s string) string {
	if len(s) > 300 {
		s = s[:300]
	}
	return strings.ToValidUTF8(s, "")
}
