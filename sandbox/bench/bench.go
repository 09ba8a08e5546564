// Package bench measures the repository against its limits. Of the sandbox: how
// long up and preview take, how that compares with as many trivial resources
// through the same engine and plugin, and how much memory all of it holds; in a
// sandbox of its own, with the tools of the repository's. Of the apps: what
// their own benchmarks report, which are documented where they are.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/avila-devops/saas/sandbox/home"
	"github.com/avila-devops/saas/sandbox/lifecycle"
	"github.com/avila-devops/saas/sandbox/toolchain"
)

type bench struct {
	root string
	log  io.Writer
	*Report
	sandbox *lifecycle.Sandbox
}

// Sandbox measures the sandbox with the tools of another.
func Sandbox(ctx context.Context, root string, from home.Home, report *Report, log io.Writer) error {
	dir, err := os.MkdirTemp("", "avila-bench-")
	if err != nil {
		return fmt.Errorf("make room for the benchmark: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a directory of its own under the system's temporary one
	h := home.Home(filepath.Join(dir, "sandbox"))
	if err := toolchain.Borrow(from, h); err != nil {
		return err
	}
	b := &bench{root: root, log: log, Report: report}
	b.sandbox = &lifecycle.Sandbox{Root: root, Home: h, Out: log, Errs: log}
	defer b.sandbox.Reset(context.WithoutCancel(ctx)) //nolint:errcheck // what it leaves, the next reset removes
	return b.measure(ctx)
}

func (b *bench) measure(ctx context.Context) error {
	if err := b.sandbox.Tools(ctx); err != nil {
		return err
	}
	if _, err := b.sandbox.Images(ctx); err != nil {
		return err
	}
	if err := b.ratios(ctx); err != nil {
		return err
	}
	for _, step := range []struct {
		name string
		run  func() error
	}{
		{"staging_up_first", func() error { return b.sandbox.Up(ctx, "staging") }},
		{"staging_up_same", func() error { return b.sandbox.Up(ctx, "staging") }},
		{"staging_preview_same", func() error { return b.sandbox.Preview(ctx, "staging") }},
		{"staging_down", func() error { return b.sandbox.Down(ctx, "staging") }},
	} {
		if err := b.time(step.name, step.run); err != nil {
			return err
		}
	}
	watch := watchMemory(b.sandbox.Home)
	err := b.time("prod_up_first", func() error { return b.sandbox.Up(ctx, "prod") })
	peak := mib(watch.end())
	if err != nil {
		return err
	}
	if err := errors.Join(b.Add("prod_memory_peak", peak, "MiB"), b.Add("prod_memory_standing", mib(held(b.sandbox.Home)), "MiB")); err != nil {
		return err
	}
	if err := b.time("prod_preview_same", func() error { return b.sandbox.Preview(ctx, "prod") }); err != nil {
		return err
	}
	return b.time("prod_down", func() error { return b.sandbox.Down(ctx, "prod") })
}

func mib(bytes int64) float64 { return float64(bytes >> 20) }

func (b *bench) time(name string, run func() error) error {
	began := time.Now()
	if err := run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return b.Add(name, time.Since(began).Seconds(), "s")
}
