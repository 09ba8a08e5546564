package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/avila-devops/saas/apps/internal/backing"
	"github.com/avila-devops/saas/apps/internal/files"
	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/provisioner"
	"github.com/avila-devops/saas/apps/internal/search"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// holdings are what keeps data of tenants besides the database. Jobs go first:
// one that is at work could make the others again.
func holdings(s backing.Stores) []provisioner.Holding {
	all := []provisioner.Holding{queuedJobs{s.Office}, storedFiles{s.Files}, redisKeys{s}}
	if s.Elastic != nil {
		all = append(all, searchIndex{s.Elastic})
	}
	return all
}

type queuedJobs struct{ office *jobs.Office }

func (queuedJobs) Name() string { return "jobs" }

func (h queuedJobs) Export(ctx context.Context, id tenancy.ID, add provisioner.Add) error {
	waiting, err := h.office.Waiting(ctx, id)
	if err != nil {
		return err //nolint:wrapcheck // the provisioner names the holding
	}
	dead, err := h.office.Dead(ctx, id)
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	text, err := json.MarshalIndent(map[string]any{"waiting": waiting, "failed": dead}, "", "  ")
	if err != nil {
		return fmt.Errorf("write the jobs: %w", err)
	}
	return add("jobs.json", int64(len(text)), bytes.NewReader(text))
}

func (h queuedJobs) Erase(ctx context.Context, id tenancy.ID) (int64, error) {
	removed, working, err := h.office.Erase(ctx, id)
	if err == nil && working > 0 {
		err = fmt.Errorf("%d of them are at work; wait until they end", working)
	}
	return int64(removed), err
}

type storedFiles struct{ store *files.Store }

func (storedFiles) Name() string { return "files" }

// pageOf is how many files are listed at a time.
const pageOf = 500

func (h storedFiles) Export(ctx context.Context, id tenancy.ID, add provisioner.Add) error {
	for after := ""; ; {
		page, next, err := h.store.List(ctx, id, "", pageOf, after)
		if err != nil {
			return err //nolint:wrapcheck // the provisioner names the holding
		}
		for _, o := range page {
			if err := h.export(ctx, id, o.Name, add); err != nil {
				return err
			}
		}
		if after = next; after == "" {
			return nil
		}
	}
}

func (h storedFiles) export(ctx context.Context, id tenancy.ID, name string, add provisioner.Add) (err error) {
	content, o, err := h.store.Open(ctx, id, name)
	if err != nil {
		return err //nolint:wrapcheck // the provisioner names the holding
	}
	defer func() {
		if closed := content.Close(); err == nil {
			err = closed
		}
	}()
	return add(name, o.Size, io.LimitReader(content, o.Size))
}

func (h storedFiles) Erase(ctx context.Context, id tenancy.ID) (int64, error) {
	n, err := h.store.Erase(ctx, id)
	return int64(n), err //nolint:wrapcheck // the provisioner names the holding
}

// redisKeys are what Redis keeps by the tenant's prefix: cached values,
// sessions, limits. None of it is worth an export: it is made of rows, or ends
// by itself.
type redisKeys struct{ stores backing.Stores }

func (redisKeys) Name() string { return "redis" }

func (redisKeys) Export(context.Context, tenancy.ID, provisioner.Add) error { return nil }

func (h redisKeys) Erase(ctx context.Context, id tenancy.ID) (int64, error) {
	n, err := h.stores.Cache.Erase(ctx, id)
	return int64(n), err //nolint:wrapcheck // the provisioner names the holding
}

// searchIndex is Elasticsearch's copy of the table search_documents, whose rows
// an export has.
type searchIndex struct{ elastic *search.Elastic }

func (searchIndex) Name() string { return "index" }

func (searchIndex) Export(context.Context, tenancy.ID, provisioner.Add) error { return nil }

func (h searchIndex) Erase(ctx context.Context, id tenancy.ID) (int64, error) {
	n, err := h.elastic.Erase(ctx, id)
	return int64(n), err //nolint:wrapcheck // the provisioner names the holding
}
