package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/avila-devops/saas/stacks/graph"
)

// Document writes docs/settings.md. Where a setting is set is looked up in the
// sources at root, among the components that declare the resources.
func Document(root string, resources []graph.Resource) (string, error) {
	var b strings.Builder
	b.WriteString(`# Settings

Written from package [stacks/settings](../stacks/settings) by
` + "`go test ./stacks/settings -update`" + `, and held against the resources that the
program declares for staging and prod: a row that no longer holds fails the tests,
and so does this file when it is not what the rows say.

"Comes after" means by data: the engine cannot begin the one before the other is
there. "Protected" is the engine's own protection beside Google's.
`)
	for _, part := range Parts {
		fmt.Fprintf(&b, "\n## %s\n\n| setting | resource | property | value | set in |\n| --- | --- | --- | --- | --- |\n", part.Name)
		for _, row := range part.Rows {
			where, err := row.setIn(root, resources)
			if err != nil {
				return "", fmt.Errorf("%s: %s: %w", part.Name, row.Setting, err)
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", row.text(), row.resource(), code(row.Path), row.value(), where)
		}
	}
	return b.String(), nil
}

func (row Row) text() string {
	if len(row.Stacks) == 0 {
		return row.Setting
	}
	return row.Setting + " (" + strings.Join(row.Stacks, ", ") + ")"
}

// resource names what a row is about.
func (row Row) resource() string {
	text := short(row.Type, row.Name)
	if row.With != "" {
		text += " with " + code(row.With)
	}
	if row.Without != "" {
		text += " without " + code(row.Without)
	}
	return text
}

// value joins what a row asks for beside the property's value.
func (row Row) value() string {
	var all []string
	if row.Want.Text != "" {
		all = append(all, row.Want.Text)
	}
	if row.Regions {
		all = append(all, "in every region")
	}
	if row.Guarded {
		all = append(all, "protected")
	}
	if row.After != "" {
		all = append(all, "comes after "+short(row.After, ""))
	}
	if row.None {
		all = append(all, "none exists")
	}
	if len(all) == 0 {
		all = append(all, "exists")
	}
	return strings.Join(all, "; ")
}

// setIn names the source file that sets the property, or else the component.
func (row Row) setIn(root string, resources []graph.Resource) (string, error) {
	i := slices.IndexFunc(resources, func(r graph.Resource) bool {
		return row.Selects(r) && r.Component() != ""
	})
	if i < 0 {
		if row.None {
			return "nowhere", nil
		}
		return "", fmt.Errorf("no component declares %s", row.Type)
	}
	dir := filepath.Join("components", resources[i].Component())
	if resources[i].Component() == "environment" {
		dir = "stacks"
	}
	names, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	if err != nil || len(names) == 0 {
		return "", fmt.Errorf("the component in %s has no sources: %w", dir, err)
	}
	// The file that makes the resource says more than one that sets a field of
	// the same name on another.
	made := row.Type[strings.LastIndex(row.Type, ":")+1:] + "Args{"
	field := regexp.MustCompile(`\b` + goField(row.Path) + `:|\.` + goField(row.Path) + ` = `)
	best, most := dir, 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("look for where %s is set: %w", row.Path, err)
		}
		score := 0
		if row.Path != "" && field.Match(text) {
			score += 2
		}
		if strings.Contains(string(text), made) {
			score++
		}
		if score > most {
			best, most = filepath.Join(dir, filepath.Base(name)), score
		}
	}
	return link(best), nil
}

// goField is the Go name of a path's last named step.
func goField(path string) string {
	steps := strings.Split(path, ".")
	for i := len(steps) - 1; i >= 0; i-- {
		if step := steps[i]; step != "" && (step[0] < '0' || step[0] > '9') {
			return regexp.QuoteMeta(strings.ToUpper(step[:1]) + step[1:])
		}
	}
	return regexp.QuoteMeta(path)
}

func link(path string) string { return "[" + path + "](../" + path + ")" }

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

// short is the type's last word, and the part of the name that narrows it.
func short(typ, name string) string {
	word := typ[strings.LastIndex(typ, ":")+1:]
	if name == "" {
		return word
	}
	return word + " `…" + strings.Trim(name, "-") + "…`"
}
