// Package image builds the apps under apps/ into container images, with ko and
// without Docker, and keeps them in the sandbox's registry, an OCI layout. It
// also writes their digests to where a stack reads them. Which image runs
// where is the program's own decision.
package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"syscall"
	"time"

	"github.com/avila-devops/saas/sandbox/filelock"
	"github.com/avila-devops/saas/sandbox/home"
)

// Image is an app's image in the sandbox's registry.
type Image struct {
	Name   string        // of the app
	Digest string        // sha256:<hex> of the manifest
	Size   int64         // bytes that a node would download
	Took   time.Duration // to build; 0 when nothing had changed
}

// Options says what to build, and where it goes.
type Options struct {
	Home home.Home
	Root string    // of the repository
	Log  io.Writer // progress, a line at a time; nil for none
}

func (o Options) say(format string, args ...any) {
	if o.Log != nil {
		_, _ = fmt.Fprintf(o.Log, format+"\n", args...) // progress is not worth failing for
	}
}

// Build makes sure that the registry holds an image of every app, built from
// its source as it stands, and returns them by name. It writes the digests to
// out/images.json. A build that is interrupted leaves the images before it
// untouched, and the next one starts clean. Builds at the same time wait for
// each other.
func Build(ctx context.Context, opt Options) ([]Image, error) {
	images, err := run(ctx, opt)
	return images, explain(err, opt.Home)
}

// explain says what to do about a disk that is full.
func explain(err error, h home.Home) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("the disk of %s is full; free some space, an image takes about 30 MB while it is built: %w", h, err)
	}
	return err
}

func run(ctx context.Context, opt Options) ([]Image, error) {
	apps, err := findApps(filepath.Join(opt.Root, "apps"))
	if err != nil {
		return nil, err
	}
	tool, err := findKo(opt.Home)
	if err != nil {
		return nil, err
	}
	release, err := filelock.Acquire(ctx, filepath.Join(opt.Home.Locks(), "images"), func() {
		opt.say("waiting for another build of the images to end")
	})
	if err != nil {
		return nil, err
	}
	defer release()
	inputs, err := inputsOf(ctx, filepath.Join(opt.Root, "apps"), tool.version)
	if err != nil {
		return nil, err
	}
	store, err := openStore(opt.Home.Registry())
	if err != nil {
		return nil, err
	}
	b := &builder{opt: opt, ko: tool, store: store, inputs: inputs}
	defer b.close()
	var images []Image
	for _, app := range apps {
		image, err := b.image(ctx, app)
		if err != nil {
			return nil, fmt.Errorf("image of %s: %w", app, err)
		}
		images = append(images, image)
	}
	if err := store.prune(deployed(opt)); err != nil {
		return nil, err
	}
	return images, writeDigests(filepath.Join(opt.Root, "out", "images.json"), images)
}
