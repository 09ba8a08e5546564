package image

import (
	"errors"
	"fmt"
	"go/build"
	"io/fs"
	"os"
	"path/filepath"
)

// findApps returns the names of the apps, sorted: the folders directly under
// apps/ that hold a main package.
func findApps(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("look for apps: %w", err)
	}
	var apps []string
	for _, entry := range entries {
		if !entry.IsDir() || entry.Name() == "internal" || entry.Name()[0] == '.' {
			continue
		}
		p, err := build.Default.ImportDir(filepath.Join(dir, entry.Name()), 0)
		var none *build.NoGoError
		switch {
		case errors.As(err, &none):
		case err != nil:
			return nil, fmt.Errorf("read the app %s: %w", entry.Name(), err)
		case p.Name == "main":
			apps = append(apps, entry.Name())
		}
	}
	if len(apps) == 0 {
		return nil, fmt.Errorf("no folder directly under %s holds a main package; an app is such a folder: %w", dir, fs.ErrNotExist)
	}
	return apps, nil
}
