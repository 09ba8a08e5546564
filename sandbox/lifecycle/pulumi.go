package lifecycle

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/avila-devops/saas/sandbox/engine"
	"github.com/avila-devops/saas/sandbox/image"
)

// Pulumi becomes plain pulumi on the sandbox's copy of the project, with the
// stacks' files as the repository has them now. Images are those that were
// built last.
func (s *Sandbox) Pulumi(_ context.Context, args []string) error {
	digests, err := image.Built(s.Root)
	if err != nil {
		return err
	}
	e := s.engine()
	for _, stack := range e.Stacks() {
		if err := e.Prepare(stack, engine.Overlay{Digests: digests}); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(s.Home.State(), 0o755); err != nil {
		return err
	}
	return e.Replace(args)
}

// Release builds the images of the apps and names them in the stacks' files:
// the commit of those files is what deploys them.
func (s *Sandbox) Release(ctx context.Context) error {
	images, err := s.Images(ctx)
	if err != nil {
		return err
	}
	for _, stack := range s.engine().Stacks() {
		deployed, err := s.engine().Deployed(stack)
		if err != nil {
			return err
		}
		digests := image.Digests(images)
		maps.DeleteFunc(digests, func(name, _ string) bool { return !slices.Contains(deployed, name) })
		if err := image.Write(filepath.Join(s.Root, "Pulumi."+stack+".yaml"), digests); err != nil {
			return err
		}
	}
	fmt.Fprint(s.Out, image.Summary(images))
	fmt.Fprintf(s.Out, "The stacks' files name these digests. They lie in %s as an OCI layout.\n", s.Home.Registry())
	return nil
}
