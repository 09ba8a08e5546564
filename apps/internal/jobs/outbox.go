package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

// Entry is a job as an outbox holds it.
type Entry struct {
	Tenant tenant.ID
	Kind   string
	Key    string // unique within the tenant and kind
	Body   json.RawMessage
}

// Outbox is a table of entries, each written in the transaction of what it is
// about, and kept until its job is done: what Redis forgets is sent again.
type Outbox interface {
	// Due returns at most limit entries of these kinds that were never sent, or
	// not since before, the oldest first. An entry that another relay holds is
	// left out.
	Due(ctx context.Context, kinds []string, before time.Time, limit int) ([]Entry, error)
	// Sent notes that entries were sent now.
	Sent(ctx context.Context, entries []Entry) error
	// Finish removes the entry of a kind and key. One that does not exist was
	// finished before; that is no error.
	Finish(ctx context.Context, id tenant.ID, kind, key string) error
}

// Relay sends what an outbox holds to the queues.
type Relay struct {
	client *Client
	outbox Outbox
	kinds  map[string]Options
	log    *slog.Logger
	// Every is how often the outbox is looked into when it was empty. 0 is 1s.
	Every time.Duration
	// Again is when an entry that was sent, and not finished, is sent once more.
	// While Redis has it, that changes nothing. 0 is 5m.
	Again time.Duration
}

// relayBatch is how many entries are sent between two looks.
const relayBatch = 200

// NewRelay returns a relay of these kinds.
func NewRelay(c *Client, outbox Outbox, log *slog.Logger, kinds ...AnyKind) *Relay {
	r := &Relay{client: c, outbox: outbox, kinds: map[string]Options{}, log: log, Every: time.Second, Again: 5 * time.Minute}
	for _, k := range kinds {
		name, opt := k.describe()
		r.kinds[name] = opt
	}
	return r
}

// Run relays until ctx ends.
func (r *Relay) Run(ctx context.Context) {
	for failing := false; ctx.Err() == nil; {
		n, err := r.Pass(ctx)
		if (err != nil) != failing && ctx.Err() == nil {
			failing = err != nil
			if failing {
				r.log.Error("jobs: the outbox waits", "problem", err.Error())
			} else {
				r.log.Info("jobs: the outbox is relayed again")
			}
		}
		if err == nil && n == relayBatch {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(r.Every):
		}
	}
}

// Pass sends the entries that are due and returns how many there were. Those
// that are sent are noted even when another is not.
func (r *Relay) Pass(ctx context.Context) (int, error) {
	due, err := r.outbox.Due(ctx, slices.Sorted(maps.Keys(r.kinds)), time.Now().Add(-r.Again), relayBatch)
	if err != nil {
		return 0, fmt.Errorf("jobs: look into the outbox: %w", err)
	}
	var sent []Entry
	var problems []error
	for _, e := range due {
		opt := r.kinds[e.Kind]
		if err := errors.Join(tenant.Check(e.Tenant), checkKey(e.Key)); err != nil {
			problems = append(problems, fmt.Errorf("jobs: an entry of %s: %w", e.Kind, err))
			continue
		}
		opt.UniqueBy = 0 // an entry is one job by its key
		if _, err := r.client.enqueue(ctx, e, opt, Later{}, true); err != nil {
			problems = append(problems, err)
			break // the others would wait for the same
		}
		sent = append(sent, e)
	}
	if len(sent) > 0 {
		if err := r.outbox.Sent(ctx, sent); err != nil {
			problems = append(problems, fmt.Errorf("jobs: note what was sent: %w", err))
		}
	}
	return len(due), errors.Join(problems...)
}
