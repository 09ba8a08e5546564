// The benchmark of make bench: prints what it measures as JSON lines to
// out/bench.json, and fails when a limit is missed. Arguments name what is
// measured: sandbox, apps, or both, which is also what happens without any.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/avila-devops/saas/sandbox/bench"
	"github.com/avila-devops/saas/sandbox/home"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error())
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	from, err := home.FromEnv()
	if err != nil {
		return err
	}
	wanted := os.Args[1:]
	if len(wanted) == 0 {
		wanted = []string{"sandbox", "apps"}
	}
	for _, part := range wanted {
		if part != "sandbox" && part != "apps" {
			return fmt.Errorf("%q cannot be measured; name sandbox, apps, or nothing for both", part)
		}
	}
	if err := os.MkdirAll(filepath.Join(root, "out"), 0o755); err != nil {
		return err
	}
	out, err := os.Create(filepath.Join(root, "out", "bench.json"))
	if err != nil {
		return err
	}
	report := bench.NewReport(out, os.Stdout)
	var problems []error
	for _, part := range wanted {
		if part == "apps" {
			problems = append(problems, bench.Apps(ctx, root, report, os.Stdout))
		} else {
			problems = append(problems, bench.Sandbox(ctx, root, from, report, os.Stdout))
		}
	}
	return errors.Join(append(problems, report.Err(), out.Close())...)
}
