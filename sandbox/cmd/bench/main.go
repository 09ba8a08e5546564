// The benchmark of make bench: prints what it measures as JSON lines to
// out/bench.json, and fails when a limit is missed.
package main

import (
	"context"
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
	if err := os.MkdirAll(filepath.Join(root, "out"), 0o755); err != nil {
		return err
	}
	out, err := os.Create(filepath.Join(root, "out", "bench.json"))
	if err != nil {
		return err
	}
	defer out.Close()
	return bench.Run(ctx, root, from, out, os.Stdout)
}
