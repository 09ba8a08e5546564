// Package clustertest gives tests a sandbox with the real etcd and
// kube-apiserver in it. It starts nothing: a test creates its clusters and
// removes them.
package clustertest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/avila-devops/saas/sandbox/home"
)

// ToolsEnv names the directory of the built tools, when it is not the
// repository's .sandbox/bin.
const ToolsEnv = "AVILA_TOOLS"

// New makes a sandbox in dir, with the servers where a sandbox has them.
func New(dir string) (home.Home, error) {
	tools, err := tools()
	if err != nil {
		return "", err
	}
	h := home.Home(dir)
	if err := os.MkdirAll(h.Bin(), 0o700); err != nil {
		return "", err
	}
	for _, name := range []string{"etcd", "kube-apiserver"} {
		path := filepath.Join(tools, name)
		if _, err := os.Stat(path); err != nil {
			return "", fmt.Errorf("the tests run the real %s: run make tools: %w", name, err)
		}
		if err := os.Symlink(path, filepath.Join(h.Bin(), name)); err != nil {
			return "", err
		}
	}
	// What reads the charts says so when they are missing.
	if err := os.Symlink(home.Home(filepath.Dir(tools)).Charts(), h.Charts()); err != nil {
		return "", err
	}
	return h, nil
}

// tools finds the built tools from the working directory of a test.
func tools() (string, error) {
	if dir := os.Getenv(ToolsEnv); dir != "" {
		return dir, nil
	}
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, ".sandbox", "bin"), nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the working directory: the repository was not found")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}
