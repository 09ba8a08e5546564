// Package settings is the checklist of what an expert looks for in the Google
// Cloud half of an environment, as data: a file for each part, a row for each
// setting. Each row is held against the resources that the program declares,
// for both stacks, and docs/settings.md is written from the rows: neither can
// go stale.
//
// It judges the program of this repository. What a deployment must not violate,
// whoever wrote it, is in the policy pack.
package settings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/stacks/graph"
)

// Part is one part of the environment and what must hold of it.
type Part struct {
	Name string
	Rows []Row
}

// Row is one setting.
type Row struct {
	Setting string    // what holds, in a reader's words
	Type    string    // the resource type that carries it
	Name    string    // narrows the type to names that contain this
	With    string    // narrows it to resources that set this property, or with path=text, to that text
	Without string    // narrows it to resources that do not
	Path    string    // the property, as in graph.Resource.Get; empty: the resource itself
	Want    Predicate // what the property must be; the zero value asks for the resource alone
	Regions bool      // at least one such resource in every region
	None    bool      // no such resource may exist at all
	Guarded bool      // refuses deletion in the engine too
	After   string    // a type that the resource must come after, by data
	Stacks  []string  // stacks it holds for; all when empty
}

// Parts lists the parts in the order of the document.
var Parts = []Part{network, kms, gke, backup, sql, redis, storage, registry, admission, dns, edge, cdn, identity, federation, audit, project}

// Judge returns what keeps a row from holding for resources of a stack with
// regions, or nil.
func (row Row) Judge(resources []graph.Resource, regions []string) error {
	var found []graph.Resource
	for _, r := range resources {
		if row.Selects(r) {
			found = append(found, r)
		}
	}
	if row.None {
		if len(found) > 0 {
			return fmt.Errorf("%s %s exists", row.Type, found[0].Name)
		}
		return nil
	}
	if len(found) == 0 {
		return fmt.Errorf("no %s %s exists", row.Type, row.Name)
	}
	if row.Regions {
		for _, region := range regions {
			if !slices.ContainsFunc(found, func(r graph.Resource) bool { return r.Region() == region }) {
				return fmt.Errorf("no %s %s is in %s", row.Type, row.Name, region)
			}
		}
	}
	for _, r := range found {
		if err := row.judge(r, resources); err != nil {
			return fmt.Errorf("%s %s: %w", r.Type, r.Name, err)
		}
	}
	return nil
}

func (row Row) judge(r graph.Resource, all []graph.Resource) error {
	if row.Guarded && !r.Protect {
		return fmt.Errorf("it is not protected")
	}
	if row.After != "" && !follows(r, row.After, all, map[resource.URN]bool{}) {
		return fmt.Errorf("it does not come after any %s", row.After)
	}
	if row.Want.holds == nil {
		return nil
	}
	if value := r.Get(row.Path); !row.Want.holds(value) {
		return fmt.Errorf("%s is %s; want %s", row.Path, show(value), row.Want.Text)
	}
	return nil
}

// follows reports whether a resource takes values, directly or through others,
// from one of a type.
func follows(r graph.Resource, typ string, all []graph.Resource, seen map[resource.URN]bool) bool {
	for _, urn := range r.After {
		if seen[urn] {
			continue
		}
		seen[urn] = true
		if string(urn.Type()) == typ {
			return true
		}
		i := slices.IndexFunc(all, func(other graph.Resource) bool { return other.URN == urn })
		if i >= 0 && follows(all[i], typ, all, seen) {
			return true
		}
	}
	return false
}

// Selects reports whether a row is about a resource.
func (row Row) Selects(r graph.Resource) bool {
	path, text, _ := strings.Cut(row.With, "=")
	return r.Type == row.Type && strings.Contains(r.Name, row.Name) &&
		(row.With == "" || !r.Get(path).IsNull() && (text == "" || r.Text(path) == text)) &&
		(row.Without == "" || r.Get(row.Without).IsNull())
}

// Covers reports whether a row is about a stack.
func (row Row) Covers(stack string) bool {
	return len(row.Stacks) == 0 || slices.Contains(row.Stacks, stack)
}
