package cloud

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/avila-devops/saas/sandbox/atomicfile"
)

// Project is a Google Cloud project that exists.
type Project struct {
	ID     string `json:"id"`
	Number string `json:"number"`
}

const projectFile = "project.json"

// Project returns the project of an id. It wraps [fs.ErrNotExist] when there
// is none.
func (tx *Tx) Project(id string) (Project, error) {
	if id == "" || id != filepath.Base(id) {
		return Project{}, fmt.Errorf("project %q: %w", id, fs.ErrNotExist)
	}
	path := filepath.Join(tx.store.home.Cloud(), id, projectFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Project{}, fmt.Errorf("project %q: %w", id, fs.ErrNotExist)
	}
	if err != nil {
		return Project{}, unreadable(path, err)
	}
	var p Project
	if err := json.Unmarshal(text, &p); err != nil {
		return Project{}, unreadable(path, err)
	}
	if p.ID != id || p.Number == "" {
		return Project{}, unreadable(path, fmt.Errorf("it names project %q with number %q", p.ID, p.Number))
	}
	return p, nil
}

// Projects lists the projects that exist.
func (tx *Tx) Projects() ([]Project, error) {
	ids, err := names(tx.store.home.Cloud())
	if err != nil {
		return nil, err
	}
	var projects []Project
	for _, id := range ids {
		p, err := tx.Project(id)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		projects = append(projects, p)
	}
	return projects, nil
}

// PutProject makes a project exist.
func (tx *Tx) PutProject(p Project) error {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return fmt.Errorf("project %s: %w", p.ID, err)
	}
	return atomicfile.Write(filepath.Join(tx.store.home.Cloud(), p.ID, projectFile), append(text, '\n'), 0o644)
}
