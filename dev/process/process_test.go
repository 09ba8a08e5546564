package process

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// shell is a process that runs a script.
func shell(name, script string, out io.Writer) Spec {
	return Spec{Name: name, Path: "/bin/sh", Args: []string{"-c", script}, Env: []string{"PATH=/usr/bin:/bin"}, Dir: "/", Output: out}
}

// written waits for a file, and returns the number in it.
func written(t *testing.T, path string) int {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if text, err := os.ReadFile(path); err == nil && strings.HasSuffix(string(text), "\n") {
			n, err := strconv.Atoi(strings.TrimSpace(string(text)))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("%s is never written", path)
	return 0
}

func gone(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if _, alive := look(pid); !alive {
			return
		}
	}
	t.Fatalf("process %d lives on", pid)
}

func TestAProcessIsRecordedWhileItRuns(t *testing.T) {
	t.Parallel()
	g := NewGroup(t.TempDir())
	p, err := g.Start(shell("sleeper", "exec sleep 1000", nil))
	if err != nil {
		t.Fatal(err)
	}
	r, err := g.read("sleeper")
	if err != nil || r.PID != p.cmd.Process.Pid || !slices.Equal(r.members(), []int{r.PID}) {
		t.Errorf("the record is %+v, %v, of %v", r, err, r.members())
	}
	p.Stop(t.Context())
	if _, err := g.read("sleeper"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the record stays: %v", err)
	}
	if _, alive := look(r.PID); alive {
		t.Error("the process lives on")
	}
}

func TestAChildThatAProcessLeavesEndsWithIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	g := NewGroup(dir)
	file := filepath.Join(dir, "child")
	p, err := g.Start(shell("parent", "sleep 1000 & echo $! > "+file+"; wait", nil))
	if err != nil {
		t.Fatal(err)
	}
	child := written(t, file)
	p.Stop(t.Context())
	gone(t, child)
}

func TestAProcessThatDoesNotStopIsEnded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	g := NewGroup(dir)
	file := filepath.Join(dir, "ready")
	p, err := g.Start(shell("deaf", "trap '' TERM; echo $$ > "+file+"; while :; do sleep 1; done", nil))
	if err != nil {
		t.Fatal(err)
	}
	pid := written(t, file)
	hurry, cancel := context.WithCancel(t.Context())
	cancel()
	p.Stop(hurry)
	gone(t, pid)
	if err := p.Err(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("it ended with %v", err)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	g := NewGroup(dir)
	ctx, cancel := context.WithCancel(t.Context())
	file := filepath.Join(dir, "ready")
	ended := make(chan error, 1)
	go func() { ended <- g.Run(ctx, shell("long", "echo $$ > "+file+"; sleep 1000", nil)) }()
	pid := written(t, file)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	gone(t, pid)
	var said bytes.Buffer
	if err := g.Run(t.Context(), shell("failing", "echo why; exit 3", &said)); err == nil || said.String() != "why\n" {
		t.Errorf("got %v, %q", err, &said)
	}
}

// orphan starts a group that belongs to nobody, as a crash leaves it, and
// records it.
func orphan(t *testing.T, g *Group, name, script string) int {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pid")
	cmd := exec.Command("/bin/sh", "-c", strings.ReplaceAll(script, "FILE", file))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait() }() // how it ends is the test's business
	written(t, file)
	if err := os.MkdirAll(g.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := g.record(name, cmd.Process.Pid); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }) // it has ended
	return written(t, file)
}

func TestWhatACrashLeftIsEnded(t *testing.T) {
	t.Parallel()
	g := NewGroup(filepath.Join(t.TempDir(), "run"))
	server := orphan(t, g, "server", "echo $$ > FILE; exec sleep 1000")
	// The leader has ended, and its workers have not: as nginx's.
	worker := orphan(t, g, "workers", "sleep 1000 & echo $! > FILE")
	left, err := g.Heal(t.Context())
	if err != nil || !slices.Equal(left, []string{"server", "workers"}) {
		t.Errorf("healed %v, %v", left, err)
	}
	gone(t, server)
	gone(t, worker)
	if left, err := g.Heal(t.Context()); err != nil || left != nil {
		t.Errorf("there is more to heal: %v, %v", left, err)
	}
}

func TestWhoeverHasTheNumberNowIsLeftAlone(t *testing.T) {
	t.Parallel()
	g := NewGroup(filepath.Join(t.TempDir(), "run"))
	stranger := orphan(t, g, "server", "echo $$ > FILE; exec sleep 1000")
	for name, change := range map[string]func(string) string{
		"later":      func(text string) string { return strings.Replace(text, `"started":"`, `"started":"9`, 1) },
		"rebooted":   func(text string) string { return strings.Replace(text, `"boot":"`, `"boot":"other-`, 1) },
		"unfinished": func(text string) string { return text[:5] },
	} {
		text, err := os.ReadFile(g.path("server"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(g.path(name), []byte(change(string(text))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(g.path("server")); err != nil {
		t.Fatal(err)
	}
	if left, err := g.Heal(t.Context()); err != nil || left != nil {
		t.Errorf("healed %v, %v", left, err)
	}
	if _, alive := look(stranger); !alive {
		t.Error("another's process was ended")
	}
}
