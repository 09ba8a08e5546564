// Package lifecycle takes a stack of the sandbox up and down: it prepares what
// the engine needs, runs it, and leaves the sandbox as the engine's state says,
// whatever was interrupted before. How the engine is called is in package
// engine, how tools are built in toolchain, how a cloud behaves in the
// stand-ins.
package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"github.com/avila-devops/saas/sandbox/engine"
	"github.com/avila-devops/saas/sandbox/filelock"
	"github.com/avila-devops/saas/sandbox/home"
	"github.com/avila-devops/saas/sandbox/image"
	"github.com/avila-devops/saas/sandbox/toolchain"
)

// Sandbox is the embedded cloud of one repository.
type Sandbox struct {
	Root string // of the repository
	Home home.Home
	Out  io.Writer // where people read
	Errs io.Writer
}

// Open returns the sandbox of the repository at root: in the directory that
// [home.Env] names, or in .sandbox beside the program.
func Open(root string, out, errs io.Writer) (*Sandbox, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("find the repository: %w", err)
	}
	if _, err := os.Stat(filepath.Join(root, "Pulumi.yaml")); err != nil {
		return nil, fmt.Errorf("%s is not the repository: %w; run make there", root, err)
	}
	h, err := home.FromEnv()
	if errors.Is(err, home.ErrUnset) {
		h, err = home.Home(filepath.Join(root, ".sandbox")), nil
	}
	if err != nil {
		return nil, err
	}
	return &Sandbox{Root: root, Home: h, Out: out, Errs: errs}, nil
}

func (s *Sandbox) engine() *engine.Engine { return &engine.Engine{Root: s.Root, Home: s.Home} }

// Tools brings the tools and writes the file to source.
func (s *Sandbox) Tools(ctx context.Context) error {
	chain := toolchain.Toolchain{Root: s.Root, Home: s.Home, Out: s.Out}
	if missing := chain.Missing(ctx); len(missing) > 0 {
		fmt.Fprintf(s.Out, "bringing the tools to %s; the first time takes about 10 minutes on 2 cores\n", s.Home.Bin())
	}
	if err := chain.Ensure(ctx); err != nil {
		return err
	}
	if err := chain.EnsureOwn(ctx); err != nil {
		return err
	}
	return s.writeEnv()
}

// Images builds the images of the apps.
func (s *Sandbox) Images(ctx context.Context) ([]image.Image, error) {
	return image.Build(ctx, image.Options{Home: s.Home, Root: s.Root, Log: s.Out})
}

// hold keeps another run off the stack. Whatever the engine's own lock says
// when nobody holds this one, no engine is at work.
func (s *Sandbox) hold(ctx context.Context, stack string) (release func(), err error) {
	return filelock.Acquire(ctx, filepath.Join(s.Home.Locks(), "stack-"+stack), func() {
		fmt.Fprintf(s.Out, "another run is at work on %s; waiting for it\n", stack)
	})
}

// prepare brings a stack to where the engine can run: tools, images, the
// project's copy, the Google project, and the clusters that stood before.
func (s *Sandbox) prepare(ctx context.Context, stack string, unprotect bool) (auto.Stack, error) {
	if err := s.Tools(ctx); err != nil {
		return auto.Stack{}, err
	}
	images, err := s.Images(ctx)
	if err != nil {
		return auto.Stack{}, err
	}
	if err := s.engine().Prepare(stack, engine.Overlay{Digests: image.Digests(images), Unprotect: unprotect}); err != nil {
		return auto.Stack{}, err
	}
	project, err := s.writeProject(ctx, stack)
	if err != nil {
		return auto.Stack{}, err
	}
	if err := s.startClusters(ctx, project); err != nil {
		return auto.Stack{}, err
	}
	selected, err := s.engine().Stack(ctx, stack)
	if err != nil {
		return auto.Stack{}, err
	}
	return selected, s.heal(ctx, selected)
}

// took rounds a duration for people.
func took(since time.Time) time.Duration { return time.Since(since).Round(100 * time.Millisecond) }

// removeAll deletes a tree; one that is not there is no error.
func removeAll(path string) error {
	if err := os.RemoveAll(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete %s: %w", path, err)
	}
	return nil
}
