package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

const (
	// patience is how long a search waits for Elasticsearch.
	patience = 1500 * time.Millisecond
	// pause is how long Elasticsearch is left alone after it failed; then one
	// search tries it again.
	pause = 2 * time.Second
)

var _ Engine = (*Pair)(nil)

// Pair searches in Elasticsearch, and in PostgreSQL while that is away.
// Documents are in PostgreSQL first.
type Pair struct {
	elastic  *Elastic
	postgres *Postgres
	log      *slog.Logger
	searches *prometheus.CounterVec
	took     *prometheus.HistogramVec
	now      func() time.Time

	mu    sync.Mutex
	until time.Time // Elasticsearch is away, and not tried before then
	away  bool
}

// NewPair returns both as one engine.
func NewPair(e *Elastic, p *Postgres, meter prometheus.Registerer, log *slog.Logger) (*Pair, error) {
	s := &Pair{elastic: e, postgres: p, log: log, now: time.Now,
		searches: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "searches_total", Help: "Searches, by the engine that answered or failed."}, []string{"engine", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "search_seconds", Help: "Time of a search in an engine.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5}}, []string{"engine"}),
	}
	for _, c := range []prometheus.Collector{s.searches, s.took} {
		if err := meter.Register(c); err != nil {
			return nil, fmt.Errorf("search: register metrics: %w; one process has one pair", err)
		}
	}
	for _, engine := range []string{"elasticsearch", "postgresql"} {
		for _, outcome := range []string{"answered", "failed"} {
			s.searches.WithLabelValues(engine, outcome)
		}
	}
	return s, nil
}

// try reports whether Elasticsearch is to be asked. While it is away, one
// search in each pause is.
func (s *Pair) try() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away && s.now().Before(s.until) {
		return false
	}
	if s.away {
		s.until = s.now().Add(pause)
	}
	return true
}

func (s *Pair) note(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if was := s.away; was != (err != nil) {
		if s.away = err != nil; s.away {
			s.log.Warn("search: Elasticsearch is away; PostgreSQL answers", "problem", err.Error())
		} else {
			s.log.Info("search: Elasticsearch is back")
		}
	}
	if err != nil {
		s.until = s.now().Add(pause)
	}
}

func (s *Pair) measure(engine string, ask func() (Result, error)) (Result, error) {
	began := time.Now()
	out, err := ask()
	outcome := "answered"
	if err != nil {
		outcome = "failed"
	}
	s.searches.WithLabelValues(engine, outcome).Inc()
	s.took.WithLabelValues(engine).Observe(time.Since(began).Seconds())
	return out, err
}

// Search implements Engine. It fails where both fail.
func (s *Pair) Search(ctx context.Context, id tenant.ID, q Query) (Result, error) {
	if _, err := q.normal(); err != nil {
		return Result{}, errors.Join(tenant.Check(id), err)
	}
	if err := tenant.Check(id); err != nil {
		return Result{}, err
	}
	if s.try() {
		out, err := s.measure("elasticsearch", func() (Result, error) {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			return s.elastic.Search(ctx, id, q)
		})
		if err == nil {
			s.note(nil)
			return out, nil
		}
		if ctx.Err() != nil { // the caller left; that says nothing of Elasticsearch
			return Result{}, fmt.Errorf("search: %w", context.Cause(ctx))
		}
		s.note(err)
	}
	out, err := s.measure("postgresql", func() (Result, error) { return s.postgres.Search(ctx, id, q) })
	out.Degraded = true
	return out, err
}

// Put implements Engine. With ErrBehind the documents are kept, and found while
// PostgreSQL answers.
func (s *Pair) Put(ctx context.Context, id tenant.ID, docs ...Document) error {
	if err := s.postgres.Put(ctx, id, docs...); err != nil {
		return err
	}
	return behind(s.elastic.Put(ctx, id, docs...))
}

// Delete implements Engine. With ErrBehind the documents are gone, and
// Elasticsearch still shows them.
func (s *Pair) Delete(ctx context.Context, id tenant.ID, kind string, ids ...string) error {
	if err := s.postgres.Delete(ctx, id, kind, ids...); err != nil {
		return err
	}
	return behind(s.elastic.Delete(ctx, id, kind, ids...))
}

func behind(err error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBehind, err)
	}
	return nil
}

// Erase implements Engine: both must succeed, for what is to be gone must be.
func (s *Pair) Erase(ctx context.Context, id tenant.ID) (int, error) {
	n, err := s.postgres.Erase(ctx, id)
	if err != nil {
		return n, err
	}
	_, err = s.elastic.Erase(ctx, id)
	return n, err
}

// Reindex makes Elasticsearch know exactly the tenant's documents, and returns
// how many there are.
func (s *Pair) Reindex(ctx context.Context, id tenant.ID) (int, error) {
	// What is not in PostgreSQL is removed last: Elasticsearch remembers a removed
	// document's version for a minute, and would take the same one for old.
	began := time.Now()
	if err := s.elastic.Provision(ctx, id); err != nil {
		return 0, err
	}
	n, kind, after := 0, "", ""
	for {
		docs, err := s.postgres.page(ctx, id, kind, after, 200)
		if err != nil {
			return n, err
		}
		if len(docs) == 0 {
			return n, s.elastic.prune(ctx, id, began)
		}
		if err := s.elastic.Put(ctx, id, docs...); err != nil {
			return n, err
		}
		n += len(docs)
		kind, after = docs[len(docs)-1].Kind, docs[len(docs)-1].ID
	}
}
