package backing_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/backing"
	"github.com/avila-devops/saas/apps/internal/config"
	"github.com/avila-devops/saas/apps/internal/files"
	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/redistest"
	"github.com/avila-devops/saas/apps/internal/search"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

// environment is what a service of the world is given; changes replace or, when
// empty, remove.
func environment(t *testing.T, w *tenancytest.World, changes map[string]string) map[string]string {
	t.Helper()
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte(postgrestest.Password), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"DATABASE_WRITE": fmt.Sprintf("127.0.0.1:%d", cluster.Port), "DATABASE_NAME": w.Database, "DATABASE_TLS": "off", "DATABASE_PASSWORD_FILE": password,
		"REDIS_ADDRESS": "127.0.0.1:1", "MEDIA_DIR": t.TempDir(), "MEDIA_URL": "https://localhost/arquivos/",
	}
	for name, value := range changes {
		if env[name] = value; value == "" {
			delete(env, name)
		}
	}
	return env
}

func load(env map[string]string) (backing.Settings, error) {
	r := config.From(func(name string) (string, bool) { text, ok := env[name]; return text, ok })
	s := backing.Load(r)
	return s, r.Err()
}

func open(t *testing.T, env map[string]string) *backing.Backing {
	t.Helper()
	s, err := load(env)
	if err != nil {
		t.Fatal(err)
	}
	b, err := backing.Open(t.Context(), s, telemetry.NewMetrics(), telemetry.NewLog(io.Discard, "test"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestEveryProblemOfTheEnvironmentIsToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := load(map[string]string{
		"DATABASE_WRITE": "database", "REDIS_ADDRESS": "redis.example:6378", "REDIS_AUTH_FILE": "/nowhere/auth",
		"SEARCH_ADDRESSES": "http://search:9200", "SEARCH_USER": "u",
		"MEDIA_BUCKET": "b", "MEDIA_DIR": "d",
	})
	for _, want := range []string{
		`DATABASE_WRITE: "database" is not host:port`, "DATABASE_CA_FILE", "without a CA file there is no TLS", "redis password: open /nowhere/auth",
		"SEARCH_INDEX", "SEARCH_USER", `"http://search:9200" is without TLS`, "MEDIA_BUCKET", "MEDIA_ACCOUNT", "MEDIA_URL",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
	_, err = load(map[string]string{"SEARCH_INDEX": "docs"})
	for _, want := range []string{"DATABASE_WRITE", "REDIS_ADDRESS", `SEARCH_INDEX: "docs" is set and SEARCH_ADDRESSES is not`, "MEDIA_BUCKET"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
}

func TestAServiceStartsWhileRedisAndElasticsearchAreAway(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	b := open(t, environment(t, w, map[string]string{"SEARCH_ADDRESSES": "http://127.0.0.1:1", "SEARCH_INDEX": "docs"}))
	id := w.Tenant(t)
	doc := search.Document{Kind: "nota", ID: "1", Title: "alumínio", Updated: time.Now()}
	if err := b.Search.Put(t.Context(), id, doc); !errors.Is(err, search.ErrBehind) {
		t.Errorf("keeping a document gives %v", err)
	}
	if r, err := b.Search.Search(t.Context(), id, search.Query{Text: "aluminio"}); err != nil || len(r.Hits) != 1 || !r.Degraded {
		t.Errorf("searching gives %+v, %v", r, err)
	}
	if _, err := b.Files.Write(t.Context(), id, "a/b.txt", files.Meta{Type: "text/plain"}, strings.NewReader("x")); err != nil {
		t.Error(err)
	}
}

func TestWithoutElasticsearchPostgreSQLSearchesAndIsNotDegraded(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	b, id := open(t, environment(t, w, nil)), w.Tenant(t)
	if err := b.Search.Put(t.Context(), id, search.Document{Kind: "nota", ID: "1", Title: "alumínio", Updated: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if r, err := b.Search.Search(t.Context(), id, search.Query{Text: "aluminio"}); err != nil || len(r.Hits) != 1 || r.Degraded {
		t.Errorf("searching gives %+v, %v", r, err)
	}
}

func TestALoginThatRowSecurityDoesNotBindStartsNothing(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	s, err := load(environment(t, w, map[string]string{"DATABASE_LOGIN": postgrestest.Provisioner}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backing.Open(t.Context(), s, telemetry.NewMetrics(), telemetry.NewLog(io.Discard, "test")); !errors.Is(err, postgres.ErrLogin) {
		t.Errorf("opening gives %v", err)
	}
}

// TestAnEntryOfATransactionBecomesADoneJob goes the whole way: a tenant's
// transaction, the relay, Redis, a worker that finds the tenant again.
func TestAnEntryOfATransactionBecomesADoneJob(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	server := redistest.Start(t)
	b := open(t, environment(t, w, map[string]string{"REDIS_ADDRESS": server.Addr}))
	id := w.Tenant(t)
	kind, err := jobs.NewKind[string]("greet", jobs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	entry, err := kind.Entry(id, "k", "olá")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.DB.Tx(t.Context(), id, func(tx *tenancy.Tx) error { return b.Outbox.Put(t.Context(), tx, entry) }); err != nil {
		t.Fatal(err)
	}
	worker, err := jobs.NewWorker(jobs.WorkerOptions{
		Redis: b.Redis.Primary, Resolver: b.Resolver(), Outbox: b.Outbox, Look: 10 * time.Millisecond,
		Log: telemetry.NewLog(io.Discard, "test"), Meter: telemetry.NewMetrics().Registry(),
	})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan jobs.Job[string], 1)
	kind.Handle(worker, func(_ context.Context, j jobs.Job[string]) error { done <- j; return nil })
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { b.Run(ctx, kind); ended <- nil }()
	go func() { ended <- worker.Run(ctx) }()
	select {
	case j := <-done:
		if j.Tenant != id || j.Body != "olá" || j.Key != "k" {
			t.Errorf("the job is %+v", j)
		}
	case <-time.After(30 * time.Second):
		t.Error("no job was done")
	}
	stop()
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	var left int
	if err := b.DB.QueryRow(t.Context(), id, "select count(*) from prod.outbox").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d entries are left: %v", left, err)
	}
}

func TestAWorkersTenantsAreThoseOfTheRegistry(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	b := open(t, environment(t, w, nil))
	id, suspended := w.Tenant(t), w.Tenant(t)
	if err := w.Provisioner.Suspend(t.Context(), suspended.String()); err != nil {
		t.Fatal(err)
	}
	if err := b.Directory.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Resolver().Tenant(t.Context(), id.String()); got != id || err != nil {
		t.Errorf("found %v, %v", got, err)
	}
	if _, err := b.Resolver().Tenant(t.Context(), "nobody"); !errors.Is(err, jobs.ErrUnknownTenant) {
		t.Errorf("a tenant that is none gives %v", err)
	}
	if _, err := b.Resolver().Tenant(t.Context(), suspended.String()); !errors.Is(err, tenancy.ErrSuspended) || errors.Is(err, jobs.ErrUnknownTenant) {
		t.Errorf("a suspended tenant gives %v", err)
	}
}
