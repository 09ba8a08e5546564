// Package jobs does later, and elsewhere, what a request need not wait for:
// asynq over Redis, each job of one tenant, tried again when it fails, and shown
// when it failed for good. What must not be lost even if Redis loses all it has
// goes through an outbox, a table beside the data it is about; whoever keeps
// that table is behind the interface Outbox.
//
// A job may run more than once: a worker can end between its work and the note
// of it. Job.Key is the same each time.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

var (
	// ErrAway says that Redis cannot be reached: nothing was queued.
	ErrAway = errors.New("the queue is away")
	// ErrUnknownTenant says that there is no such tenant, or no longer.
	ErrUnknownTenant = errors.New("unknown tenant")
	// ErrNotFound says that the tenant has no such job.
	ErrNotFound = errors.New("no such job")
)

// DefaultQueue is where jobs wait unless their kind says otherwise.
const DefaultQueue = "default"

// Options say how jobs of a kind are done.
type Options struct {
	Queue    string        // DefaultQueue when empty; the worker must take it
	Retries  int           // after the first try; 0 is 10, -1 none
	Timeout  time.Duration // of one try; 0 is 1m
	Keep     time.Duration // how long a key is remembered once its job is done; 0 is 24h
	UniqueBy time.Duration // while a job waits or runs, for this long at most, another of the same body is not queued; 0 allows it
}

func (o Options) withDefaults() Options {
	if o.Queue == "" {
		o.Queue = DefaultQueue
	}
	switch {
	case o.Retries == 0:
		o.Retries = 10
	case o.Retries < 0:
		o.Retries = 0
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	if o.Keep == 0 {
		o.Keep = 24 * time.Hour
	}
	return o
}

// Kind is a kind of job, whose body is a T as JSON.
type Kind[T any] struct {
	name    string
	options Options
}

// NewKind returns a kind. Its name is in queues and metrics: a-z, 0-9, _ and -.
func NewKind[T any](name string, opt Options) (Kind[T], error) {
	opt = opt.withDefaults()
	var problems []error
	for what, text := range map[string]string{"name": name, "queue": opt.Queue} {
		if !word(text) {
			problems = append(problems, fmt.Errorf("jobs: %s %.40q is not 1 to 40 of a-z, 0-9, _ and -", what, text))
		}
	}
	if opt.Timeout < time.Second || opt.Keep < time.Second || opt.UniqueBy != 0 && opt.UniqueBy < time.Second {
		problems = append(problems, fmt.Errorf("jobs: %.40s: times are at least 1s: timeout %s, keep %s, unique %s", name, opt.Timeout, opt.Keep, opt.UniqueBy))
	}
	if err := errors.Join(problems...); err != nil {
		return Kind[T]{}, err
	}
	return Kind[T]{name: name, options: opt}, nil
}

func (k Kind[T]) describe() (string, Options) { return k.name, k.options }

// AnyKind is a kind of whatever body.
type AnyKind interface{ describe() (string, Options) }

// Job is a job at work.
type Job[T any] struct {
	Tenant  tenant.ID
	Key     string // the same at each try
	Attempt int    // 1 at the first
	Body    T
}

// envelope is what is in Redis.
type envelope struct {
	Tenant string          `json:"tenant"`
	Key    string          `json:"key"`
	Outbox bool            `json:"outbox,omitempty"` // the key is an entry's
	Body   json.RawMessage `json:"body"`
}

// Entry returns what an outbox is to hold of a job. Key makes it one: a second
// entry of the same key is the same job.
func (k Kind[T]) Entry(id tenant.ID, key string, body T) (Entry, error) {
	if err := errors.Join(tenant.Check(id), checkKey(key)); err != nil {
		return Entry{}, err
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return Entry{}, fmt.Errorf("jobs: %s: the body cannot be written as JSON: %w", k.name, err)
	}
	return Entry{Tenant: id, Kind: k.name, Key: key, Body: raw}, nil
}

// Handle makes a worker do jobs of this kind. An error is tried again; one that
// wraps ErrGiveUp is not.
func (k Kind[T]) Handle(w *Worker, do func(context.Context, Job[T]) error) {
	w.handle(k.name, func(ctx context.Context, id tenant.ID, e envelope, attempt int) error {
		job := Job[T]{Tenant: id, Key: e.Key, Attempt: attempt}
		if err := json.Unmarshal(e.Body, &job.Body); err != nil {
			return fmt.Errorf("%w: its body is not that of %s: %w", errRefused, k.name, err)
		}
		return do(ctx, job)
	})
}

func checkKey(key string) error {
	if key == "" || len(key) > 200 {
		return fmt.Errorf("jobs: the key has %d bytes, not 1 to 200; it makes a job that is queued twice one", len(key))
	}
	return nil
}

func word(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}
