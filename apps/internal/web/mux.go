// Package web is what every service does with a request, whatever it asks for:
// a request id, security headers, limits, a count, a log line, a page for what
// went wrong; and files that browsers may keep. Routes and pages are each
// service's own.
package web

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Unmatched is the endpoint of requests that no route matches. Their paths are
// whatever a client made up.
const Unmatched = "unmatched"

// Meter counts requests.
type Meter interface {
	// Expect announces an endpoint before its first request.
	Expect(method, endpoint string)
	// Observe counts an answer.
	Observe(method, endpoint string, code int, took time.Duration)
}

// Mux routes requests, and guards what it routes to.
type Mux struct {
	routes  *http.ServeMux
	methods []string // that some route takes
	meter   Meter
	log     *slog.Logger
	problem func(w http.ResponseWriter, r *http.Request, code int)
}

// maxBody bounds a request's body.
const maxBody = 1 << 20

// NewMux returns a Mux without routes. problem answers with the page of a
// status: 404, 405 or 500.
func NewMux(meter Meter, log *slog.Logger, problem func(http.ResponseWriter, *http.Request, int)) *Mux {
	return &Mux{routes: http.NewServeMux(), meter: meter, log: log, problem: problem}
}

// NotFound answers with the page for what does not exist.
func (m *Mux) NotFound(w http.ResponseWriter, r *http.Request) { m.problem(w, r, http.StatusNotFound) }

// Handle routes a method (GET takes HEAD along) and a path pattern, as
// [http.ServeMux] writes them. Other methods on the path are refused.
func (m *Mux) Handle(method, pattern string, h http.Handler) {
	m.routes.Handle(method+" "+pattern, h)
	m.allow(pattern, method)
	if method == http.MethodGet {
		m.allow(pattern, http.MethodHead)
	}
}

func (m *Mux) allow(pattern, method string) {
	if !slices.Contains(m.methods, method) {
		m.methods = append(m.methods, method)
		slices.Sort(m.methods)
	}
	m.meter.Expect(method, endpoint(pattern))
}

// allowed returns the methods that a request's path takes, and the pattern of
// the route that takes one of them.
func (m *Mux) allowed(r *http.Request) (methods []string, pattern string) {
	other := *r
	for _, other.Method = range m.methods {
		if _, found := m.routes.Handler(&other); found != "" {
			methods, pattern = append(methods, other.Method), found
		}
	}
	return methods, pattern
}

// ServeHTTP answers a request.
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	h, pattern := http.Handler(m.routes), ""
	if _, pattern = m.routes.Handler(r); pattern == "" {
		h = http.HandlerFunc(m.NotFound)
		var methods []string
		if methods, pattern = m.allowed(r); pattern != "" {
			h = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Allow", strings.Join(methods, ", "))
				m.problem(w, r, http.StatusMethodNotAllowed)
			})
		}
	}
	e := &exchange{mux: m, answer: &answer{ResponseWriter: w}, request: r, endpoint: endpoint(pattern), id: requestID(r)}
	e.answer.Header().Set(requestIDHeader, e.id)
	secure(e.answer.Header())
	defer e.end(began)
	r.Body = http.MaxBytesReader(e.answer, r.Body, maxBody)
	h.ServeHTTP(e.answer, r)
}

// endpoint is a pattern's name in metrics and logs.
func endpoint(pattern string) string {
	if _, path, ok := strings.Cut(pattern, " "); ok {
		pattern = path
	}
	if pattern == "/" || pattern == "" {
		return Unmatched
	}
	return strings.TrimSuffix(pattern, "{$}")
}
