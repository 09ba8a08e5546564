package repository_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tests that carry a requirement's tag into docs/security.md")

const (
	securityPage = root + "/docs/security.md"
	// asvsFile lists the ids of ASVS 5.0.0 with their levels, and nothing of its
	// text, which has a licence of its own.
	asvsFile = "testdata/asvs-5.0.0.txt"
)

// asvsID is a requirement's id.
var asvsID = regexp.MustCompile(`^\d+\.\d+\.\d+$`)

// asvsLevels maps each id to its level.
func asvsLevels(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(asvsFile)
	if err != nil {
		t.Fatal(err)
	}
	levels := map[string]string{}
	for line := range strings.Lines(string(text)) {
		id, level, _ := strings.Cut(strings.TrimSpace(line), " ")
		levels[id] = level
	}
	return levels
}

// cells are a table row's, or nil for other lines.
func cells(line string) []string {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "|") || !strings.HasSuffix(line, "|") {
		return nil
	}
	all := strings.Split(line[1:len(line)-1], "|")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}

// rowOf reads a line of the page: the ids that it is about, and its cells. A
// requirement that applies has a row of five; those that do not share one of
// two, with the reason.
func rowOf(line string) (ids, row []string) {
	row = cells(line)
	if row == nil || row[0] == "" {
		return nil, nil
	}
	ids = strings.Split(row[0], ", ")
	for _, id := range ids {
		if !asvsID.MatchString(id) {
			return nil, nil
		}
	}
	return ids, row
}

func TestEachRequirementOfLevels1And2IsAnsweredOnce(t *testing.T) {
	t.Parallel()
	levels := asvsLevels(t)
	text, err := os.ReadFile(securityPage)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for line := range strings.Lines(string(text)) {
		ids, row := rowOf(line)
		for _, id := range ids {
			seen[id]++
			if levels[id] == "" {
				t.Errorf("%s is no requirement of ASVS 5.0.0", id)
			}
		}
		switch {
		case ids == nil:
		case len(row) == 2 && row[1] != "":
		case len(row) != 5 || len(ids) != 1 || row[1] == "":
			t.Errorf("%q is neither id | in our words | where | tests | remark, nor ids | reason", strings.TrimSpace(line))
		default:
			judgeRow(t, ids[0], row)
		}
	}
	for id, level := range levels {
		if n := seen[id]; n > 1 || n == 0 && level != "3" {
			t.Errorf("%s, of level %s, occurs %d times in docs/security.md", id, level, n)
		}
	}
	if len(levels) != 345 || len(seen) < 253 {
		t.Errorf("looked at %d requirements and %d answers", len(levels), len(seen))
	}
}

// judgeRow holds that a row claims nothing without saying what shows it.
func judgeRow(t *testing.T, id string, row []string) {
	t.Helper()
	where, tests, remark := row[2], row[3], row[4]
	gap, read := strings.HasPrefix(remark, "gap: "), strings.HasPrefix(remark, "read: ")
	if tests == "" && !gap && !read {
		t.Errorf("%s is shown by no test: say what is missing (gap: …), or that it is seen by reading (read: …)", id)
	}
	if remark != "" && !gap && !read {
		t.Errorf("%s: the remark %q begins neither with gap: nor with read:", id, remark)
	}
	if !linked.MatchString(where) && !gap {
		t.Errorf("%s does not link to where it is met", id)
	}
}

func TestTheTestsThatARequirementNamesAreThoseThatCarryItsTag(t *testing.T) {
	t.Parallel()
	levels, tagged := asvsLevels(t), tags(t)
	text, err := os.ReadFile(securityPage)
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	answered := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if ids, row := rowOf(line); len(row) == 5 {
			answered[ids[0]] = true
			want := strings.Join(tagged[ids[0]], ", ")
			if row[3] != want && !*update {
				t.Errorf("%s names %q, and its tag is at %q; run: go test ./internal/repository -run Tag -update", ids[0], row[3], want)
			}
			row[3] = want
			line = "| " + strings.Join(row, " | ") + " |\n"
		}
		page.WriteString(line)
	}
	for id, tests := range tagged {
		if levels[id] == "" || !answered[id] {
			t.Errorf("%s has the tag %s, which has no row among those that apply in docs/security.md", strings.Join(tests, ", "), id)
		}
	}
	if len(tagged) < 50 {
		t.Errorf("found %d tags: nothing was scanned", len(tagged))
	}
	if *update {
		if err := os.WriteFile(securityPage, []byte(page.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// link is how the page names a test.
func link(path, name string) string {
	from, err := filepath.Rel(filepath.Dir(securityPage), path)
	if err != nil {
		return path + " " + name
	}
	return "[" + name + "](" + filepath.ToSlash(from) + ")"
}

// sorted puts each requirement's tests in one order.
func sorted(tagged map[string][]string) map[string][]string {
	for id := range tagged {
		slices.Sort(tagged[id])
	}
	return tagged
}
