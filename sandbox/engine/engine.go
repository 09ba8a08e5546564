// Package engine drives the real Pulumi engine inside a sandbox: its
// environment, the copy of the project that it works on, and its commands.
// What the sandbox does around an update is in package lifecycle; the cloud
// that the engine talks to is in the stand-ins.
package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"github.com/avila-devops/saas/sandbox/atomicfile"
	"github.com/avila-devops/saas/sandbox/home"
)

// Engine is the engine of one sandbox.
type Engine struct {
	Root string // of the repository
	Home home.Home
}

// Environment is what the engine and its plugins find in their environment
// beside what is there already.
func (e *Engine) Environment() map[string]string {
	return map[string]string{
		home.Env: string(e.Home),
		"PATH":   e.Home.Bin() + string(os.PathListSeparator) + os.Getenv("PATH"),

		"PULUMI_HOME":                   e.Home.PulumiHome(),
		"PULUMI_BACKEND_URL":            "file://" + e.Home.State(),
		"PULUMI_CONFIG_PASSPHRASE_FILE": e.Home.Passphrase(),
		"PULUMI_SKIP_UPDATE_CHECK":      "true",
		// What is not installed cannot be had: fail at once, by name.
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		// The file backend writes the whole state at every step, which grows with
		// the square of the stack. In a sandbox nothing is lost by writing it at
		// the end: lifecycle removes what a killed run left behind.
		"PULUMI_SKIP_CHECKPOINTS":                       "true",
		"PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
	}
}

// Stack selects a stack, and creates it when it is not there.
func (e *Engine) Stack(ctx context.Context, name string) (auto.Stack, error) {
	if err := errors.Join(e.passphrase(), e.forgoLogs()); err != nil {
		return auto.Stack{}, err
	}
	if err := os.MkdirAll(e.Home.State(), 0o755); err != nil {
		return auto.Stack{}, fmt.Errorf("make room for the state: %w", err)
	}
	command, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: string(e.Home)})
	if err != nil {
		return auto.Stack{}, fmt.Errorf("find the engine; make tools builds it: %w", err)
	}
	stack, err := auto.UpsertStackLocalSource(ctx, name, e.Home.Project(),
		auto.Pulumi(command), auto.PulumiHome(e.Home.PulumiHome()), auto.EnvVars(e.Environment()))
	if err != nil {
		return auto.Stack{}, fmt.Errorf("select the stack %s: %w", name, err)
	}
	return stack, nil
}

// passphrase makes what encrypts the secrets of the state, once.
func (e *Engine) passphrase() error {
	_, err := os.Stat(e.Home.Passphrase())
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := atomicfile.Write(e.Home.Passphrase(), []byte(rand.Text()), 0o600); err != nil {
		return fmt.Errorf("make the passphrase of the state: %w", err)
	}
	return nil
}

// forgoLogs keeps the engine from writing down every property that it handles,
// in a log of each run: a quarter of its time, and all that the cloud holds once
// more, on a machine where the run is in front of whoever would read it. The
// engine (3.259) has no setting for it; it does without a log where it cannot
// make the directory. pulumi -v=9 --logtostderr shows what it would hold.
func (e *Engine) forgoLogs() error {
	path := filepath.Join(e.Home.PulumiHome(), "logs")
	info, err := os.Lstat(path)
	switch {
	case err == nil && info.Mode().IsRegular():
		return nil
	case err == nil:
		err = os.RemoveAll(path)
	case errors.Is(err, fs.ErrNotExist):
		err = os.MkdirAll(e.Home.PulumiHome(), 0o755)
	}
	if err == nil {
		err = atomicfile.Write(path, []byte("The sandbox keeps no logs of runs; see forgoLogs in sandbox/engine.\n"), 0o444)
	}
	if err != nil {
		return fmt.Errorf("do without the engine's logs: %w", err)
	}
	return nil
}
