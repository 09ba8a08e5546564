package cache

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

// Kind says how a space keeps its values.
type Kind struct {
	// Name is the space's, in keys and metrics: a-z, 0-9, _ and -.
	Name string
	// Life is how long a value is kept: 1s to 24h, less up to a tenth, so that
	// what was loaded together does not end together.
	Life time.Duration
	// AbsentLife is how long an absence is remembered: at most Life, a tenth of
	// it when 0.
	AbsentLife time.Duration
	// MaxBytes bounds a value as JSON; what is larger is loaded each time. 0 is
	// 256 KiB.
	MaxBytes int
	// Tags name what values are made of, such as tables; see Cache.Invalidate.
	Tags []string
	// LoadTime bounds a load. 0 is 10s.
	LoadTime time.Duration
}

func (k Kind) withDefaults() Kind {
	if k.AbsentLife == 0 {
		k.AbsentLife = max(k.Life/10, time.Second)
	}
	if k.MaxBytes == 0 {
		k.MaxBytes = 256 << 10
	}
	if k.LoadTime == 0 {
		k.LoadTime = 10 * time.Second
	}
	return k
}

func (k Kind) check() error {
	var problems []error
	refuse := func(format string, args ...any) { problems = append(problems, fmt.Errorf("cache "+format, args...)) }
	if !word(k.Name) {
		refuse("space %.40q: not 1 to 60 of a-z, 0-9, _ and -", k.Name)
	}
	if k.Life < time.Second || k.Life > tagLife/2 {
		refuse("%.40s: life %s is not between 1s and %s; nothing is kept for ever", k.Name, k.Life, tagLife/2)
	}
	if k.AbsentLife < time.Second || k.AbsentLife > k.Life {
		refuse("%.40s: life of absences %s is not between 1s and the life of values, %s", k.Name, k.AbsentLife, k.Life)
	}
	if k.MaxBytes < 1 || k.MaxBytes > 8<<20 {
		refuse("%.40s: %d bytes is not between 1 and 8 MiB", k.Name, k.MaxBytes)
	}
	for _, tag := range k.Tags {
		if !word(tag) {
			refuse("%.40s: tag %.40q is not 1 to 60 of a-z, 0-9, _ and -", k.Name, tag)
		}
	}
	return errors.Join(problems...)
}

// Space keeps values of one type.
type Space[T any] struct {
	cache  *Cache
	kind   Kind
	flight singleflight.Group
}

// NewSpace returns a space of a cache. Two spaces of one name would read each
// other's values.
func NewSpace[T any](c *Cache, kind Kind) (*Space[T], error) {
	kind = kind.withDefaults()
	if err := kind.check(); err != nil {
		return nil, err
	}
	c.metrics.expect(kind.Name)
	return &Space[T]{cache: c, kind: kind}, nil
}

// Load returns the tenant's value of a key: from the cache or, once for all who
// ask at the same time, from load. It fails only where load fails; with Redis
// away, every value is loaded.
func (s *Space[T]) Load(ctx context.Context, id tenant.ID, key string, load func(context.Context) (T, error)) (T, error) {
	var zero T
	full, err := entryKey(id, s.kind.Name, key)
	if err != nil {
		return zero, err
	}
	found, err := s.read(ctx, id, full)
	if err == nil || errors.Is(err, ErrAbsent) {
		return found, err
	}
	away := !errors.Is(err, ErrMissing)
	done := s.flight.DoChan(full, func() (any, error) {
		// A load serves all who wait, so it outlives the one who began it.
		ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), s.kind.LoadTime, fmt.Errorf("cache %s: the value did not load within %s", s.kind.Name, s.kind.LoadTime))
		defer cancel()
		if away {
			return s.loadOnly(ctx, load)
		}
		return s.fill(ctx, id, full, load)
	})
	select {
	case r := <-done:
		value, _ := r.Val.(T)
		return value, r.Err
	case <-ctx.Done():
		return zero, fmt.Errorf("cache %s: the caller left: %w", s.kind.Name, context.Cause(ctx))
	}
}

// Get returns what the cache has: ErrMissing where it has nothing, ErrAbsent
// where it knows that there is nothing.
func (s *Space[T]) Get(ctx context.Context, id tenant.ID, key string) (T, error) {
	var zero T
	full, err := entryKey(id, s.kind.Name, key)
	if err != nil {
		return zero, err
	}
	return s.read(ctx, id, full)
}

// Put keeps a value. What is too large is refused.
func (s *Space[T]) Put(ctx context.Context, id tenant.ID, key string, value T) error {
	full, err := entryKey(id, s.kind.Name, key)
	if err != nil {
		return err
	}
	versions, err := s.versions(ctx, id)
	if err != nil {
		return err
	}
	return s.write(ctx, full, entry[T]{Value: value, Versions: versions}, s.kind.Life)
}

// Forget makes a key's value unknown.
func (s *Space[T]) Forget(ctx context.Context, id tenant.ID, key string) error {
	full, err := entryKey(id, s.kind.Name, key)
	if err != nil {
		return err
	}
	return s.cache.ask(ctx, "forget", func(ctx context.Context) error { return s.cache.primary.Del(ctx, full).Err() })
}
