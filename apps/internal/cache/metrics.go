package cache

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// Registerer is where metrics are registered.
type Registerer = prometheus.Registerer

// metrics have no label for the tenant: what one tenant uses is not for the
// eyes of whoever may read another's.
type metrics struct {
	hits, misses, failures, oversized *prometheus.CounterVec
	loads                             *prometheus.HistogramVec
}

func newMetrics(r Registerer) (*metrics, error) {
	counter := func(name, help, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
	}
	m := &metrics{
		hits:      counter("cache_hits_total", "Values found in the cache, known absences included.", "space"),
		misses:    counter("cache_misses_total", "Values that the cache did not have.", "space"),
		failures:  counter("cache_errors_total", "Commands that Redis did not answer.", "operation"),
		oversized: counter("cache_oversized_total", "Values too large to keep.", "space"),
		loads: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "cache_load_seconds", Help: "Time to load a value that the cache did not have.",
			Buckets: []float64{.001, .005, .01, .05, .1, .5, 1, 5},
		}, []string{"space"}),
	}
	for _, c := range []prometheus.Collector{m.hits, m.misses, m.failures, m.oversized, m.loads} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("cache: register metrics: %w; one process has one cache", err)
		}
	}
	return m, nil
}

// expect makes a space's series exist at zero.
func (m *metrics) expect(space string) {
	m.hits.WithLabelValues(space)
	m.misses.WithLabelValues(space)
	m.oversized.WithLabelValues(space)
}
