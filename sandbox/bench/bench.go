// Package bench measures the sandbox against its limits: how long up and
// preview take, how that compares with as many trivial resources through the
// same engine and plugin, and how much memory all of it holds. It works in a
// sandbox of its own, with the tools of the repository's.
package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/avila-devops/saas/sandbox/home"
	"github.com/avila-devops/saas/sandbox/lifecycle"
	"github.com/avila-devops/saas/sandbox/toolchain"
)

// Measure is one line of out/bench.json.
type Measure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Limit float64 `json:"limit,omitempty"` // the most that is accepted; none when 0
	OK    bool    `json:"ok"`
}

// limits of the sandbox, on two cores.
var limits = map[string]float64{
	"staging_up_first":                60,
	"prod_up_first":                   120,
	"staging_preview_same":            15,
	"staging_preview_first_x":         1.5,
	"staging_preview_same_x":          1.5,
	"staging_up_first_without_boot_x": 1.5,
	"staging_up_same_x":               1.5,
	"prod_memory_peak":                3 << 10,
	"prod_memory_standing":            3 << 10,
}

type bench struct {
	root    string
	log     io.Writer
	out     io.Writer
	sandbox *lifecycle.Sandbox
	failed  int
}

// Run measures and writes a line for each measure to out. The error says how
// many limits were missed.
func Run(ctx context.Context, root string, from home.Home, out, log io.Writer) error {
	dir, err := os.MkdirTemp("", "avila-bench-")
	if err != nil {
		return fmt.Errorf("make room for the benchmark: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a directory of its own under the system's temporary one
	h := home.Home(filepath.Join(dir, "sandbox"))
	if err := toolchain.Borrow(from, h); err != nil {
		return err
	}
	b := &bench{root: root, log: log, out: out}
	b.sandbox = &lifecycle.Sandbox{Root: root, Home: h, Out: log, Errs: log}
	defer b.sandbox.Reset(context.WithoutCancel(ctx)) //nolint:errcheck // what it leaves, the next reset removes
	if err := b.measure(ctx); err != nil {
		return err
	}
	if b.failed > 0 {
		return fmt.Errorf("%d measures miss their limits; see out/bench.json", b.failed)
	}
	return nil
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
	b.report("prod_memory_peak", mib(watch.end()), "MiB")
	if err != nil {
		return err
	}
	b.report("prod_memory_standing", mib(held(b.sandbox.Home)), "MiB")
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
	b.report(name, time.Since(began).Seconds(), "s")
	return nil
}

func (b *bench) report(name string, value float64, unit string) {
	m := Measure{Name: name, Value: float64(int(value*100+0.5)) / 100, Unit: unit, Limit: limits[name]}
	m.OK = m.Limit == 0 || m.Value <= m.Limit
	if !m.OK {
		b.failed++
	}
	line, err := json.Marshal(m)
	if err != nil {
		return // numbers and names always encode
	}
	fmt.Fprintf(b.out, "%s\n", line)
	fmt.Fprintf(b.log, "bench: %s\n", line)
}
