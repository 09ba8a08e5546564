// Package chart knows the Helm charts that the sandbox can install: which
// releases of them, which values they take, and the custom resource
// definitions that they bring, from the Go modules that tools/crds pins. It
// renders no templates, so of a chart's objects only the definitions exist in
// the sandbox; who applies them is sandbox/kubernetes.
package chart

import (
	"fmt"
	"slices"
	"strings"
)

// Chart is one release of a chart.
type Chart struct {
	Name         string
	Version      string   // as the chart's own metadata has it
	App          string   // the version of what it runs
	Repositories []string // where it is published; an oci:// address names the chart too

	Module  string // Go module in tools/crds that has its definitions
	Files   string // pattern of the files in the module that hold them
	Schema  string // JSON Schema of its values in the module, or
	Keys    []string
	Enabled []Switch // values that bring the definitions, any of them
	// Keep is the value by which the definitions outlive the release.
	Keep Switch
	// Bundled definitions lie in the chart's crds directory: Helm installs them
	// once, and neither changes nor removes them.
	// https://helm.sh/docs/chart_best_practices/custom_resource_definitions/
	Bundled bool
}

// Switch is a value that is true or false. Without a path it is its default.
type Switch struct {
	Path    string // names joined by dots
	Default bool
}

func (s Switch) on(values map[string]any) (bool, error) {
	var value any = values
	for name := range strings.SplitSeq(s.Path, ".") {
		next, ok := value.(map[string]any)[name]
		if !ok || next == nil {
			return s.Default, nil
		}
		if _, inner := next.(map[string]any); !inner && !strings.HasSuffix("."+s.Path, "."+name) {
			return false, fmt.Errorf("values.%s: %v holds no keys", s.Path, next)
		}
		value = next
	}
	on, ok := value.(bool)
	if !ok {
		return false, fmt.Errorf("values.%s: %v is neither true nor false", s.Path, value)
	}
	return on, nil
}

// Defined says whether a release with these values brings the definitions, and
// whether they stay when it goes.
func (c Chart) Defined(values map[string]any, skip bool) (comes, stays bool, err error) {
	for _, s := range c.Enabled {
		on, err := s.on(values)
		if err != nil {
			return false, false, err
		}
		comes = comes || on
	}
	stays, err = c.Keep.on(values)
	// skipCrds is about the crds directory: templates do not know of it.
	return comes && (!skip || !c.Bundled), stays || c.Bundled, err
}

// Find returns the chart that a release names: by a name and a repository, or
// by an oci:// address.
func Find(name, repository, version string) (Chart, error) {
	short, address := name, repository
	if strings.HasPrefix(name, "oci://") {
		short, address = name[strings.LastIndex(name, "/")+1:], name
	}
	var known, versions []string
	for _, c := range Charts {
		known = append(known, c.Name+" "+c.Version)
		if c.Name != short {
			continue
		}
		if !slices.Contains(c.Repositories, strings.TrimSuffix(address, "/")) {
			return Chart{}, fmt.Errorf("%q is no repository of the chart %s: use one of %s", address, short, strings.Join(c.Repositories, ", "))
		}
		if c.Version == version {
			return c, nil
		}
		versions = append(versions, c.Version)
	}
	switch {
	case len(versions) == 0:
		return Chart{}, fmt.Errorf("the sandbox has no chart %q; it has %s: add the chart to sandbox/chart, and the module with its definitions to tools/crds", name, strings.Join(known, ", "))
	case version == "":
		return Chart{}, fmt.Errorf("the release names no version of the chart %s: name an exact one, such as %s", short, strings.Join(versions, ", "))
	}
	return Chart{}, fmt.Errorf("the sandbox has the chart %s in version %s, not %q: use that, or add this one to sandbox/chart", short, strings.Join(versions, ", "), version)
}
