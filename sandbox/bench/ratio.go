package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/avila-devops/saas/sandbox/cluster"
	"github.com/avila-devops/saas/sandbox/engine"
	"github.com/avila-devops/saas/sandbox/gcp/cloud"
	"github.com/avila-devops/saas/sandbox/home"
)

// rounds is how often each pair is measured, interleaved; the middle one counts.
const rounds = 3

const floorProject = "avila-floor"

// ratios compares the engine's own time for staging with that for as many
// trivial resources, in one run.
func (b *bench) ratios(ctx context.Context) error {
	if err := b.sandbox.Up(ctx, "staging"); err != nil {
		return err
	}
	real := &engine.Engine{Root: b.root, Home: b.sandbox.Home}
	count, err := b.resources(ctx, real)
	if err != nil {
		return err
	}
	if err := b.Add("staging_resources", float64(count), "resources"); err != nil {
		return err
	}
	if err := b.sandbox.Down(ctx, "staging"); err != nil {
		return err
	}
	floor, err := b.floor(ctx, count)
	if err != nil {
		return err
	}
	phases := []string{"preview_first", "up_first", "preview_same", "up_same"}
	took := map[string]map[string][]float64{"staging": {}, "floor": {}}
	var boots []float64
	for range rounds {
		boot, err := b.boot(ctx)
		if err != nil {
			return err
		}
		boots = append(boots, boot)
		for _, phase := range phases {
			for stack, e := range map[string]*engine.Engine{"staging": real, "floor": floor} {
				seconds, err := b.phase(ctx, e, stack, phase)
				if err != nil {
					return err
				}
				took[stack][phase] = append(took[stack][phase], seconds)
			}
		}
		for stack, e := range map[string]*engine.Engine{"staging": real, "floor": floor} {
			if err := b.clear(ctx, e, stack); err != nil {
				return err
			}
		}
	}
	boot := median(boots)
	problems := []error{b.Add("cluster_boot", boot, "s")}
	for _, phase := range phases {
		program, trivial := median(took["staging"][phase]), median(took["floor"][phase])
		problems = append(problems,
			b.Add("staging_"+phase+"_engine", program, "s"),
			b.Add("floor_"+phase+"_engine", trivial, "s"),
			b.Add("staging_"+phase+"_x", program/trivial, "ratio"))
		if phase == "up_first" {
			// A real API server boots meanwhile, which no trivial resource does.
			problems = append(problems, b.Add("staging_up_first_without_boot_x", (program-boot)/trivial, "ratio"))
		}
	}
	return errors.Join(problems...)
}

// boot starts a cluster of its own and returns the seconds that it took.
func (b *bench) boot(ctx context.Context) (float64, error) {
	began := time.Now()
	made, err := cluster.Create(ctx, b.sandbox.Home, floorProject, "boot")
	if err != nil {
		return 0, err
	}
	return time.Since(began).Seconds(), made.Remove(ctx)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// phase runs one command of the engine and returns its seconds.
func (b *bench) phase(ctx context.Context, e *engine.Engine, stack, phase string) (float64, error) {
	args := []string{"preview", "--stack", stack}
	if phase == "up_first" || phase == "up_same" {
		args = []string{"up", "--stack", stack, "--yes", "--skip-preview"}
	}
	if phase == "preview_first" {
		if err := b.ready(ctx, e, stack); err != nil {
			return 0, err
		}
	}
	began := time.Now()
	if err := e.Exec(ctx, b.log, b.log, nil, args...); err != nil {
		return 0, fmt.Errorf("%s of %s: %w", phase, stack, err)
	}
	return time.Since(began).Seconds(), nil
}

func (b *bench) ready(ctx context.Context, e *engine.Engine, stack string) error {
	if stack == "staging" {
		return b.sandbox.Ready(ctx, stack)
	}
	if err := e.Prepare(stack, engine.Overlay{}); err != nil {
		return err
	}
	_, err := e.Stack(ctx, stack)
	return err
}

func (b *bench) clear(ctx context.Context, e *engine.Engine, stack string) error {
	if stack == "staging" {
		return b.sandbox.Down(ctx, stack)
	}
	return e.Exec(ctx, b.log, b.log, nil, "destroy", "--stack", stack, "--yes", "--skip-preview", "--remove")
}

// floor makes the project of the trivial program, in a sandbox of its own with
// the same tools and the same plugin.
func (b *bench) floor(ctx context.Context, count int) (*engine.Engine, error) {
	dir := filepath.Join(filepath.Dir(string(b.sandbox.Home)), "floor")
	h := home.Home(filepath.Join(dir, "sandbox"))
	if err := os.MkdirAll(string(h), 0o755); err != nil {
		return nil, fmt.Errorf("make room for the floor: %w", err)
	}
	for _, shared := range []string{"bin", "pulumi"} {
		if err := os.Symlink(filepath.Join(string(b.sandbox.Home), shared), filepath.Join(string(h), shared)); err != nil {
			return nil, fmt.Errorf("share %s: %w", shared, err)
		}
	}
	files := map[string]string{
		"Pulumi.yaml":       "name: floor\nruntime: go\nmain: " + filepath.Join(b.root, "sandbox/bench/floor") + "\n",
		"Pulumi.floor.yaml": fmt.Sprintf("config:\n  gcp:project: %s\n  floor:count: %d\n", floorProject, count),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return nil, fmt.Errorf("write the floor's project: %w", err)
		}
	}
	err := cloud.Open(h).Do(ctx, func(tx *cloud.Tx) error {
		return tx.PutProject(cloud.Project{ID: floorProject, Number: "100000000000"})
	})
	return &engine.Engine{Root: dir, Home: h}, err
}

// resources counts what the engine registers for staging, components included.
func (b *bench) resources(ctx context.Context, e *engine.Engine) (int, error) {
	stack, err := e.Stack(ctx, "staging")
	if err != nil {
		return 0, err
	}
	exported, err := stack.Export(ctx)
	if err != nil {
		return 0, fmt.Errorf("count the resources of staging: %w", err)
	}
	var state struct {
		Resources []json.RawMessage `json:"resources"`
	}
	if err := json.Unmarshal(exported.Deployment, &state); err != nil {
		return 0, fmt.Errorf("count the resources of staging: %w", err)
	}
	return len(state.Resources), nil
}
