package cache

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

// entry is a value as it is kept, with the versions that its tags had before
// it was loaded.
type entry[T any] struct {
	Value    T        `json:"v"`
	Absent   bool     `json:"a,omitempty"`
	Versions []string `json:"t,omitempty"`
}

const (
	// leaseLife is how long one process loads a value before another may; the
	// others look for its value meanwhile.
	leaseLife = 3 * time.Second
	leaseLook = 15 * time.Millisecond
)

// read looks a key up, and its tags' versions with it, in one round trip.
func (s *Space[T]) read(ctx context.Context, id tenant.ID, full string) (value T, err error) {
	keys := []string{full}
	for _, tag := range s.kind.Tags {
		key, err := tagKey(id, tag)
		if err != nil {
			return value, err
		}
		keys = append(keys, key)
	}
	var answers []any
	err = s.cache.ask(ctx, "get", func(ctx context.Context) (err error) {
		answers, err = s.cache.replica.MGet(ctx, keys...).Result()
		return err
	})
	if err != nil {
		s.cache.metrics.misses.WithLabelValues(s.kind.Name).Inc()
		return value, err
	}
	var versions []string
	for _, each := range answers[1:] {
		version, _ := each.(string)
		versions = append(versions, version)
	}
	content, _ := answers[0].(string)
	e, ok := s.decode(content, versions)
	switch {
	case !ok:
		s.cache.metrics.misses.WithLabelValues(s.kind.Name).Inc()
		return value, fmt.Errorf("cache %s: %w", s.kind.Name, ErrMissing)
	case e.Absent:
		err = fmt.Errorf("cache %s: %w", s.kind.Name, ErrAbsent)
	}
	s.cache.metrics.hits.WithLabelValues(s.kind.Name).Inc()
	return e.Value, err
}

// decode reads an entry; one that is too large, not of this type, or of other
// versions is none. A tag without a version, whose entry Redis dropped for want
// of memory, fits nothing.
func (s *Space[T]) decode(content string, versions []string) (entry[T], bool) {
	var e entry[T]
	if content == "" || len(content) > s.kind.MaxBytes+1024 {
		return e, false
	}
	d := json.NewDecoder(bytes.NewReader([]byte(content)))
	d.DisallowUnknownFields()
	if d.Decode(&e) != nil || slices.Contains(versions, "") || !slices.Equal(e.Versions, versions) {
		return entry[T]{}, false
	}
	return e, true
}

// versions returns the tags' versions, and makes those that do not exist.
func (s *Space[T]) versions(ctx context.Context, id tenant.ID) ([]string, error) {
	if len(s.kind.Tags) == 0 {
		return nil, nil
	}
	gets := make([]*redis.StringCmd, len(s.kind.Tags))
	err := s.cache.ask(ctx, "version", func(ctx context.Context) error {
		_, err := s.cache.primary.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i, tag := range s.kind.Tags {
				key, err := tagKey(id, tag)
				if err != nil {
					return err
				}
				p.SetNX(ctx, key, rand.Text(), tagLife)
				gets[i] = p.Get(ctx, key)
			}
			return nil
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	versions := make([]string, len(gets))
	for i, get := range gets {
		versions[i] = get.Val()
	}
	return versions, nil
}

// fill loads a value that no process has, or waits for the one that loads it.
func (s *Space[T]) fill(ctx context.Context, id tenant.ID, full string, load func(context.Context) (T, error)) (T, error) {
	lease, token := leaseKey(full), rand.Text()
	for deadline := time.Now().Add(leaseLife); time.Now().Before(deadline); {
		mine := false
		err := s.cache.ask(ctx, "lease", func(ctx context.Context) (err error) {
			mine, err = s.cache.primary.SetNX(ctx, lease, token, leaseLife).Result()
			return err
		})
		if err != nil {
			return s.loadOnly(ctx, load)
		}
		if mine {
			defer s.release(ctx, lease, token)
			break
		}
		select {
		case <-time.After(leaseLook):
		case <-ctx.Done():
			return s.loadOnly(ctx, load)
		}
		if value, err := s.read(ctx, id, full); err == nil || errors.Is(err, ErrAbsent) {
			return value, err
		}
	}
	versions, err := s.versions(ctx, id) // before the load, so that what changes meanwhile is seen
	if err != nil {
		return s.loadOnly(ctx, load)
	}
	value, err := s.loadOnly(ctx, load)
	switch {
	case err == nil:
		s.keep(ctx, full, entry[T]{Value: value, Versions: versions}, s.kind.Life)
	case errors.Is(err, ErrAbsent):
		s.keep(ctx, full, entry[T]{Absent: true, Versions: versions}, s.kind.AbsentLife)
	}
	return value, err
}

// releasing removes a lease that is still one's own.
var releasing = redis.NewScript(`if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`)

func (s *Space[T]) release(ctx context.Context, lease, token string) {
	_ = s.cache.ask(ctx, "lease", func(ctx context.Context) error {
		return releasing.Run(ctx, s.cache.primary, []string{lease}, token).Err()
	}) // it ends by itself otherwise
}

func (s *Space[T]) loadOnly(ctx context.Context, load func(context.Context) (T, error)) (T, error) {
	began := time.Now()
	defer func() { s.cache.metrics.loads.WithLabelValues(s.kind.Name).Observe(time.Since(began).Seconds()) }()
	return load(ctx)
}

// keep writes what was loaded; that it could not be written is counted and
// changes nothing for whoever asked.
func (s *Space[T]) keep(ctx context.Context, full string, e entry[T], life time.Duration) {
	_ = s.write(ctx, full, e, life)
}

func (s *Space[T]) write(ctx context.Context, full string, e entry[T], life time.Duration) error {
	content, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("cache %s: the value cannot be written as JSON: %w", s.kind.Name, err)
	}
	if len(content) > s.kind.MaxBytes {
		s.cache.metrics.oversized.WithLabelValues(s.kind.Name).Inc()
		return fmt.Errorf("cache %s: the value has %d bytes, more than %d; keep less of it, or raise MaxBytes", s.kind.Name, len(content), s.kind.MaxBytes)
	}
	life -= time.Duration(mathrand.Int64N(int64(life)/10 + 1)) //nolint:gosec // chance here spreads load and hides nothing
	return s.cache.ask(ctx, "put", func(ctx context.Context) error { return s.cache.primary.Set(ctx, full, content, life).Err() })
}
