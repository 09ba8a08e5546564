package tenancy_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/registry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

// list is a registry that never changes.
type list []tenancy.Record

func (l list) Changes(_ context.Context, since int64) ([]tenancy.Record, int64, error) {
	if since > 0 {
		return nil, 1, nil
	}
	return l, 1, nil
}

// scripted is a registry that answers as a test says.
type scripted struct {
	answer func(since int64) ([]tenancy.Record, int64, error)
	sinces []int64
}

func (s *scripted) Changes(_ context.Context, since int64) ([]tenancy.Record, int64, error) {
	s.sinces = append(s.sinces, since)
	return s.answer(since)
}

func record(name string, state tenancy.State) tenancy.Record {
	return tenancy.Record{Name: name, Host: name + ".example", State: state}
}

func directory(t *testing.T, source tenancy.Source, f tenancy.Following) *tenancy.Directory {
	t.Helper()
	d, err := tenancy.NewDirectory(t.Context(), source, f)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAHostFindsItsTenantInEachState(t *testing.T) {
	t.Parallel()
	d := directory(t, list{record("a", tenancy.Active), record("b", tenancy.Suspended), record("c", tenancy.Erased)}, tenancy.Following{})
	if found, err := d.Host("A.example:443"); err != nil || found.ID.String() != "a" {
		t.Errorf("active: %v, %v", found, err)
	}
	if found, err := d.Host("b.example"); !errors.Is(err, tenancy.ErrSuspended) || !found.ID.IsZero() || found.Name != "b" {
		t.Errorf("suspended: %v, %v", found, err)
	}
	for _, host := range []string{"c.example", "d.example"} {
		if found, err := d.Host(host); !errors.Is(err, tenancy.ErrUnknown) || !found.ID.IsZero() || found.Name != "" {
			t.Errorf("%s: %v, %v", host, found, err)
		}
	}
	if id, err := d.Kept("b"); err != nil || id.String() != "b" {
		t.Errorf("kept: %v, %v", id, err)
	}
	if id, err := d.Kept("c"); !errors.Is(err, tenancy.ErrUnknown) || !id.IsZero() {
		t.Errorf("erased: %v, %v", id, err)
	}
	var all []string
	for found := range d.All() {
		all = append(all, found.Name)
	}
	if !slices.Equal(all, []string{"a"}) {
		t.Errorf("all are %v", all)
	}
}

func TestARegistryThatWasRestoredIsReadFromTheStart(t *testing.T) {
	t.Parallel()
	s := &scripted{answer: func(int64) ([]tenancy.Record, int64, error) {
		return []tenancy.Record{record("a", tenancy.Active), record("b", tenancy.Active)}, 9, nil
	}}
	d := directory(t, s, tenancy.Following{})
	s.answer = func(since int64) ([]tenancy.Record, int64, error) {
		if since > 4 {
			return nil, 4, nil
		}
		return []tenancy.Record{record("a", tenancy.Active)}, 4, nil
	}
	if err := d.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Host("b.example"); !errors.Is(err, tenancy.ErrUnknown) || !slices.Equal(s.sinces, []int64{0, 9, 0}) {
		t.Errorf("b answers %v; asked since %v", err, s.sinces)
	}
}

// ASVS: v5.0.0-16.5.2.
func TestASnapshotServesThroughAnOutageAndNotForEver(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := &scripted{answer: func(int64) ([]tenancy.Record, int64, error) {
		return []tenancy.Record{record("a", tenancy.Active)}, 1, nil
	}}
	d := directory(t, s, tenancy.Following{MaxStale: time.Minute, Now: func() time.Time { return now }})
	s.answer = func(int64) ([]tenancy.Record, int64, error) { return nil, 0, errors.New("away") }
	now = now.Add(time.Minute)
	if err := d.Refresh(t.Context()); err == nil {
		t.Fatal("no error")
	}
	if _, err := d.Host("a.example"); err != nil {
		t.Errorf("after a minute: %v", err)
	}
	now = now.Add(time.Second)
	for name, ask := range map[string]func() error{
		"host":  func() error { _, err := d.Host("a.example"); return err },
		"named": func() error { _, err := d.Named("a"); return err },
		"kept":  func() error { _, err := d.Kept("a"); return err },
	} {
		if err := ask(); !errors.Is(err, tenancy.ErrStale) {
			t.Errorf("%s after too long: %v", name, err)
		}
	}
	for range d.All() {
		t.Error("a tenant is listed after too long")
	}
}

func TestADirectoryFollowsTheRealRegistry(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	id := w.Tenant(t)
	ctx, stop := context.WithCancel(t.Context())
	d, err := tenancy.NewDirectory(ctx, registry.New(w.Pool(t, cluster.Port, 2)), tenancy.Following{Every: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { d.Follow(ctx); close(ended) }()
	becomes := func(want error) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
			_, err := d.Named(id.String())
			if errors.Is(err, want) {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("answers %v, not %v", err, want)
			}
		}
	}
	if err := w.Provisioner.Suspend(ctx, id.String()); err != nil {
		t.Fatal(err)
	}
	becomes(tenancy.ErrSuspended)
	if err := w.Provisioner.Resume(ctx, id.String()); err != nil {
		t.Fatal(err)
	}
	becomes(nil)
	stop()
	<-ended
}

func TestARequestCarriesTheTenantOfItsHostAndOfNothingElse(t *testing.T) {
	t.Parallel()
	d := directory(t, list{record("a", tenancy.Active), record("b", tenancy.Active)}, tenancy.Following{})
	var served tenancy.Tenant
	var refused error
	h := d.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { served, _ = tenancy.Of(r.Context()) }),
		func(_ http.ResponseWriter, _ *http.Request, err error) { refused = err })
	r := httptest.NewRequest(http.MethodGet, "http://a.example:443/?host=b.example", nil)
	for _, header := range []string{"X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host", "X-Tenant", "X-Tenant-ID"} {
		r.Header.Set(header, "b.example")
	}
	h.ServeHTTP(httptest.NewRecorder(), r)
	if served.ID.String() != "a" || refused != nil {
		t.Errorf("served as %v, refused by %v", served.ID, refused)
	}
	served = tenancy.Tenant{}
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://c.example/", nil))
	if !served.ID.IsZero() || !errors.Is(refused, tenancy.ErrUnknown) {
		t.Errorf("served as %v, refused by %v", served.ID, refused)
	}
	if found, ok := tenancy.Of(t.Context()); ok || !found.ID.IsZero() {
		t.Errorf("a context without a request has the tenant %v", found.ID)
	}
}

