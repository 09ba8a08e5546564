package activity_test

import (
	"io"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/avila-devops/saas/apps/admin/internal/activity"
	"github.com/avila-devops/saas/apps/admin/internal/figure"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/redistest"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
	"github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

type bundle struct {
	world   *tenancytest.World
	figures *figure.Store
	redis   *redistest.Server
	a, b    tenancy.ID
}

func setup(t *testing.T) *bundle {
	t.Helper()
	w := tenancytest.New(t, cluster)
	return &bundle{w, figure.New(w.DB(t)), redistest.Start(t), w.Tenant(t), w.Tenant(t)}
}

func (p *bundle) recorder(t *testing.T, self string) (*activity.Recorder, *prometheus.Registry) {
	t.Helper()
	registry := prometheus.NewRegistry()
	r, err := activity.New(p.redis.Client(), p.figures, p.world.Directory.All, registry, telemetry.NewLog(io.Discard, "test"), self)
	if err != nil {
		t.Fatal(err)
	}
	return r, registry
}

func gauge(t *testing.T, registry *prometheus.Registry, name string) map[string]float64 {
	t.Helper()
	all, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, family := range all {
		if family.GetName() == name {
			for _, m := range family.GetMetric() {
				got[m.GetLabel()[0].GetValue()] = m.GetGauge().GetValue()
			}
		}
	}
	return got
}

func TestUsersOfTwoProcessesAreCountedOnceAndByTenant(t *testing.T) {
	t.Parallel()
	p := setup(t)
	one, first := p.recorder(t, "one")
	two, second := p.recorder(t, "two")
	one.Note(p.a, "ana", "patients", time.Now().UTC())
	one.Note(p.a, "ana", "patients", time.Now().UTC())
	two.Note(p.a, "ana", "leads", time.Now().UTC())
	two.Note(p.a, "rui", "leads", time.Now().UTC())
	two.Note(p.b, "ana", "users", time.Now().UTC()) // another of the same name
	for _, r := range []*activity.Recorder{one, two} {
		r.Flush(t.Context())
	}
	for _, r := range []*activity.Recorder{one, two} {
		r.Report(t.Context(), time.Minute)
	}
	want := map[string]float64{p.a.String(): 2, p.b.String(): 1}
	if got := gauge(t, first, "ga_active_users"); !reflect.DeepEqual(got, want) {
		t.Errorf("the first reports %v", got)
	}
	if got := gauge(t, second, "ga_active_users"); len(got) != 0 {
		t.Errorf("the second reports too: %v", got)
	}
	sum, err := p.figures.Summary(t.Context(), p.a, time.Now(), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if want := []figure.Point{{Name: "leads", Value: 2}, {Name: "patients", Value: 2}}; !reflect.DeepEqual(sum.Features, want) || sum.Active[13].Value != 2 {
		t.Errorf("the figures are %+v", sum)
	}
}

func TestWhileRedisIsAwayNothingIsReported(t *testing.T) {
	t.Parallel()
	p := setup(t)
	r, registry := p.recorder(t, "one")
	r.Note(p.a, "ana", "patients", time.Now().UTC())
	r.Flush(t.Context())
	r.Report(t.Context(), time.Minute)
	if got := gauge(t, registry, "ga_active_users"); len(got) != 2 {
		t.Fatalf("reported %v", got)
	}
	p.redis.Kill()
	r.Report(t.Context(), time.Minute)
	if got := gauge(t, registry, "ga_active_users"); len(got) != 0 {
		t.Errorf("old numbers are still reported: %v", got)
	}
}

// tries are each operation as another tenant.
var tries = map[string]func(r *activity.Recorder, as tenancy.ID){
	"Recorder.Note": func(r *activity.Recorder, as tenancy.ID) { r.Note(as, "ana", "patients", time.Now().UTC()) },
}

func TestNoTenantIsCountedAsAnother(t *testing.T) {
	t.Parallel()
	tenanttest.Covered(t, tries, nil, reflect.TypeFor[*activity.Recorder]())
	p := setup(t)
	r, registry := p.recorder(t, "one")
	for _, try := range tries {
		try(r, p.b)
	}
	r.Flush(t.Context())
	r.Report(t.Context(), time.Minute)
	if got := gauge(t, registry, "ga_active_users")[p.a.String()]; got != 0 {
		t.Errorf("a counts %v of b", got)
	}
	if sum, err := p.figures.Summary(t.Context(), p.a, time.Now(), time.UTC); err != nil || len(sum.Features) != 0 {
		t.Errorf("a has the figures %+v: %v", sum, err)
	}
}
