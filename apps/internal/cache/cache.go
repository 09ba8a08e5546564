// Package cache keeps, in Redis and for a while, what is costly to find: values
// of a tenant, under keys that cannot be built without one. It holds neither
// what must not be lost nor what has no owner. Connections are in memorystore;
// sessions in auth; jobs in jobs.
//
// Redis may be away: then values are loaded from where they come from, at once
// and without waiting for Redis each time, until it is back.
package cache

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

var (
	// ErrMissing says that the cache has no value: nobody knows it yet.
	ErrMissing = errors.New("not in the cache")
	// ErrAbsent says that what is asked for does not exist. A loader returns it,
	// and the cache remembers it.
	ErrAbsent = errors.New("does not exist")
	// ErrAway says that Redis cannot be reached, or does not do what it is asked.
	ErrAway = errors.New("redis is away")
)

// tagLife is how long a tag's version is kept; every space's values live
// shorter.
const tagLife = 48 * time.Hour

// Cache is one Redis.
type Cache struct {
	primary, replica redis.Cmdable
	breaker          *breaker
	metrics          *metrics
	log              *slog.Logger
}

// New returns a cache that writes to primary and reads from replica, which may
// be the same, and counts with meter.
func New(primary, replica redis.Cmdable, meter Registerer, log *slog.Logger) (*Cache, error) {
	m, err := newMetrics(meter)
	if err != nil {
		return nil, err
	}
	return &Cache{primary: primary, replica: replica, breaker: &breaker{now: time.Now}, metrics: m, log: log}, nil
}

// ask runs a command against Redis, unless Redis was away a moment ago.
func (c *Cache) ask(ctx context.Context, what string, command func(ctx context.Context) error) error {
	if !c.breaker.allow() {
		c.metrics.failures.WithLabelValues(what).Inc()
		return fmt.Errorf("%s: %w; it is tried again within %s", what, ErrAway, pause)
	}
	err := command(ctx)
	if err == nil || errors.Is(err, redis.Nil) {
		if c.breaker.succeed() {
			c.log.Info("redis is back")
		}
		return err //nolint:wrapcheck // redis.Nil is an answer
	}
	c.metrics.failures.WithLabelValues(what).Inc()
	if ctx.Err() != nil { // the caller left; that says nothing of Redis
		c.breaker.leave()
		return fmt.Errorf("%s: %w", what, context.Cause(ctx))
	}
	var refusal redis.Error
	if errors.As(err, &refusal) && !redis.HasErrorPrefix(err, "LOADING") { // it is there, such as one that is full
		c.breaker.succeed()
		return fmt.Errorf("%s: %w: it refuses: %w", what, ErrAway, err)
	}
	if c.breaker.fail() {
		c.log.Warn("redis is away; values are loaded without it", "problem", err.Error())
	}
	return fmt.Errorf("%s: %w: %w", what, ErrAway, err)
}

// Invalidate makes every value of the tenant that was loaded under the tag
// unknown, in all services. A value being loaded meanwhile is not kept. With
// ErrAway nothing changed: values may be old until their time is over.
func (c *Cache) Invalidate(ctx context.Context, id tenant.ID, tag string) error {
	key, err := tagKey(id, tag)
	if err != nil {
		return err
	}
	return c.ask(ctx, "invalidate", func(ctx context.Context) error {
		return c.primary.Set(ctx, key, rand.Text(), tagLife).Err()
	})
}

// Erase removes every key of a tenant, whatever keeps it: sessions, limits and
// notes of other packages as well. It returns how many there were.
func (c *Cache) Erase(ctx context.Context, id tenant.ID) (int, error) {
	prefix, err := Prefix(id)
	if err != nil {
		return 0, err
	}
	return c.erase(ctx, prefix+"*")
}

// erase removes the keys of a pattern. A tenant's name has no character that a
// pattern would read as another.
func (c *Cache) erase(ctx context.Context, pattern string) (int, error) {
	erased, cursor := 0, uint64(0)
	for {
		var keys []string
		err := c.ask(ctx, "erase", func(ctx context.Context) (err error) {
			if keys, cursor, err = c.primary.Scan(ctx, cursor, pattern, 500).Result(); err != nil || len(keys) == 0 {
				return err
			}
			return c.primary.Unlink(ctx, keys...).Err()
		})
		if err != nil {
			return erased, err
		}
		erased += len(keys)
		if cursor == 0 {
			return erased, nil
		}
	}
}
