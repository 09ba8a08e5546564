package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"

	"golang.org/x/term"
)

// Exec runs the engine's command line in the project's copy, with more
// environment if need be. On a terminal the engine shares it, so that its live
// display works and an interrupt reaches it by itself; elsewhere it is told of
// the context's end once. A second interrupt would make it give up its state.
func (e *Engine) Exec(ctx context.Context, out, errs io.Writer, environment []string, args ...string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("pulumi %s: %w", args[0], err)
	}
	cmd := exec.CommandContext(ctx, filepath.Join(e.Home.Bin(), "pulumi"), args...)
	cmd.Dir = e.Home.Project()
	cmd.Env = append(e.environ(), environment...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, out, errs
	if term.IsTerminal(int(os.Stdin.Fd())) {
		cmd.Cancel = func() error { return os.ErrProcessDone }
	} else {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("pulumi %s: %w", args[0], err)
	}
	return nil
}

// Replace becomes the engine's command line: this process ends as it does.
func (e *Engine) Replace(args []string) error {
	pulumi := filepath.Join(e.Home.Bin(), "pulumi")
	if err := os.Chdir(e.Home.Project()); err != nil {
		return fmt.Errorf("enter the project's copy: %w", err)
	}
	err := syscall.Exec(pulumi, append([]string{"pulumi"}, args...), e.environ())
	return fmt.Errorf("run %s: %w; make tools builds it", pulumi, err)
}

// Killed reports whether an engine was ended by a signal, so that it could not
// write its state.
func Killed(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && !exit.Exited()
}

func (e *Engine) environ() []string {
	all := os.Environ()
	environment := e.Environment()
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		all = append(all, name+"="+environment[name])
	}
	return all
}
