package finding_test

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/admin/internal/clinic"
	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/finding"
	"github.com/avila-devops/saas/apps/admin/internal/record"
	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/outbox"
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

var by = entity.Actor{User: "00000000-0000-4000-8000-000000000001", Permissions: []string{"*"}}

func found(t *testing.T, s search.Engine, id tenancy.ID, words string) string {
	t.Helper()
	r, err := s.Search(t.Context(), id, search.Query{Text: words})
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, h := range r.Hits {
		out += h.Title + ";"
	}
	return out
}

func TestARecordIsFoundAsItIsAndByItsOwnTenant(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db, a, b := w.DB(t), w.Tenant(t), w.Tenant(t)
	documents := search.NewPostgres(db)
	index, err := finding.New(documents, nil)
	if err != nil {
		t.Fatal(err)
	}
	records := record.New(db, index)
	made, err := records.Create(t.Context(), a, by, clinic.Patients, entity.Values{"name": "Conceição Prado", "email": "con@exemplo.com.br"})
	if err != nil {
		t.Fatal(err)
	}
	if got := found(t, documents, a, "conceicao"); got != "Conceição Prado;" {
		t.Errorf("found %s", got)
	}
	if got := found(t, documents, b, "conceicao"); got != "" {
		t.Errorf("another tenant finds %s", got)
	}
	if _, err := records.Update(t.Context(), a, by, clinic.Patients, made.Key, 1, entity.Values{"name": "Rita Prado"}); err != nil {
		t.Fatal(err)
	}
	if got := found(t, documents, a, "conceicao") + found(t, documents, a, "rita"); got != "Rita Prado;" {
		t.Errorf("after the change: %s", got)
	}
	if _, err := records.Act(t.Context(), a, by, clinic.Patients, "delete", []string{made.Key}); err != nil {
		t.Fatal(err)
	}
	if got := found(t, documents, a, "rita"); got != "" {
		t.Errorf("after the end: %s", got)
	}
}

// cluster of Elasticsearch, as far as jobs are concerned: it is away at first.
type engine struct {
	search.Engine
	fails int
	told  chan string
}

func (e *engine) Put(_ context.Context, id tenancy.ID, docs ...search.Document) error {
	if e.fails--; e.fails >= 0 {
		return search.ErrAway
	}
	e.told <- id.String() + " has " + docs[0].Title
	return nil
}

func (e *engine) Delete(_ context.Context, id tenancy.ID, kind string, _ ...string) error {
	e.told <- id.String() + " lacks one of " + kind
	return nil
}

type resolver struct{ d *tenancy.Directory }

func (r resolver) Tenant(_ context.Context, name string) (tenancy.ID, error) {
	t, err := r.d.Named(name)
	if err != nil {
		return t.ID, errors.Join(jobs.ErrUnknownTenant, err)
	}
	return t.ID, nil
}

func TestElasticsearchIsToldEvenIfItWasAway(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db, id := w.DB(t), w.Tenant(t)
	box := outbox.New(w.Pool(t, cluster.Port, 4), w.Directory)
	index, err := finding.New(search.NewPostgres(db), box)
	if err != nil {
		t.Fatal(err)
	}
	records := record.New(db, index)
	made, err := records.Create(t.Context(), id, by, clinic.Patients, entity.Values{"name": "Rita"})
	if err != nil {
		t.Fatal(err)
	}
	client, log, meter := redistest.Start(t).Client(), telemetry.NewLog(io.Discard, "test"), telemetry.NewMetrics().Registry()
	worker, err := jobs.NewWorker(jobs.WorkerOptions{Redis: client, Resolver: resolver{w.Directory}, Outbox: box, Queues: map[string]int{finding.Queue: 1}, Backoff: 10 * time.Millisecond, Look: 10 * time.Millisecond, Log: log, Meter: meter})
	if err != nil {
		t.Fatal(err)
	}
	e := &engine{fails: 1, told: make(chan string, 10)}
	index.Handle(worker, e, records, clinic.Entities())
	queue, err := jobs.NewClient(client, telemetry.NewMetrics().Registry())
	if err != nil {
		t.Fatal(err)
	}
	relay := jobs.NewRelay(queue, box, log, index.Kind())
	relay.Every = 10 * time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { relay.Run(ctx); ended <- nil }()
	go func() { ended <- worker.Run(ctx) }()
	if got, want := <-e.told, id.String()+" has Rita"; got != want {
		t.Errorf("told %q", got)
	}
	if _, err := records.Act(t.Context(), id, by, clinic.Patients, "delete", []string{made.Key}); err != nil {
		t.Fatal(err)
	}
	if got, want := <-e.told, id.String()+" lacks one of patients"; got != want {
		t.Errorf("told %q", got)
	}
	stop()
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}
