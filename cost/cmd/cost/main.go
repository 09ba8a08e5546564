// Command cost prints what a stack costs a month, and what a change makes of
// it. It needs neither a cloud nor the sandbox.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/avila-devops/saas/cost"
	"github.com/avila-devops/saas/stacks/graph"
	"github.com/avila-devops/saas/stacks/spec"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// result is what the JSON file holds.
type result struct {
	*cost.Estimate
	Difference *cost.Difference `json:"difference,omitempty"`
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("cost", flag.ContinueOnError)
	stack := flags.String("stack", "staging", "the stack")
	root := flags.String("root", ".", "the repository")
	base := flags.String("base", "", "compare with this: a git ref, or a file that pulumi stack export wrote")
	file := flags.String("json", "", "write the estimate to this file too")
	graphOnly := flags.Bool("graph", false, "print the resources as JSON, and no prices")
	if err := flags.Parse(args); err != nil {
		return err
	}
	source, err := spec.ReadStackFile(*root, *stack)
	if err != nil {
		return err
	}
	resources, err := graph.Of(source)
	if err != nil {
		return err
	}
	if *graphOnly {
		return graph.Write(out, resources)
	}
	estimate, err := price(*stack, resources)
	if err != nil {
		return err
	}
	if err := estimate.Write(out); err != nil {
		return err
	}
	all := result{Estimate: estimate}
	if *base != "" {
		if all.Difference, err = difference(*root, *stack, *base, estimate); err != nil {
			return err
		}
		if err := all.Difference.Write(out); err != nil {
			return err
		}
	}
	if *file == "" {
		return nil
	}
	return save(*file, all)
}

func price(stack string, resources []graph.Resource) (*cost.Estimate, error) {
	table, err := cost.Prices()
	if err != nil {
		return nil, err
	}
	usage, err := cost.UsageOf(stack)
	if err != nil {
		return nil, err
	}
	return cost.Of(stack, resources, table, usage)
}

func save(path string, all result) error {
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the estimate: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make room for %s: %w", path, err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the estimate: %w", err)
	}
	return nil
}
