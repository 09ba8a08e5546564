package telemetry_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/telemetry"
)

// scrape returns the text that Prometheus would read.
func scrape(t *testing.T, m *telemetry.Metrics) string {
	t.Helper()
	rec := httptest.NewRecorder()
	m.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	body, err := io.ReadAll(rec.Result().Body)
	if err != nil || rec.Code != http.StatusOK {
		t.Fatalf("metrics answer %d: %v", rec.Code, err)
	}
	return string(body)
}

// labelSets returns the label sets of a metric's series.
func labelSets(text, metric string) map[string]bool {
	sets := map[string]bool{}
	for line := range strings.Lines(text) {
		if name, rest, ok := strings.Cut(line, "{"); ok && name == metric {
			labels, _, _ := strings.Cut(rest, "}")
			sets[labels] = true
		}
	}
	return sets
}

func TestErrorsDivideByRequestsSeriesBySeries(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics()
	m.Expect(http.MethodGet, "/quiet")
	m.Observe(http.MethodGet, "/", http.StatusOK, time.Millisecond)
	m.Observe(http.MethodGet, "/", http.StatusInternalServerError, time.Millisecond)
	m.Observe(http.MethodPost, "/form", http.StatusBadGateway, time.Millisecond)
	m.Observe("BREW", "unmatched", http.StatusNotFound, time.Millisecond)
	text := scrape(t, m)
	requests, errors := labelSets(text, "requests_total"), labelSets(text, "errors_total")
	if len(requests) != 4 || !maps.Equal(requests, errors) {
		t.Errorf("requests_total has %v\nerrors_total has   %v", requests, errors)
	}
}

func TestCountersTellErrorsFromAnswers(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics()
	m.Observe(http.MethodGet, "/", http.StatusOK, 20*time.Millisecond)
	m.Observe(http.MethodGet, "/", http.StatusNotFound, 20*time.Millisecond)
	m.Observe(http.MethodGet, "/", http.StatusServiceUnavailable, 3*time.Second)
	text := scrape(t, m)
	for _, line := range []string{
		`requests_total{endpoint="/",method="GET"} 3`,
		`errors_total{endpoint="/",method="GET"} 1`,
		`response_time_seconds_bucket{code="200",endpoint="/",method="GET",le="0.01"} 0`,
		`response_time_seconds_bucket{code="200",endpoint="/",method="GET",le="0.025"} 1`,
		`response_time_seconds_bucket{code="503",endpoint="/",method="GET",le="5"} 1`,
		`response_time_seconds_count{code="404",endpoint="/",method="GET"} 1`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("metrics lack %s", line)
		}
	}
	if !strings.Contains(text, "\nprocess_start_time_seconds ") {
		t.Error("metrics lack process_start_time_seconds")
	}
}

func TestAnEndpointHasItsSeriesBeforeItsFirstRequest(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics()
	m.Expect(http.MethodGet, "/")
	text := scrape(t, m)
	for _, line := range []string{`requests_total{endpoint="/",method="GET"} 0`, `errors_total{endpoint="/",method="GET"} 0`} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("metrics lack %s", line)
		}
	}
}

func TestAnInventedMethodMakesNoNewSeries(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics()
	for _, method := range []string{"BREW", "get", "X"} {
		m.Observe(method, "/", http.StatusOK, time.Millisecond)
	}
	if got := labelSets(scrape(t, m), "requests_total"); len(got) != 1 || !got[`endpoint="/",method="other"`] {
		t.Errorf("series are %v", got)
	}
}
