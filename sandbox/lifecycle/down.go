package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optremove"

	"github.com/avila-devops/saas/sandbox/cluster"
	"github.com/avila-devops/saas/sandbox/gcp/cloud"
	"github.com/avila-devops/saas/stacks/spec"
)

// Down destroys the stack in the two steps that the real cloud asks for: an
// update that turns deletion protection off, and then the destruction. At the
// end neither a resource nor a process of the stack is left.
func (s *Sandbox) Down(ctx context.Context, stack string) error {
	began := time.Now()
	if _, err := os.Stat(s.Home.Checkpoint(spec.Namespace, stack)); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(s.Out, "%s is not up; there is nothing to take down\n", stack)
		return nil
	}
	release, err := s.hold(ctx, stack)
	if err != nil {
		return err
	}
	defer release()
	selected, err := s.prepare(ctx, stack, true)
	if err != nil {
		return err
	}
	known, err := s.resources(ctx, selected)
	if err != nil {
		return err
	}
	if protects(known) {
		fmt.Fprintln(s.Out, "step 1 of 2: turn deletion protection off")
		failed := s.update(ctx, stack, true)
		if known, err = s.resources(ctx, selected); err != nil {
			return errors.Join(failed, err)
		}
		// What could not be made, as before, need not be destroyed.
		if failed != nil && (ctx.Err() != nil || protects(known)) {
			return failed
		}
	}
	fmt.Fprintln(s.Out, "step 2 of 2: destroy")
	if err := s.change(ctx, stack, "destroy", "--stack", stack, "--yes", "--skip-preview", "--suppress-permalink=true"); err != nil {
		return fmt.Errorf("%w\nwhat is left is recorded; make down STACK=%s goes on from there, and make reset removes it by force", err, stack)
	}
	if err := s.reap(ctx, selected); err != nil {
		return err
	}
	// Read first: with the stack its configuration goes.
	project, err := s.engine().Config(stack, projectKey)
	if err != nil {
		return err
	}
	if err := selected.Workspace().RemoveStack(ctx, stack, optremove.Force()); err != nil {
		return fmt.Errorf("forget the stack %s: %w", stack, err)
	}
	if err := s.forget(ctx, stack, project); err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "\n%s is down: no resource and no process of it is left (%s)\n", stack, took(began))
	return nil
}

// protects reports whether any resource refuses to be destroyed.
func protects(known []recorded) bool {
	return slices.ContainsFunc(known, func(r recorded) bool { return r.Protect })
}

// forget removes the traces of a stack that has no resources any more.
func (s *Sandbox) forget(ctx context.Context, stack, project string) error {
	return errors.Join(
		cloud.Open(s.Home).Sweep(ctx, stack),
		removeAll(filepath.Join(s.Home.Cloud(), project)),
		s.writeKubeconfig(),
	)
}

// Reset removes every stack by force: it stops all processes of the sandbox
// and deletes its state and its cloud. The tools stay.
func (s *Sandbox) Reset(ctx context.Context) error {
	clusters, err := cluster.List(s.Home)
	if err != nil {
		return err
	}
	for _, running := range clusters {
		fmt.Fprintf(s.Out, "removing cluster %s\n", running)
		if err := running.Remove(ctx); err != nil {
			return err
		}
	}
	var errs []error
	for _, dir := range []string{s.Home.State(), s.Home.Cloud(), s.Home.Clusters(), s.Home.Project(), s.Home.Kubeconfig()} {
		errs = append(errs, removeAll(dir))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	fmt.Fprintln(s.Out, "the sandbox is empty; make up starts anew")
	return nil
}
