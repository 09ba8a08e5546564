package repository_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// claimed finds the tests that docs/isolation.md names, with their files.
var claimed = regexp.MustCompile("\\| \\[`((?:Test|Fuzz)\\w+)`\\]\\(([^)]+)\\) \\|")

func TestEveryClaimOfIsolationHasItsTest(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "docs", "isolation.md"))
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "| ") || !strings.Contains(line, "_test.go") {
			continue
		}
		found := claimed.FindStringSubmatch(line)
		if found == nil {
			t.Errorf("this line names no test as the others do: %s", line)
			continue
		}
		path := filepath.Join(root, "docs", found[2])
		source, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		files = append(files, path)
		if !strings.Contains(string(source), "\nfunc "+found[1]+"(") {
			t.Errorf("docs/isolation.md names %s, which %s does not have", found[1], found[2])
		}
	}
	if len(files) < 40 {
		t.Errorf("%d claims were read, so nothing was judged", len(files))
	}
	for _, path := range testsOfIsolation(t) {
		if !slices.Contains(files, path) {
			t.Errorf("docs/isolation.md names no test of %s; add its claim", path)
		}
	}
}

// testsOfIsolation finds the files whose name says what they prove.
func testsOfIsolation(t *testing.T) (files []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(root, "apps"), func(path string, _ fs.DirEntry, err error) error {
		if slices.Contains([]string{"isolation_test.go", "interleaving_test.go", "fault_test.go"}, filepath.Base(path)) {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 8 {
		t.Errorf("only %d files of tests of isolation were found", len(files))
	}
	return files
}
