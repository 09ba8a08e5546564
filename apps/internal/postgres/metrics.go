package postgres

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics count statements. They have no label of a tenant: a tenant's load is
// seen at the edge, and a label per tenant here is a series per tenant and
// bucket.
type Metrics struct {
	took *prometheus.HistogramVec
	slow *prometheus.CounterVec
}

// NewMetrics registers the metrics of statements, and of each pool.
func NewMetrics(reg prometheus.Registerer, pools ...*Pool) *Metrics {
	m := &Metrics{
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "db_query_seconds", Help: "Time from sending a statement to the end of its answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 15},
		}, []string{"pool", "outcome"}),
		slow: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "db_slow_queries_total", Help: "Statements that took longer than DATABASE_SLOW.",
		}, []string{"pool"}),
	}
	reg.MustRegister(m.took, m.slow)
	for _, p := range pools {
		m.slow.WithLabelValues(string(p.role))
		p.register(reg)
	}
	return m
}

// register makes the pool's gauges. Active divides by max as they stand.
func (p *Pool) register(reg prometheus.Registerer) {
	labels := prometheus.Labels{"pool": string(p.role)}
	gauge := func(name, help string, value func() float64) {
		reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, value))
	}
	gauge("db_connections_active", "Connections in use.", func() float64 { return float64(p.raw.Stat().AcquiredConns()) })
	gauge("db_connections_max", "Connections that the pool may have.", func() float64 { return float64(p.raw.Stat().MaxConns()) })
	gauge("db_connections_idle", "Connections that are open and free.", func() float64 { return float64(p.raw.Stat().IdleConns()) })
	reg.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "db_connection_wait_seconds_total", Help: "Time spent waiting for a free connection.", ConstLabels: labels,
	}, func() float64 { return p.raw.Stat().EmptyAcquireWaitTime().Seconds() }))
}

// Observe counts a statement.
func (m *Metrics) Observe(role Role, took time.Duration, failed, slow bool) {
	if m == nil {
		return
	}
	outcome := "ok"
	if failed {
		outcome = "error"
	}
	m.took.WithLabelValues(string(role), outcome).Observe(took.Seconds())
	if slow {
		m.slow.WithLabelValues(string(role)).Inc()
	}
}
