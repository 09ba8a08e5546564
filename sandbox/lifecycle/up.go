package lifecycle

import (
	"context"
	"fmt"
	"path/filepath"
	"time"
)

// policyPack is the directory of the policy pack, from the root.
const policyPack = "policies"

// Up makes the stack be what the program says, under the policy pack. After an
// interruption or a failure it goes on from what there is.
func (s *Sandbox) Up(ctx context.Context, stack string) error {
	began := time.Now()
	release, err := s.hold(ctx, stack)
	if err != nil {
		return err
	}
	defer release()
	if err := s.update(ctx, stack, false); err != nil {
		return err
	}
	if err := s.writeKubeconfig(); err != nil {
		return err
	}
	return s.summarize(ctx, stack, began)
}

// update runs the engine's update, with deletion protection off on the way
// down.
func (s *Sandbox) update(ctx context.Context, stack string, unprotect bool) error {
	if _, err := s.prepare(ctx, stack, unprotect); err != nil {
		return err
	}
	err := s.change(ctx, stack, "up", "--stack", stack, "--yes", "--skip-preview",
		"--suppress-permalink=true", "--suppress-outputs", "--policy-pack", filepath.Join(s.Root, policyPack))
	if err != nil {
		return fmt.Errorf("%w\nwhat was made is kept and recorded; make up STACK=%s goes on from there", err, stack)
	}
	return nil
}

// Ready brings a stack to where the engine can run on it, and runs nothing.
func (s *Sandbox) Ready(ctx context.Context, stack string) error {
	release, err := s.hold(ctx, stack)
	if err != nil {
		return err
	}
	defer release()
	_, err = s.prepare(ctx, stack, false)
	return err
}

// Preview shows what Up would change, and changes nothing but the sandbox's
// own processes. args go to the engine as they are.
func (s *Sandbox) Preview(ctx context.Context, stack string, args ...string) error {
	release, err := s.hold(ctx, stack)
	if err != nil {
		return err
	}
	defer release()
	if _, err := s.prepare(ctx, stack, false); err != nil {
		return err
	}
	return s.engine().Exec(ctx, s.Out, s.Errs, nil, append([]string{"preview", "--stack", stack,
		"--suppress-permalink=true", "--policy-pack", filepath.Join(s.Root, policyPack)}, args...)...)
}
