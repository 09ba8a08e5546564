package elasticdial_test

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/avila-devops/saas/apps/internal/search"
	"github.com/avila-devops/saas/apps/internal/search/elasticdial"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

// node answers one search, over TLS, to who has the password.
func node(t *testing.T) (server *httptest.Server, ca string) {
	t.Helper()
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Elastic-Product", "Elasticsearch")
		if user, password, _ := r.BasicAuth(); user != "apps" || password != "secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, `{"hits":{"total":{"value":1},"hits":[{"_source":{"tenant":"a","id":"1"}}]}}`)
	}))
	server.Config.ErrorLog = telemetry.ServerLog(telemetry.NewLog(io.Discard, "test"))
	server.StartTLS()
	t.Cleanup(server.Close)
	ca = filepath.Join(t.TempDir(), "ca")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return server, ca
}

// ASVS: v5.0.0-12.3.1.
func TestTheEngineSearchesOverTLSWithItsPassword(t *testing.T) {
	t.Parallel()
	server, ca := node(t)
	password := filepath.Join(t.TempDir(), "password")
	for _, row := range []struct{ ca, password, want string }{{ca, "secret\n", ""}, {ca, "other", "Elasticsearch answers 401"}, {"", "secret", "certificate"}} {
		if err := os.WriteFile(password, []byte(row.password), 0o600); err != nil {
			t.Fatal(err)
		}
		client, err := elasticdial.Open(elasticdial.Server{Addresses: []string{server.URL}, CAFile: row.ca, User: "apps", PasswordFile: password})
		if err != nil {
			t.Fatal(err)
		}
		e, err := search.NewElastic(client, "docs")
		if err != nil {
			t.Fatal(err)
		}
		r, err := e.Search(t.Context(), tenanttest.ID("a"), search.Query{Text: "x"})
		if row.want == "" && (err != nil || len(r.Hits) != 1) || row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
			t.Errorf("%+v gives %+v, %v", row, r, err)
		}
	}
}

// ASVS: v5.0.0-1.3.6.
func TestAnAddressThatCannotBeTrustedIsRefused(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"http://search:9200": "is without TLS", "search": "is no address", "": "is no address"} {
		if _, err := elasticdial.Open(elasticdial.Server{Addresses: []string{address}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v", address, err)
		}
	}
	if _, err := elasticdial.Open(elasticdial.Server{}); err == nil || !strings.Contains(err.Error(), "there is no address") {
		t.Errorf("got %v", err)
	}
}
