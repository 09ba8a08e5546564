package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/avila-devops/saas/apps/internal/backing"
	"github.com/avila-devops/saas/apps/internal/cache"
	"github.com/avila-devops/saas/apps/internal/config"
	"github.com/avila-devops/saas/apps/internal/files"
	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/redistest"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

// elasticsearch notes what it is asked to do, and does nothing.
type elasticsearch struct {
	mu    sync.Mutex
	asked []string
	away  bool
}

func (e *elasticsearch) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	e.mu.Lock()
	defer e.mu.Unlock()
	w.Header().Set("X-Elastic-Product", "Elasticsearch")
	w.Header().Set("Content-Type", "application/json")
	if e.away {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	e.asked = append(e.asked, r.Method+" "+r.URL.Path+" "+string(body))
	_, _ = io.WriteString(w, `{"deleted": 3}`)
}

func (e *elasticsearch) was(t *testing.T, parts ...string) bool {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, one := range e.asked {
		all := true
		for _, part := range parts {
			all = all && strings.Contains(one, part)
		}
		if all {
			return true
		}
	}
	return false
}

// fill gives a tenant one thing in each store.
func fill(t *testing.T, s backing.Stores, id tenancy.ID) {
	t.Helper()
	if _, err := s.Files.Write(t.Context(), id, "documentos/a.txt", files.Meta{Type: "text/plain"}, strings.NewReader("canary of "+id.String())); err != nil {
		t.Fatal(err)
	}
	space, err := cache.NewSpace[string](s.Cache, cache.Kind{Name: "x", Life: 1e10})
	if err != nil {
		t.Fatal(err)
	}
	kind, err := jobs.NewKind[string]("greet", jobs.Options{Queue: "leads"}) // any queue
	if err != nil {
		t.Fatal(err)
	}
	_, queued := kind.Enqueue(t.Context(), s.Queue, id, "k", "canary of "+id.String(), jobs.Later{})
	if err := errors.Join(queued, space.Put(t.Context(), id, "k", "v"), s.Redis.Primary.Set(t.Context(), "t:"+id.String()+":session:1", "x", 0).Err()); err != nil {
		t.Fatal(err)
	}
}

// left counts what each store has of a tenant.
func left(t *testing.T, s backing.Stores, id tenancy.ID) string {
	t.Helper()
	list, _, err := s.Files.List(t.Context(), id, "", 100, "")
	if err != nil {
		t.Fatal(err)
	}
	waiting, err := s.Office.Waiting(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := s.Redis.Primary.Keys(t.Context(), "t:"+id.String()+":*").Result()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d files, %d jobs, %d keys", len(list), len(waiting), len(keys))
}

func TestAnErasureTakesAllOfATenantAndNothingOfAnother(t *testing.T) {
	t.Parallel()
	s, cluster := newShell(t), &elasticsearch{}
	server := httptest.NewServer(cluster)
	t.Cleanup(server.Close)
	s.env["REDIS_ADDRESS"], s.env["SEARCH_ADDRESSES"], s.env["SEARCH_INDEX"] = redistest.Start(t).Addr, server.URL, "docs"
	private, _ := s.keys()
	s.runs(0, "prepare")
	names := []string{newName(), newName()}
	r := config.From(func(name string) (string, bool) { text, ok := s.env[name]; return text, ok })
	stores, err := backing.OpenStores(backing.LoadStores(r), telemetry.NewMetrics(), telemetry.NewLog(io.Discard, "test"))
	if err = errors.Join(err, r.Err()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stores.Close() })
	for _, name := range names {
		s.runs(0, "provision", name, "-host", "cliente-"+name+".example")
		if !cluster.was(t, "POST /_aliases", `"docs.`+name+`"`, `"add"`) {
			t.Errorf("%s has no alias", name)
		}
		fill(t, stores, tenanttest.ID(name))
	}
	a, b := tenanttest.ID(names[0]), tenanttest.ID(names[1])

	archive := filepath.Join(s.dir, "a.tar.gz")
	s.runs(0, "export", names[0], "-output", archive)
	text := unpack(t, archive)
	if strings.Count(text, "canary of "+names[0]) != 2 || !strings.Contains(text, "files/documentos/a.txt\n") || !strings.Contains(text, "jobs/jobs.json\n") {
		t.Errorf("the archive holds\n%s", text)
	}
	if strings.Contains(text, "canary of "+names[1]) {
		t.Error("the archive holds what is another tenant's")
	}

	s.runs(0, "suspend", names[0])
	cluster.mu.Lock()
	cluster.away = true
	cluster.mu.Unlock()
	s.says(1, "erase the index of the tenant "+names[0], "erase", names[0], "-confirm", names[0], "-key", private)
	cluster.mu.Lock()
	cluster.away = false
	cluster.mu.Unlock()
	s.says(0, `"what": "index"`, "erase", names[0], "-confirm", names[0], "-key", private)
	if got := left(t, stores, a); got != "0 files, 0 jobs, 0 keys" {
		t.Errorf("of the erased tenant are left %s", got)
	}
	if got := left(t, stores, b); got != "1 files, 1 jobs, 2 keys" {
		t.Errorf("of the other are left %s", got)
	}
	if !cluster.was(t, "POST /docs/_delete_by_query", `"tenant":"`+names[0]+`"`) || !cluster.was(t, "POST /_aliases", `"remove"`, `"docs.`+names[0]+`"`) {
		t.Errorf("Elasticsearch was asked %v", cluster.asked)
	}
	if cluster.was(t, "_delete_by_query", `"tenant":"`+names[1]+`"`) {
		t.Error("the index was asked to forget the other tenant")
	}
}

func TestAnErasureThatCouldPassOverSomethingDoesNotBegin(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	private, _ := s.keys()
	delete(s.env, "REDIS_ADDRESS")
	delete(s.env, "MEDIA_DIR")
	for _, args := range [][]string{{"erase", "a", "-confirm", "a", "-key", private}, {"export", "a", "-output", filepath.Join(s.dir, "x")}} {
		s.says(2, "REDIS_ADDRESS", args...)
		s.says(2, "MEDIA_BUCKET", args...)
	}
}

func TestATenantWhoseAliasFailedIsToldOfAndMendedLater(t *testing.T) {
	t.Parallel()
	s, cluster, name := newShell(t), &elasticsearch{away: true}, newName()
	server := httptest.NewServer(cluster)
	t.Cleanup(server.Close)
	s.env["SEARCH_ADDRESSES"], s.env["SEARCH_INDEX"] = server.URL, "docs"
	s.runs(0, "prepare")
	s.says(1, "run tenantctl index "+name, "provision", name, "-host", "cliente-"+name+".example")
	cluster.mu.Lock()
	cluster.away = false
	cluster.mu.Unlock()
	s.says(0, "has its alias", "index", name)
	delete(s.env, "SEARCH_ADDRESSES")
	delete(s.env, "SEARCH_INDEX")
	s.says(2, "SEARCH_ADDRESSES is not set", "index", name)
}

func newName() string { return cluster.Tenant() }

// unpack returns the names and contents of an archive.
func unpack(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for r := tar.NewReader(zip); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s\n%s\n", header.Name, text)
	}
}
