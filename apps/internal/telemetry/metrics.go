// Package telemetry is what a service tells about itself: metrics and logs.
// It holds their names and shapes; where they are counted is in web, and the
// dashboards and alerts over them are part of the infrastructure.
package telemetry

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// methods are the methods that get a label of their own. A client may send any
// text as a method, and every new label value is a new series for ever.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut,
	http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

// otherMethod is the label of all the rest.
const otherMethod = "other"

// Metrics are one process's metrics.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	errors   *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

// NewMetrics returns the metrics that every service has. requests_total and
// errors_total carry the same labels, so that the one divides by the other
// without a matching clause; the status code is a label of the response time.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "requests_total", Help: "Requests answered.",
		}, []string{"method", "endpoint"}),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "errors_total", Help: "Requests answered with a status of 500 or more, or cut off by a fault of the service.",
		}, []string{"method", "endpoint"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "response_time_seconds", Help: "Time from a request's header to the end of its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "endpoint", "code"}),
	}
	m.registry.MustRegister(m.requests, m.errors, m.duration,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Expect makes an endpoint's series exist at zero. A counter that appears with
// its first error shows no increase, so the first error would go unseen.
func (m *Metrics) Expect(method, endpoint string) {
	m.errors.WithLabelValues(method, endpoint) // first: no scrape may see requests alone
	m.requests.WithLabelValues(method, endpoint)
}

// Observe counts an answered request. The endpoint is a route's pattern, never
// a path.
func (m *Metrics) Observe(method, endpoint string, code int, took time.Duration) {
	if !slices.Contains(methods, method) {
		method = otherMethod
	}
	m.Expect(method, endpoint)
	m.requests.WithLabelValues(method, endpoint).Inc()
	if code >= http.StatusInternalServerError {
		m.errors.WithLabelValues(method, endpoint).Inc()
	}
	m.duration.WithLabelValues(method, endpoint, strconv.Itoa(code)).Observe(took.Seconds())
}

// Registry is where a service registers metrics of its own.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// Handler answers Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}
