package lifecycle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"github.com/avila-devops/saas/sandbox/engine"
	"github.com/avila-devops/saas/sandbox/gcp"
)

// heal brings cloud and state together after a run that was killed, which had
// no time to write down what it did. What it made and the state does not know
// is removed; what it deleted leaves the state.
func (s *Sandbox) heal(ctx context.Context, selected auto.Stack) error {
	stack := selected.Name()
	_, err := os.Stat(s.Home.Running(stack))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find out whether a run on %s was killed: %w", stack, err)
	}
	fmt.Fprintf(s.Out, "the last run on %s was killed; bringing cloud and state together\n", stack)
	if err := s.unlock(ctx, selected); err != nil {
		return err
	}
	if err := s.reap(ctx, selected); err != nil {
		return err
	}
	known, err := s.resources(ctx, selected)
	if err != nil {
		return err
	}
	if len(known) > 0 {
		// A cluster that is gone took its objects with it.
		err = s.engine().Exec(ctx, s.Out, s.Errs, []string{"PULUMI_K8S_DELETE_UNREACHABLE=true"},
			"refresh", "--stack", stack, "--yes", "--skip-preview", "--suppress-permalink=true")
		if err != nil {
			return err
		}
	}
	return s.settled(stack)
}

// begun and settled enclose the time in which the state lags behind the cloud.
func (s *Sandbox) begun(stack string) error {
	if err := os.WriteFile(s.Home.Running(stack), nil, 0o600); err != nil {
		return fmt.Errorf("note that a run on %s began: %w", stack, err)
	}
	return nil
}

func (s *Sandbox) settled(stack string) error {
	if err := os.Remove(s.Home.Running(stack)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("note that the run on %s ended: %w", stack, err)
	}
	return nil
}

// change runs a command of the engine that changes a stack. An engine that
// ends by itself, with whatever result, has written its state.
func (s *Sandbox) change(ctx context.Context, stack string, args ...string) error {
	if err := s.begun(stack); err != nil {
		return err
	}
	err := s.engine().Exec(ctx, s.Out, s.Errs, nil, args...)
	if engine.Killed(err) {
		return err
	}
	return errors.Join(err, s.settled(stack))
}

// unlock removes the engine's lock that a killed run left. An engine that
// lives keeps it.
func (s *Sandbox) unlock(ctx context.Context, stack auto.Stack) error {
	locks, err := filepath.Glob(filepath.Join(s.Home.State(), ".pulumi", "locks", "organization", "*", stack.Name(), "*.json"))
	if err != nil || len(locks) == 0 {
		return err
	}
	for _, lock := range locks {
		var holder struct {
			PID int `json:"pid"`
		}
		text, err := os.ReadFile(lock)
		if err != nil {
			return fmt.Errorf("read the engine's lock: %w", err)
		}
		if err := json.Unmarshal(text, &holder); err == nil && holder.PID > 0 && syscall.Kill(holder.PID, 0) == nil {
			return fmt.Errorf("process %d, an engine that was started elsewhere, is at work on %s; wait for it, or end it", holder.PID, stack.Name())
		}
	}
	if err := stack.Cancel(ctx); err != nil {
		return fmt.Errorf("release the lock of %s: %w", stack.Name(), err)
	}
	return nil
}

// reap removes from the cloud what a stack made and its state does not know.
func (s *Sandbox) reap(ctx context.Context, stack auto.Stack) error {
	known, err := s.resources(ctx, stack)
	if err != nil {
		return err
	}
	removed, err := gcp.Reap(ctx, s.Home, stack.Name(), func(urn, id string) bool {
		return slices.ContainsFunc(known, func(r recorded) bool { return r.URN == urn && r.ID == id })
	})
	for _, record := range removed {
		fmt.Fprintf(s.Out, "  removed %s %s, which no state knows\n", kind(record.Type), record.Name())
	}
	return err
}
