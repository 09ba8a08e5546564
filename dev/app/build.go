package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/avila-devops/saas/dev/process"
	"github.com/avila-devops/saas/stacks/spec"
)

// ErrBuild says that the compiler refused the source. What it says is shown.
var ErrBuild = errors.New("it does not build")

// Source is the module of the services.
type Source struct {
	Dir   string // apps/
	Bin   string // where programs are put
	Group *process.Group
}

// Services are the apps that are there, in the order of their names. Other
// programs of the module are tools.
func (s *Source) Services() ([]string, error) {
	var found []string
	for _, name := range spec.Apps() {
		_, err := os.Stat(filepath.Join(s.Dir, name, "main.go"))
		if err == nil {
			found = append(found, name)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("look for services: %w", err)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s holds none of the services %s: name the repository with -root", s.Dir, strings.Join(spec.Apps(), ", "))
	}
	return found, nil
}

// Program is where a built program is.
func (s *Source) Program(name string) string { return filepath.Join(s.Bin, name) }

// Build compiles a program and tells whether it differs from the one before.
// The compiler's complaints go to out.
func (s *Source) Build(ctx context.Context, name string, out io.Writer) (changed bool, err error) {
	compiler, err := exec.LookPath("go")
	if err != nil {
		return false, fmt.Errorf("go is not on the PATH; install Go from https://go.dev/dl: %w", err)
	}
	// What was built stays, so that the compiler sees when nothing is to do. A
	// build that a crash cut short is not trusted: the mark is there until the
	// file is whole.
	path, built := s.Program(name), filepath.Join(s.Bin, "build", name)
	mark := built + ".half"
	if _, err := os.Stat(mark); err == nil {
		if err := os.Remove(built); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, fmt.Errorf("remove what an earlier build left: %w", err)
		}
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(built), 0o755), os.WriteFile(mark, nil, 0o600)); err != nil {
		return false, fmt.Errorf("make room for a build: %w", err)
	}
	err = s.Group.Run(ctx, process.Spec{
		Name: "build-" + name, Path: compiler, Args: []string{"build", "-buildvcs=false", "-o", built, "./" + name},
		Env: append(os.Environ(), "PWD="+s.Dir), Dir: s.Dir, Output: out,
	})
	if err != nil && ctx.Err() != nil {
		return false, err
	}
	if err := errors.Join(err, os.Remove(mark)); err != nil {
		return false, fmt.Errorf("%w: apps/%s: %w", ErrBuild, name, err)
	}
	same, err := equal(path, built)
	if err != nil || same {
		return false, err
	}
	return true, install(built, path)
}

// install puts a build where it is run, whole, beside a program that runs.
func install(built, path string) error {
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("install a build: %w", err)
	}
	if err := errors.Join(os.Link(built, fresh), os.Rename(fresh, path)); err != nil {
		return fmt.Errorf("install a build: %w", err)
	}
	return nil
}

// equal compares two files; one that is not there equals none.
func equal(a, b string) (bool, error) {
	var sums [2][]byte
	for i, path := range []string{a, b} {
		file, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("compare builds: %w", err)
		}
		sum := sha256.New()
		_, err = io.Copy(sum, file)
		file.Close()
		if err != nil {
			return false, fmt.Errorf("compare builds: %w", err)
		}
		sums[i] = sum.Sum(nil)
	}
	return bytes.Equal(sums[0], sums[1]), nil
}
