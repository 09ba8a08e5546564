package lifecycle_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
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

// runbooks are executed in this order on one sandbox: each begins where the
// one before it ended.
var runbooks = []string{"adopt", "keys", "certificates", "client-certificates", "domain", "restore", "bad-day", "region"}

// TestTheRunbooksDoWhatTheySay types the console blocks of the runbooks into a
// shell, and looks for the lines that they show. Blocks of other kinds are for
// the real cloud alone.
func TestTheRunbooksDoWhatTheySay(t *testing.T) {
	r := runbookRig(t)
	for _, name := range runbooks {
		text, err := os.ReadFile(filepath.Join(r.Root, "docs", "runbooks", name+".md"))
		if err != nil {
			t.Fatal(err)
		}
		steps := consoleSteps(string(text))
		if len(steps) < 2 {
			t.Fatalf("%s has %d commands: nothing was read", name, len(steps))
		}
		shell := newShell(t, r.Root)
		for _, step := range steps {
			if !step.run(t, name, shell) {
				t.Fatalf("the rest of %s rests on it", name)
			}
		}
	}
}

// step is one command of a runbook and what it prints.
type step struct {
	command string
	fails   bool
	want    []string
}

// consoleSteps reads the console blocks: a line after "$ " begins a command,
// lines after "> " go on with it, and what follows is printed. … stands for any
// text, and lines that are not shown may come in between.
func consoleSteps(text string) []step {
	var steps []step
	inside := false
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case !inside:
		case strings.HasPrefix(line, "$ "):
			command, fails := strings.CutSuffix(line[2:], " # fails")
			steps = append(steps, step{command: command, fails: fails})
		case strings.HasPrefix(line, "> "):
			steps[len(steps)-1].command += "\n" + line[2:]
		case strings.TrimSpace(line) != "":
			steps[len(steps)-1].want = append(steps[len(steps)-1].want, line)
		}
	}
	return steps
}

func (s step) run(t *testing.T, runbook string, shell *shell) bool {
	t.Helper()
	out, code := shell.run(t, s.command)
	if (code != 0) != s.fails {
		t.Errorf("%s: %s\nends with %d:\n%s", runbook, s.command, code, tail(out, 6000))
		return false
	}
	rest := out
	for _, want := range s.want {
		at := pattern(want).FindStringIndex(rest)
		if at == nil {
			t.Errorf("%s: %s\ndoes not print %q, or not in this order:\n%s", runbook, s.command, want, tail(out, 6000))
			return false
		}
		rest = rest[at[1]:]
	}
	return true
}

// pattern matches a line that a runbook shows.
func pattern(line string) *regexp.Regexp {
	parts := strings.Split(strings.TrimSpace(line), "…")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	return regexp.MustCompile(`(?m)^\s*` + strings.Join(parts, ".*") + `\s*$`)
}

// shell is a running shell, so that what one command sets is there for the
// next.
type shell struct {
	in  io.Writer
	out *bufio.Scanner
}

// endOfCommand is printed after each command, with its status.
const endOfCommand = "end of the runbook's command: "

func newShell(t *testing.T, dir string) *shell {
	t.Helper()
	cmd := exec.Command("bash", "--norc", "--noprofile")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NO_COLOR=1", "MAKEFLAGS=", "PS1=")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = write, write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() {
		if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
			t.Errorf("the shell ends with %v", err)
		}
		read.Close()
	})
	out := bufio.NewScanner(read)
	out.Buffer(nil, 1<<22)
	return &shell{in: in, out: out}
}

// run types a command and returns what it printed and its status. The command
// reads nothing: what follows is for the shell.
func (s *shell) run(t *testing.T, command string) (out string, code int) {
	t.Helper()
	if _, err := fmt.Fprintf(s.in, "{ %s\n} </dev/null\necho \"%s$?\"\n", command, endOfCommand); err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	for s.out.Scan() {
		if status, ended := strings.CutPrefix(s.out.Text(), endOfCommand); ended {
			if _, err := fmt.Sscan(status, &code); err != nil {
				t.Fatal(err)
			}
			return printed.String(), code
		}
		fmt.Fprintln(&printed, s.out.Text())
	}
	t.Fatalf("the shell ended at %s: %v\n%s", command, s.out.Err(), printed.String())
	return "", 0
}

// runbookRig is a sandbox where make puts it: beside the program, in a copy of
// the repository.
func runbookRig(t *testing.T) *rig {
	t.Helper()
	tools, err := filepath.Abs(filepath.Join(repositoryRoot, ".sandbox"))
	if err != nil {
		t.Fatal(err)
	}
	root := copyRepository(t)
	h := home.Home(filepath.Join(root, ".sandbox"))
	if err := toolchain.Borrow(home.Home(tools), h); err != nil {
		t.Fatal(err)
	}
	out := &bytes.Buffer{}
	r := &rig{Sandbox: &lifecycle.Sandbox{Root: root, Home: h, Out: out, Errs: out}, out: out}
	t.Cleanup(func() {
		if err := r.Reset(context.Background()); err != nil {
			t.Errorf("reset: %v", err)
		}
	})
	return r
}
