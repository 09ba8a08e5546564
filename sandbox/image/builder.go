package image

import (
	"context"
	"fmt"
	"os"
	"time"
)

// builder builds the images of one run.
type builder struct {
	opt    Options
	ko     ko
	store  *store
	inputs string

	registry *registryServer // started by the first app that needs it
}

// image returns an app's image, from the store when its inputs are the same.
func (b *builder) image(ctx context.Context, app string) (Image, error) {
	if kept, ok := b.store.find(app, b.inputs); ok {
		return kept, b.store.promote(app, kept.Digest, b.inputs)
	}
	began := time.Now()
	b.opt.say("%s: building", app)
	if b.registry == nil {
		var err error
		if b.registry, err = serveRegistry(ctx); err != nil {
			return Image{}, err
		}
	}
	work, err := b.store.workDir()
	if err != nil {
		return Image{}, err
	}
	defer func() { _ = os.RemoveAll(work) }() // what is left is swept by the next run
	built, err := b.ko.build(ctx, b.opt, app, b.registry.address, work)
	if err != nil {
		return Image{}, err
	}
	size, err := b.store.copyFrom(ctx, b.registry, app, built.digest)
	if err != nil {
		return Image{}, err
	}
	if err := b.store.keepBill(built.digest, built.bill); err != nil {
		return Image{}, err
	}
	if err := b.store.promote(app, built.digest, b.inputs); err != nil {
		return Image{}, err
	}
	image := Image{Name: app, Digest: built.digest, Size: size, Took: time.Since(began)}
	b.opt.say("%s: %s, %s in %s", app, image.Digest, megabytes(size), image.Took.Round(100*time.Millisecond))
	return image, nil
}

func (b *builder) close() {
	if b.registry != nil {
		b.registry.close()
	}
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
