package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/avila-devops/saas/sandbox/atomicfile"
	"github.com/avila-devops/saas/sandbox/home"
)

// membershipFile returns where the fleet remembers a membership.
func membershipFile(h home.Home, number, location, id string) (string, error) {
	for _, part := range []string{number, location, id} {
		if !namePattern.MatchString(part) {
			return "", fmt.Errorf("%s: %q must be lowercase letters, digits and inner hyphens", membershipName(number, location, id), part)
		}
	}
	return filepath.Join(h.Memberships(), number, location, id+".json"), nil
}

func membershipName(number, location, id string) string {
	return fmt.Sprintf("membership projects/%s/locations/%s/memberships/%s", number, location, id)
}

// Join makes a cluster a member of a project's fleet: from then on [Lookup]
// finds it by the membership. The project is given by its number, as in the
// addresses of Connect Gateway.
func Join(h home.Home, number, location, id, project, name string) error {
	c, err := named(h, project, name)
	if err != nil {
		return err
	}
	path, err := membershipFile(h, number, location, id)
	if err != nil {
		return err
	}
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("%s: %w", membershipName(number, location, id), err)
	}
	if err := atomicfile.Write(path, text, 0o600); err != nil {
		return fmt.Errorf("%s: %w", membershipName(number, location, id), err)
	}
	return nil
}

// Leave ends a membership. One that does not exist is no error.
func Leave(h home.Home, number, location, id string) error {
	path, err := membershipFile(h, number, location, id)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", membershipName(number, location, id), err)
	}
	return nil
}

// Lookup finds the cluster of a membership. The error wraps [fs.ErrNotExist]
// when there is no such membership, or its cluster is gone.
func Lookup(h home.Home, number, location, id string) (Cluster, error) {
	path, err := membershipFile(h, number, location, id)
	if err != nil {
		return Cluster{}, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Cluster{}, fmt.Errorf("%s: %w", membershipName(number, location, id), err)
	}
	var c Cluster
	if err := json.Unmarshal(text, &c); err != nil {
		return Cluster{}, fmt.Errorf("%s: %s: %w", membershipName(number, location, id), path, err)
	}
	found, err := Open(h, c.Project, c.Name)
	if err != nil {
		return Cluster{}, fmt.Errorf("%s: %w", membershipName(number, location, id), err)
	}
	return found, nil
}
