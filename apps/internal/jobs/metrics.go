package jobs

import (
	"errors"
	"fmt"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
)

// outcomes are how a try ends.
var outcomes = []string{"done", "retried", "dead", "refused"}

// metrics have no label for the tenant: what one tenant does is not for the
// eyes of whoever may read another's.
type metrics struct {
	enqueued, processed *prometheus.CounterVec
	took                *prometheus.HistogramVec
}

// newMetrics registers the metrics, or finds them registered: a process may
// have a client and a worker.
func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		enqueued: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "jobs_enqueued_total", Help: "Jobs queued."}, []string{"kind"}),
		processed: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "jobs_processed_total", Help: "Tries of jobs, by how they ended."},
			[]string{"kind", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "job_seconds", Help: "Time of one try of a job.",
			Buckets: []float64{.01, .05, .1, .5, 1, 5, 15, 60, 300}}, []string{"kind"}),
	}
	var err error
	m.enqueued, err = register(r, m.enqueued, err)
	m.processed, err = register(r, m.processed, err)
	m.took, err = register(r, m.took, err)
	return m, err
}

func register[C prometheus.Collector](r prometheus.Registerer, c C, before error) (C, error) {
	err := r.Register(c)
	var known prometheus.AlreadyRegisteredError
	if errors.As(err, &known) {
		if same, ok := known.ExistingCollector.(C); ok {
			return same, before
		}
	}
	if err != nil {
		before = errors.Join(before, fmt.Errorf("jobs: register metrics: %w", err))
	}
	return c, before
}

// expect makes a kind's series exist at zero.
func (m *metrics) expect(kind string) {
	for _, outcome := range outcomes {
		m.processed.WithLabelValues(kind, outcome)
	}
}

var (
	waitingDesc = prometheus.NewDesc("jobs_waiting", "Jobs by queue and state.", []string{"queue", "state"}, nil)
	oldestDesc  = prometheus.NewDesc("jobs_oldest_seconds", "How long the oldest job that could be done has waited.", []string{"queue"}, nil)
)

// Describe implements [prometheus.Collector].
func (o *Office) Describe(to chan<- *prometheus.Desc) {
	to <- waitingDesc
	to <- oldestDesc
}

// Collect implements [prometheus.Collector]: it counts what waits, and what
// failed for good, whoever's it is. With Redis away there is nothing to count.
func (o *Office) Collect(to chan<- prometheus.Metric) {
	queues, err := o.queues()
	if err != nil {
		return
	}
	for _, queue := range queues {
		info, err := o.inspector.GetQueueInfo(queue)
		if errors.Is(err, asynq.ErrQueueNotFound) {
			info = &asynq.QueueInfo{}
		} else if err != nil {
			continue
		}
		for state, n := range map[string]int{"pending": info.Pending, "active": info.Active, "scheduled": info.Scheduled, "retry": info.Retry, "dead": info.Archived} {
			to <- prometheus.MustNewConstMetric(waitingDesc, prometheus.GaugeValue, float64(n), queue, state)
		}
		to <- prometheus.MustNewConstMetric(oldestDesc, prometheus.GaugeValue, info.Latency.Seconds(), queue)
	}
}
