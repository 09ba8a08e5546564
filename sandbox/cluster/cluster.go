package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/avila-devops/saas/sandbox/atomicfile"
	"github.com/avila-devops/saas/sandbox/home"
)

// recordFile names the cluster that a directory belongs to. A directory
// without it is a cluster whose creation was interrupted.
const recordFile = "cluster.json"

// namePattern is what projects, locations and names look like on Google Cloud.
// Each becomes a part of a path.
var namePattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

// Cluster is one cluster of the sandbox, running or not.
type Cluster struct {
	Project string `json:"project"` // Google project's id
	Name    string `json:"name"`

	home home.Home
}

// Create makes the cluster and starts it, and returns when it is ready. A
// cluster that exists already is started.
func Create(ctx context.Context, h home.Home, project, name string) (Cluster, error) {
	c, err := named(h, project, name)
	if err != nil {
		return Cluster{}, err
	}
	release, err := c.claim(ctx)
	if err != nil {
		return Cluster{}, fmt.Errorf("create cluster %s: %w", c, err)
	}
	defer release()
	if err := c.record(); err != nil {
		return Cluster{}, fmt.Errorf("create cluster %s: %w", c, err)
	}
	return c, c.startLocked(ctx)
}

// claim makes the directory and locks it. Whoever removes the cluster in
// between takes the directory away, and the claim begins anew.
func (c Cluster) claim(ctx context.Context) (release func(), err error) {
	for {
		if err := os.MkdirAll(c.dir(), 0o700); err != nil {
			return nil, err
		}
		release, err := c.lock(ctx)
		if !errors.Is(err, fs.ErrNotExist) {
			return release, err
		}
	}
}

// Open finds a cluster that was created. The error wraps [fs.ErrNotExist] when
// there is none.
func Open(h home.Home, project, name string) (Cluster, error) {
	c, err := named(h, project, name)
	if err != nil {
		return Cluster{}, err
	}
	recorded, err := read(h, filepath.Base(c.dir()))
	if err != nil {
		return Cluster{}, fmt.Errorf("cluster %s of project %s: %w", name, project, err)
	}
	if recorded != c {
		return Cluster{}, fmt.Errorf("cluster %s of project %s: its directory holds cluster %s of project %s: %w",
			name, project, recorded.Name, recorded.Project, fs.ErrNotExist)
	}
	return c, nil
}

// List returns the sandbox's clusters in the order of their directories.
func List(h home.Home) ([]Cluster, error) {
	entries, err := os.ReadDir(h.Clusters())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list clusters: %w", err)
	}
	var all []Cluster
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		c, err := read(h, entry.Name())
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, fmt.Errorf("list clusters: %w", err)
		default:
			all = append(all, c)
		}
	}
	return all, nil
}

func named(h home.Home, project, name string) (Cluster, error) {
	var problems []error
	for what, value := range map[string]string{"project": project, "name": name} {
		if !namePattern.MatchString(value) {
			problems = append(problems, fmt.Errorf("cluster %s %q must be lowercase letters, digits and inner hyphens", what, value))
		}
	}
	return Cluster{home: h, Project: project, Name: name}, errors.Join(problems...)
}

func read(h home.Home, dir string) (Cluster, error) {
	path := filepath.Join(h.Clusters(), dir, recordFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return Cluster{}, err
	}
	c := Cluster{home: h}
	if err := json.Unmarshal(text, &c); err != nil {
		return Cluster{}, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// record writes whose directory it is. Two clusters whose project and name
// join to the same directory cannot both exist.
func (c Cluster) record() error {
	recorded, err := read(c.home, filepath.Base(c.dir()))
	if err == nil {
		if recorded != c {
			return fmt.Errorf("%s belongs to cluster %s of project %s: choose another name", c.dir(), recorded.Name, recorded.Project)
		}
		return nil
	}
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return atomicfile.Write(c.path(recordFile), text, 0o600)
}

// String names the cluster as its directory does.
func (c Cluster) String() string { return c.Project + "-" + c.Name }

func (c Cluster) dir() string { return filepath.Join(c.home.Clusters(), c.String()) }

func (c Cluster) path(name string) string { return filepath.Join(c.dir(), name) }