func TestSchemasThatAreBehindAreCounted(t *testing.T) {
	t.Parallel()
	at := func(name string, state tenancy.State, version int) tenancy.Record {
		r := record(name, state)
		r.SchemaVersion = version
		return r
	}
	d := directory(t, list{at("a", tenancy.Active, 3), at("b", tenancy.Active, 2), at("c", tenancy.Suspended, 2), at("d", tenancy.Erased, 0)}, tenancy.Following{})
	registry := prometheus.NewRegistry()
	d.Register(registry, 3)
	want := `# HELP tenant_schemas_behind Tenants whose schema is behind what this process was built for.
# TYPE tenant_schemas_behind gauge
tenant_schemas_behind 2
# HELP tenants Tenants in the registry.
# TYPE tenants gauge
tenants{state="active"} 2
tenants{state="suspended"} 1
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want), "tenants", "tenant_schemas_behind"); err != nil {
		t.Error(err)
	}
}

func TestADirectoryServesThroughAnOutageOfItsRegistryThenRefusesAndRecovers(t *testing.T) {
	t.Parallel()
	c, err := postgrestest.Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	w := tenancytest.New(t, c)
	id := w.Tenant(t)
	var skew atomic.Int64 // how far the test has moved the clock
	ctx, stop := context.WithCancel(t.Context())
	d, err := tenancy.NewDirectory(ctx, registry.New(w.Pool(t, c.Port, 2)), tenancy.Following{
		Every: 5 * time.Millisecond, MaxStale: time.Hour,
		Now: func() time.Time { return time.Now().Add(time.Duration(skew.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { d.Follow(ctx); close(ended) }()
	t.Cleanup(func() { stop(); <-ended })
	c.Kill()
	if found, err := d.Host("cliente-" + id.String() + ".aviladevops.com.br"); err != nil || found.ID != id {
		t.Errorf("without its registry: %v, %v", found.ID, err)
	}
	skew.Add(int64(2 * time.Hour))
	for name, ask := range map[string]func() (tenancy.ID, error){
		"Host": func() (tenancy.ID, error) {
			f, err := d.Host("cliente-" + id.String() + ".aviladevops.com.br")
			return f.ID, err
		},
		"Named": func() (tenancy.ID, error) { f, err := d.Named(id.String()); return f.ID, err },
		"Kept":  func() (tenancy.ID, error) { return d.Kept(id.String()) },
	} {
		if found, err := ask(); !errors.Is(err, tenancy.ErrStale) || !found.IsZero() {
			t.Errorf("%s, two hours without a registry: %v, %v", name, found, err)
		}
	}
	for range d.All() {
		t.Error("All still goes over tenants")
	}
	c.Restart(t)
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		found, err := d.Named(id.String())
		if err == nil && found.ID == id {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("with its registry back: %v", err)
		}
	}
}
