// Package finding keeps what can be found of records: a document of each, in
// the transaction that changes the record, and in Elasticsearch soon after, by
// a job that an outbox keeps until it is done. Searching is search's.
package finding

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/record"
	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/search"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Queue is where the jobs wait: other services' workers do not know them.
const Queue = "admin"

// Change is what a job is about. It names a record and holds nothing of it.
type Change struct{ Kind, Key string }

// Outbox takes entries in a tenant's transaction.
type Outbox interface {
	Put(ctx context.Context, tx *tenancy.Tx, e jobs.Entry) error
}

// Index keeps documents.
type Index struct {
	documents *search.Postgres
	outbox    Outbox // nil where PostgreSQL alone searches
	kind      jobs.Kind[Change]
}

var _ record.Index = (*Index)(nil)

// New returns an Index. Without Elasticsearch, the outbox is nil.
func New(documents *search.Postgres, outbox Outbox) (*Index, error) {
	kind, err := jobs.NewKind[Change]("index", jobs.Options{Queue: Queue})
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the kind
	}
	return &Index{documents, outbox, kind}, nil
}

// Kind is what the outbox's relay sends.
func (i *Index) Kind() jobs.AnyKind { return i.kind }

// document is what can be found of a record.
func document(e *entity.Entity, r record.Record) search.Document {
	d := search.Document{Kind: e.Name, ID: r.Key, Title: r.Values[e.Title], Updated: r.Updated}
	for _, name := range e.Search {
		if name != e.Title {
			d.Text += r.Values[name] + "\n"
		}
	}
	return d
}

// Put implements record.Index.
func (i *Index) Put(ctx context.Context, tx *tenancy.Tx, e *entity.Entity, r record.Record) error {
	if err := i.documents.PutTx(ctx, tx, document(e, r)); err != nil {
		return err //nolint:wrapcheck // it says what was attempted
	}
	return i.later(ctx, tx, e, r.Key, strconv.Itoa(r.Version))
}

// Delete implements record.Index.
func (i *Index) Delete(ctx context.Context, tx *tenancy.Tx, e *entity.Entity, keys []string) error {
	if err := i.documents.DeleteTx(ctx, tx, e.Name, keys...); err != nil {
		return err //nolint:wrapcheck // it says what was attempted
	}
	for _, key := range keys {
		if err := i.later(ctx, tx, e, key, "gone"); err != nil {
			return err
		}
	}
	return nil
}

func (i *Index) later(ctx context.Context, tx *tenancy.Tx, e *entity.Entity, key, version string) error {
	if i.outbox == nil {
		return nil
	}
	entry, err := i.kind.Entry(tx.Tenant(), e.Name+":"+key+":"+version, Change{e.Name, key})
	if err != nil {
		return err //nolint:wrapcheck // it names the kind
	}
	return i.outbox.Put(ctx, tx, entry) //nolint:wrapcheck // it says what was attempted
}

// Handle makes a worker bring changes to an engine: what the record is when the
// job is done, so that jobs may come in any order.
func (i *Index) Handle(w *jobs.Worker, engine search.Engine, records *record.Store, entities []*entity.Entity) {
	i.kind.Handle(w, func(ctx context.Context, j jobs.Job[Change]) error {
		for _, e := range entities {
			if e.Name != j.Body.Kind {
				continue
			}
			r, err := records.Get(ctx, j.Tenant, e, j.Body.Key)
			if errors.Is(err, entity.ErrNotFound) {
				return engine.Delete(ctx, j.Tenant, e.Name, j.Body.Key) //nolint:wrapcheck // it says what was attempted
			}
			if err != nil {
				return err //nolint:wrapcheck // it says what was read
			}
			return engine.Put(ctx, j.Tenant, document(e, r)) //nolint:wrapcheck // as above
		}
		return fmt.Errorf("%w: there is no kind of record %.40q", jobs.ErrGiveUp, j.Body.Kind)
	})
}
