package lifecycle_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/avila-devops/saas/sandbox/home"
	"github.com/avila-devops/saas/sandbox/lifecycle"
	"github.com/avila-devops/saas/sandbox/toolchain"
)

// repositoryRoot is the repository, from this package.
const repositoryRoot = "../.."

// copyRepository copies the repository's files, so that a test may change the
// program and its configuration.
func copyRepository(t *testing.T) string {
	t.Helper()
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = repositoryRoot
	names, err := list.Output()
	if err != nil {
		t.Fatalf("list the repository's files: %v", err)
	}
	root := t.TempDir()
	var copied int
	for _, name := range strings.Split(strings.TrimRight(string(names), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(repositoryRoot, name))
		if os.IsNotExist(err) {
			continue // deleted, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(root, name), text)
		copied++
	}
	if copied < 100 {
		t.Fatalf("copied %d files: that is not the repository", copied)
	}
	return root
}

// edit replaces text in a file of a copy; the text must stand there once.
func edit(t *testing.T, root, name, old, fresh string) {
	t.Helper()
	path := filepath.Join(root, name)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), old) != 1 {
		t.Fatalf("%s holds %q %d times, want once", name, old, strings.Count(string(text), old))
	}
	write(t, path, []byte(strings.Replace(string(text), old, fresh, 1)))
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// rig is a sandbox of its own around a copy of the repository.
type rig struct {
	*lifecycle.Sandbox
	out *bytes.Buffer
}

func newRig(t *testing.T) *rig {
	t.Helper()
	tools, err := filepath.Abs(filepath.Join(repositoryRoot, ".sandbox"))
	if err != nil {
		t.Fatal(err)
	}
	from, h := home.Home(tools), home.Home(filepath.Join(t.TempDir(), "sandbox"))
	if err := toolchain.Borrow(from, h); err != nil {
		t.Fatal(err)
	}
	link(t, cli(t), filepath.Join(h.Bin(), "sandbox"))
	out := &bytes.Buffer{}
	r := &rig{Sandbox: &lifecycle.Sandbox{Root: copyRepository(t), Home: h, Out: out, Errs: out}, out: out}
	t.Cleanup(func() {
		if err := r.Reset(context.Background()); err != nil {
			t.Errorf("reset: %v", err)
		}
		if t.Failed() {
			t.Logf("the sandbox said:\n%s", tail(r.out.String(), 8000))
		}
	})
	return r
}

// cli builds the sandbox's command line, which env.sh's pulumi runs.
func cli(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sandbox")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", path, "./sandbox/cmd/sandbox")
	build.Dir = repositoryRoot
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the command line: %v\n%s", err, said)
	}
	return path
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

func tail(text string, size int) string {
	if len(text) > size {
		return "…" + text[len(text)-size:]
	}
	return text
}

// pulumi runs plain pulumi as env.sh gives it, and returns what it printed.
func (r *rig) pulumi(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("sh", append([]string{"-c", `. "$0" && exec pulumi "$@"`, r.Home.EnvFile()}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pulumi %s: %v\n%s%s", strings.Join(args, " "), err, out, errs.String())
	}
	return string(out)
}

// ciphertext is encrypted anew whenever the engine writes its state.
var ciphertext = regexp.MustCompile(`"ciphertext":\s*"[^"]*"`)

// resources returns the stack's custom resources: URN to inputs, as JSON.
func (r *rig) resources(t *testing.T, stack string) map[string]string {
	t.Helper()
	var state struct {
		Deployment struct {
			Resources []struct {
				URN    string          `json:"urn"`
				Custom bool            `json:"custom"`
				Inputs json.RawMessage `json:"inputs"`
			} `json:"resources"`
		} `json:"deployment"`
	}
	if err := json.Unmarshal([]byte(r.pulumi(t, "stack", "export", "-s", stack)), &state); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, resource := range state.Deployment.Resources {
		if resource.Custom {
			found[resource.URN] = ciphertext.ReplaceAllString(string(resource.Inputs), `"ciphertext":""`)
		}
	}
	return found
}

// changes returns what the last update of a stack did: operation to count.
func (r *rig) changes(t *testing.T, stack string) map[string]int {
	t.Helper()
	var updates []struct {
		ResourceChanges map[string]int `json:"resourceChanges"`
	}
	if err := json.Unmarshal([]byte(r.pulumi(t, "stack", "history", "-s", stack, "--json", "--page-size", "1")), &updates); err != nil {
		t.Fatal(err)
	}
	if len(updates) != 1 {
		t.Fatalf("the history of %s has %d updates on its first page of one", stack, len(updates))
	}
	return updates[0].ResourceChanges
}

// contents reads every regular file below a directory.
func contents(t *testing.T, dir string, each func(path string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		text, err := io.ReadAll(file)
		each(path, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
