package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/avila-devops/saas/cost"
	"github.com/avila-devops/saas/stacks/graph"
)

// difference prices the base by the same table as the estimate.
func difference(root, stack, base string, after *cost.Estimate) (*cost.Difference, error) {
	var resources []graph.Resource
	var err error
	if strings.HasSuffix(base, ".json") {
		resources, err = exported(base)
	} else {
		resources, err = checkedOut(root, stack, base)
	}
	if err != nil {
		return nil, fmt.Errorf("compare with %s: %w", base, err)
	}
	before, err := price(stack, resources)
	if err != nil {
		return nil, fmt.Errorf("compare with %s: %w", base, err)
	}
	return cost.Compare(base, before, after), nil
}

func exported(path string) ([]graph.Resource, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w; pulumi stack export --file %s writes it", err, path)
	}
	defer file.Close()
	return graph.ReadState(file)
}

// checkedOut runs the program of another commit, in a copy that goes away
// again.
func checkedOut(root, stack, ref string) (found []graph.Resource, err error) {
	tree, err := os.MkdirTemp("", "cost-base-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tree)) }()
	files := filepath.Join(tree, "files.tar")
	if _, err := command(root, "git", "archive", "--format=tar", "--output="+files, ref); err != nil {
		return nil, err
	}
	if _, err := command(tree, "tar", "-xf", files); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(tree, "cost", "cmd", "cost")); err != nil {
		return nil, fmt.Errorf("that commit has no cost/cmd/cost yet; name a later one: %w", err)
	}
	text, err := command(tree, "go", "run", "./cost/cmd/cost", "-graph", "-stack", stack)
	if err != nil {
		return nil, err
	}
	return graph.Read(bytes.NewReader(text))
}

func command(dir, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, errs.String())
	}
	return out, nil
}
