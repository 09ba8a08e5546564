package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"github.com/avila-devops/saas/sandbox/cluster"
)

// recorded is what the sandbox reads of a resource in the engine's state.
type recorded struct {
	URN     string `json:"urn"`
	Type    string `json:"type"`
	ID      string `json:"id"`
	Custom  bool   `json:"custom"`
	Protect bool   `json:"protect"`
}

// resources lists what the engine's state records of a stack.
func (s *Sandbox) resources(ctx context.Context, stack auto.Stack) ([]recorded, error) {
	exported, err := stack.Export(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the state of %s: %w", stack.Name(), err)
	}
	var state struct {
		Resources []recorded `json:"resources"`
	}
	if err := json.Unmarshal(exported.Deployment, &state); err != nil {
		return nil, fmt.Errorf("read the state of %s: %w", stack.Name(), err)
	}
	return state.Resources, nil
}

// summarize says what stands, and how to look around.
func (s *Sandbox) summarize(ctx context.Context, stack string, began time.Time) error {
	selected, err := s.engine().Stack(ctx, stack)
	if err != nil {
		return err
	}
	resources, err := s.resources(ctx, selected)
	if err != nil {
		return err
	}
	kinds := map[string]int{}
	var total int
	for _, r := range resources {
		if r.Custom && !strings.HasPrefix(r.Type, "pulumi:providers:") {
			kinds[kind(r.Type)]++
			total++
		}
	}
	fmt.Fprintf(s.Out, "\n%s is up: %d resources in %s\n\n", stack, total, took(began))
	table := tabwriter.NewWriter(s.Out, 0, 8, 2, ' ', 0)
	names := slices.Sorted(maps.Keys(kinds))
	const columns = 3
	rows := (len(names) + columns - 1) / columns
	for row := range rows {
		for i := row; i < len(names); i += rows {
			fmt.Fprintf(table, "  %3d\t%s\t", kinds[names[i]], names[i])
		}
		fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print the summary: %w", err)
	}
	clusters, err := cluster.List(s.Home)
	if err != nil {
		return err
	}
	project, err := s.engine().Config(stack, projectKey)
	if err != nil {
		return err
	}
	fmt.Fprint(s.Out, "\nThe API servers are real and hold the objects; no node runs their pods. Look around:\n")
	fmt.Fprintf(s.Out, "  source %s\n", s.Home.EnvFile())
	for _, c := range clusters {
		if c.Project == project && c.Running() {
			fmt.Fprintf(s.Out, "  kubectl --context %s get deploy,hpa,pdb,netpol -A\n", c.Name)
		}
	}
	fmt.Fprintf(s.Out, "  pulumi stack output -s %s        pulumi stack export -s %s\n", stack, stack)
	fmt.Fprintf(s.Out, "  less %s/*/*        what Google Cloud would hold\n", s.Home.Cloud())
	fmt.Fprintf(s.Out, "Next: change something, make preview STACK=%s, make up STACK=%s; make down STACK=%s ends it.\n", stack, stack, stack)
	return nil
}

// kind shortens a type to what people call it: gcp sql DatabaseInstance.
func kind(typ string) string {
	parts := strings.Split(typ, ":")
	if len(parts) != 3 {
		return typ
	}
	module, _, _ := strings.Cut(parts[1], "/")
	return parts[0] + " " + strings.TrimSuffix(module, ".k8s.io") + " " + parts[2]
}
