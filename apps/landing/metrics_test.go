package main

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// series maps the label sets of a metric to its values.
func series(text, metric string) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, labels, _ := strings.Cut(name, "{")
		if name == metric {
			found[strings.TrimSuffix(labels, "}")] = value
		}
	}
	return found
}

func TestARunningServiceShowsWhatTheDashboardsAskFor(t *testing.T) {
	t.Parallel()
	p := start(t)
	go p.drainLog()
	for range 3 {
		fetch(t, "http://"+p.public+"/")
	}
	res, err := http.Get("http://" + p.public + "/nada?cpf=1")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	text := fetch(t, "http://"+p.admin+"/metrics")

	started, err := strconv.ParseFloat(series(text, "process_start_time_seconds")[""], 64)
	if uptime := float64(time.Now().Unix()) - started; err != nil || uptime < -2 || uptime > 600 {
		t.Errorf("time() - process_start_time_seconds is %v: %v", uptime, err)
	}
	requests, errors := series(text, "requests_total"), series(text, "errors_total")
	if requests[`endpoint="/",method="GET"`] != "3" || requests[`endpoint="unmatched",method="GET"`] != "1" {
		t.Errorf("requests_total is %v", requests)
	}
	for labels, value := range errors {
		if _, ok := requests[labels]; !ok || value != "0" {
			t.Errorf("errors_total{%s} is %s, and requests_total has its labels: %t", labels, value, ok)
		}
	}
	if len(errors) != len(requests) {
		t.Errorf("errors_total has the labels %v\nrequests_total has      %v", maps.Keys(errors), maps.Keys(requests))
	}
	if got := series(text, "response_time_seconds_bucket")[`code="200",endpoint="/",method="GET",le="+Inf"`]; got != "3" {
		t.Errorf("the last bucket of / holds %q answers", got)
	}
	if strings.Contains(text, "cpf") || strings.Contains(text, "nada") {
		t.Error("the metrics hold a path or a query")
	}
}

// ASVS: v5.0.0-13.4.2, v5.0.0-13.4.5.
func TestHealthAndMetricsAreNotPublic(t *testing.T) {
	t.Parallel()
	h := site(t)
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if res, _ := ask(h, http.MethodGet, path); res.StatusCode != http.StatusNotFound {
			t.Errorf("the public listener answers %s with %d", path, res.StatusCode)
		}
	}
}
