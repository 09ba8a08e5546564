package gcp

import (
	"context"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
	"github.com/avila-devops/saas/sandbox/home"
)

// Mirrors reports whether a repository of Artifact Registry exists and fetches
// from another registry what it is asked for.
func Mirrors(ctx context.Context, h home.Home, project, location, repository string) (bool, error) {
	var found *cloud.Record
	err := cloud.Open(h).Do(ctx, func(tx *cloud.Tx) (err error) {
		found, err = tx.Get(repositoryType, "projects/"+project+"/locations/"+location+"/repositories/"+repository)
		return err
	})
	return found != nil && !found.Abandoned && text(found.Properties, "mode") == "REMOTE_REPOSITORY", err
}
