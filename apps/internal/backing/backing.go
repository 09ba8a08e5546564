// Package backing opens what a service rests on, from environment variables:
// the database, Redis, search and files, each as the package that it comes
// from offers it. It holds the order of opening and closing, and what runs
// beside the requests; it stores nothing itself.
//
// A service starts while Redis or Elasticsearch are away, and does without
// them as those packages do. It does not start on a login to the database that
// row level security would not bind.
package backing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/migration"
	"github.com/avila-devops/saas/apps/internal/outbox"
	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/registry"
	"github.com/avila-devops/saas/apps/internal/search"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Backing is all that a service rests on.
type Backing struct {
	Stores
	DB        *tenancy.DB
	Directory *tenancy.Directory
	Outbox    *outbox.Outbox
	Documents *search.Postgres // to keep documents in the transaction of what they are about
	Search    search.Engine    // Elasticsearch over Documents, or Documents alone

	pools []*postgres.Pool
	log   *slog.Logger
}

// Open opens everything, or nothing. Its metrics are registered with metrics.
func Open(ctx context.Context, s Settings, metrics *telemetry.Metrics, log *slog.Logger) (_ *Backing, err error) {
	b := &Backing{log: log}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Close())
		}
	}()
	if b.Stores, err = OpenStores(s.Stores, metrics, log); err != nil {
		return nil, err
	}
	if err := b.openDatabase(ctx, s.Database, metrics); err != nil {
		return nil, err
	}
	b.Documents = search.NewPostgres(b.DB)
	b.Search = b.Documents
	if b.Elastic != nil {
		if b.Search, err = search.NewPair(b.Elastic, b.Documents, metrics.Registry(), log); err != nil {
			return nil, err //nolint:wrapcheck // it names the metric
		}
	}
	return b, nil
}

func (b *Backing) openDatabase(ctx context.Context, s postgres.Settings, metrics *telemetry.Metrics) error {
	write, err := postgres.Open(ctx, s, postgres.ForWrites)
	if err != nil {
		return err //nolint:wrapcheck // it names the database and the remedy
	}
	b.pools = append(b.pools, write)
	read := write
	if s.Read != s.Write {
		if read, err = postgres.Open(ctx, s, postgres.ForReads); err != nil {
			return err //nolint:wrapcheck // as above
		}
		b.pools = append(b.pools, read)
	}
	if b.Directory, err = tenancy.NewDirectory(ctx, registry.New(write), tenancy.Following{Log: b.log}); err != nil {
		return err //nolint:wrapcheck // it names the registry
	}
	b.Directory.Register(metrics.Registry(), migration.Latest())
	b.DB = tenancy.New(write, read, tenancy.Options{Metrics: postgres.NewMetrics(metrics.Registry(), b.pools...), Log: b.log})
	b.Outbox = outbox.New(write, b.Directory)
	return nil
}

// Run follows the registry of tenants, and relays the jobs of these kinds from
// the outbox, until ctx ends.
func (b *Backing) Run(ctx context.Context, kinds ...jobs.AnyKind) {
	var running sync.WaitGroup
	running.Go(func() { b.Directory.Follow(ctx) })
	if len(kinds) > 0 {
		running.Go(func() { jobs.NewRelay(b.Queue, b.Outbox, b.log, kinds...).Run(ctx) })
	}
	running.Wait()
}

// Close closes everything, what rests on something else first. Call it once
// nothing is under way any more.
func (b *Backing) Close() error {
	if b.DB != nil {
		b.DB.Close()
	}
	for _, p := range b.pools {
		p.Close()
	}
	if err := b.Stores.Close(); err != nil {
		return fmt.Errorf("close what the service rests on: %w", err)
	}
	return nil
}
