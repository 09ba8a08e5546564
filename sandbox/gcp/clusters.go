package gcp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/avila-devops/saas/sandbox/cluster"
	"github.com/avila-devops/saas/sandbox/home"
)

// Clusters runs what stands behind a GKE cluster, and the fleet by which it is
// reached.
type Clusters interface {
	// Create makes and starts a cluster and returns the PEM of its CA. One that
	// exists is started.
	Create(ctx context.Context, project, name string) (ca []byte, err error)
	// Remove stops and deletes a cluster. One that does not exist is no error.
	Remove(ctx context.Context, project, name string) error
	Join(number, location, id, project, name string) error
	Leave(number, location, id string) error
}

// realClusters are those of package cluster: a kube-apiserver each.
type realClusters struct {
	home home.Home
}

func (r realClusters) Create(ctx context.Context, project, name string) ([]byte, error) {
	made, err := cluster.Create(ctx, r.home, project, name)
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the cluster and the remedy
	}
	endpoint, err := made.Endpoint()
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the cluster and the remedy
	}
	ca, err := os.ReadFile(endpoint.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read the CA of cluster %s: %w", name, err)
	}
	return ca, nil
}

func (r realClusters) Remove(ctx context.Context, project, name string) error {
	found, err := cluster.Open(r.home, project, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err //nolint:wrapcheck // it names the cluster and the remedy
	}
	return found.Remove(ctx) //nolint:wrapcheck // it names the cluster and the remedy
}

func (r realClusters) Join(number, location, id, project, name string) error {
	return cluster.Join(r.home, number, location, id, project, name) //nolint:wrapcheck // it names the membership
}

func (r realClusters) Leave(number, location, id string) error {
	return cluster.Leave(r.home, number, location, id) //nolint:wrapcheck // it names the membership
}
