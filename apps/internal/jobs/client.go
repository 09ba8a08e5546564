package jobs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

// Client queues jobs.
type Client struct {
	asynq   *asynq.Client
	metrics *metrics
}

// NewClient returns a client of the queues that a primary holds.
func NewClient(primary redis.UniversalClient, meter prometheus.Registerer) (*Client, error) {
	m, err := newMetrics(meter)
	return &Client{asynq: asynq.NewClientFromRedisClient(primary), metrics: m}, err
}

// Later says when a job is to be done. The zero value is now.
type Later struct {
	In time.Duration // to the second; it may be up to one less
}

// Enqueue queues a job and reports whether it was not queued before: while a
// job of the same key waits, runs, or was done lately, it is the same job. An
// empty key makes a job of its own. With ErrAway, nothing was queued, or it was
// and the answer was lost: with a key, asking again is safe.
func (k Kind[T]) Enqueue(ctx context.Context, c *Client, id tenant.ID, key string, body T, when Later) (fresh bool, err error) {
	own := key == ""
	if own {
		key = rand.Text()
	}
	entry, err := k.Entry(id, key, body)
	if err != nil {
		return false, err
	}
	if own && k.options.UniqueBy > 0 {
		entry.Key = "" // the body alone tells one from another
	}
	return c.enqueue(ctx, entry, k.options, when, false)
}

// enqueue queues an entry.
func (c *Client) enqueue(ctx context.Context, e Entry, opt Options, when Later, outbox bool) (bool, error) {
	payload, err := json.Marshal(envelope{Tenant: e.Tenant.String(), Key: e.Key, Outbox: outbox, Body: e.Body})
	if err != nil {
		return false, fmt.Errorf("jobs: %s: %w", e.Kind, err)
	}
	key := e.Key
	if key == "" {
		key = rand.Text()
	}
	options := []asynq.Option{
		asynq.TaskID(taskID(e.Tenant, e.Kind, key)), asynq.Queue(opt.Queue), asynq.MaxRetry(opt.Retries),
		asynq.Timeout(opt.Timeout), asynq.Retention(opt.Keep),
	}
	if opt.UniqueBy > 0 {
		options = append(options, asynq.Unique(opt.UniqueBy))
	}
	if when.In > 0 {
		options = append(options, asynq.ProcessIn(when.In))
	}
	_, err = c.asynq.EnqueueContext(ctx, asynq.NewTask(e.Kind, payload), options...)
	switch {
	case errors.Is(err, asynq.ErrTaskIDConflict), errors.Is(err, asynq.ErrDuplicateTask):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("jobs: queue %s: %w: %w", e.Kind, ErrAway, err)
	}
	c.metrics.enqueued.WithLabelValues(e.Kind).Inc()
	return true, nil
}

// taskID names a job in Redis. A tenant's name and a kind's have no dot, and
// the key is a digest, so that no two jobs have one name, nor any job another
// tenant's.
func taskID(id tenant.ID, kind, key string) string {
	sum := sha256.Sum256([]byte(key))
	return owner(id) + kind + "." + hex.EncodeToString(sum[:16])
}

// owner begins the names of a tenant's jobs.
func owner(id tenant.ID) string { return id.String() + "." }
