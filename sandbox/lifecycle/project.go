package lifecycle

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/avila-devops/saas/sandbox/cluster"
	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// Configuration keys by which a stack names its Google project. The program
// takes the project for given, and so the sandbox has to give it.
const (
	projectKey = "gcp:project"
	numberKey  = "saas:projectNumber"
)

// writeProject makes the stack's Google project and returns its id. A project
// without an id or a number is left to the program to report, with all else
// that is wrong in the configuration.
func (s *Sandbox) writeProject(ctx context.Context, stack string) (id string, err error) {
	id, err = s.engine().Config(stack, projectKey)
	if err != nil {
		return "", err
	}
	number, err := s.engine().Config(stack, numberKey)
	if err != nil {
		return "", err
	}
	if id == "" || number == "" || id != filepath.Base(id) {
		return id, nil
	}
	err = cloud.Open(s.Home).Do(ctx, func(tx *cloud.Tx) error {
		return tx.PutProject(cloud.Project{ID: id, Number: number})
	})
	return id, err
}

// startClusters starts the clusters of a project that exist and do not run: a
// restart of the machine ends them.
func (s *Sandbox) startClusters(ctx context.Context, project string) error {
	clusters, err := cluster.List(s.Home)
	if err != nil {
		return err
	}
	for _, c := range clusters {
		if c.Project != project || c.Running() {
			continue
		}
		fmt.Fprintf(s.Out, "cluster %s does not run; starting it\n", c.Name)
		if err := c.Start(ctx); err != nil {
			return err
		}
	}
	return nil
}
