package toolchain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Free disk that a run wants, in bytes: for a build of all tools with its
// caches, and for a run that has them.
const (
	buildSpace = 8 << 30
	runSpace   = 500 << 20
)

// preflight finds out what would stop a run, before it has done anything. All
// that is wrong is reported at once.
func (t *Toolchain) preflight(ctx context.Context) error {
	var errs []error
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("go is not on the PATH; install Go 1.26 or later from https://go.dev/dl")
	}
	caches, err := exec.CommandContext(ctx, "go", "env", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		return fmt.Errorf("ask Go for its caches (go env GOCACHE GOMODCACHE): %w", err)
	}
	need := uint64(runSpace)
	if len(t.Missing(ctx)) > 0 {
		need = buildSpace
	}
	names := []string{"GOCACHE", "GOMODCACHE"}
	for i, dir := range strings.Split(strings.TrimSpace(string(caches)), "\n") {
		if dir == "off" || dir == "" {
			errs = append(errs, fmt.Errorf("%s is %q: the tools cannot be built without a cache; set HOME, or go env -w %s=DIR", names[i], dir, names[i]))
			continue
		}
		errs = append(errs, writable(dir, names[i]), roomy(dir, need))
	}
	errs = append(errs, writable(string(t.Home), "the sandbox's directory"), roomy(string(t.Home), need))
	return errors.Join(errs...)
}

func writable(dir, what string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("%s cannot be made: %w; choose a directory that you may write to", what, err)
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return fmt.Errorf("%s cannot be written to: %w; choose a directory that you may write to, with room", what, err)
	}
	defer os.Remove(probe.Name()) //nolint:errcheck // an empty file, at worst
	return probe.Close()
}

func roomy(dir string, need uint64) error {
	for {
		var disk unix.Statfs_t
		err := unix.Statfs(dir, &disk)
		if errors.Is(err, unix.ENOENT) && filepath.Dir(dir) != dir {
			dir = filepath.Dir(dir)
			continue
		}
		if err != nil {
			return fmt.Errorf("measure the disk of %s: %w", dir, err)
		}
		if free := disk.Bavail * uint64(disk.Bsize); free < need {
			return fmt.Errorf("%s has %d MiB free, and this run needs %d; free some disk, or point the cache elsewhere (go env -w GOCACHE=DIR GOMODCACHE=DIR)",
				dir, free>>20, need>>20)
		}
		return nil
	}
}
