package service

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestReadinessFollowsTheServicesLife(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name            string
		ready, draining bool
		code            int
		word            string
	}{
		{"starting", false, false, http.StatusServiceUnavailable, "starting\n"},
		{"serving", true, false, http.StatusOK, "ready\n"},
		{"draining", false, true, http.StatusServiceUnavailable, "draining\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r := &running{opt: Options{Metrics: http.NotFoundHandler()}}
			r.ready.Store(row.ready)
			r.draining.Store(row.draining)
			health := r.health()
			rec := httptest.NewRecorder()
			health.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/readyz", nil))
			if rec.Code != row.code || rec.Body.String() != row.word {
				t.Errorf("/readyz answers %d %q, want %d %q", rec.Code, rec.Body, row.code, row.word)
			}
			rec = httptest.NewRecorder()
			health.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/healthz", nil))
			if rec.Code != http.StatusOK {
				t.Errorf("/healthz answers %d, so a process that is %s would be restarted", rec.Code, row.name)
			}
		})
	}
}
