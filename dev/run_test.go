package dev_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/avila-devops/saas/dev/server"
	"github.com/avila-devops/saas/sandbox/filelock"
)

// world is a directory with a copy of apps/ and a loopback address that nobody
// else has, so that the usual ports are free whatever else runs.
type world struct {
	t             *testing.T
	root, program string
	dir, address  string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir, err := os.MkdirTemp("", "dev-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })  // a temporary directory that stays harms no test
	if err := os.Chmod(dir, 0o755); err != nil { // started by root, servers run as another user
		t.Fatal(err)
	}
	// The copy is at the same place each time, so that the compiler's cache knows
	// it; another checkout's is elsewhere.
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, root: filepath.Join(os.TempDir(), fmt.Sprintf("avila-dev-%d-%.4x", os.Getuid(), sha256.Sum256([]byte(here)))), dir: filepath.Join(dir, "dev"), program: filepath.Join(dir, "program"),
		address: fmt.Sprintf("127.%d.%d.3", 16+os.Getpid()%224, os.Getpid()/224%250),
	}
	release, err := filelock.Acquire(t.Context(), w.root+".lock", func() { t.Log("another run of this test has the copy of apps/") })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	if err := os.RemoveAll(w.root); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(w.root) }) // as above
	if err := os.Mkdir(w.root, 0o755); err != nil {
		t.Fatal(err)
	}
	w.must("cp", "-r", "../apps", w.root)
	w.must("go", "build", "-buildvcs=false", "-o", w.program, "./cmd/dev")
	return w
}

func (w *world) must(name string, args ...string) {
	w.t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		w.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// source is a file of the copy.
func (w *world) source(name string) string { return filepath.Join(w.root, "apps", name) }

// edit changes a file of the copy as an editor does.
func (w *world) edit(name, old, new string) {
	w.t.Helper()
	text, err := os.ReadFile(w.source(name))
	if err != nil {
		w.t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		w.t.Fatalf("%s does not hold %q", name, old)
	}
	if err := os.WriteFile(w.source(name), []byte(strings.Replace(string(text), old, new, 1)), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// run is a run of make dev's program.
type run struct {
	t   *testing.T
	cmd *exec.Cmd
	end chan error

	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed and made anew at each line
}

func (w *world) start() *run {
	w.t.Helper()
	r := &run{t: w.t, end: make(chan error, 1), more: make(chan struct{})}
	r.cmd = exec.Command(w.program, "-root", w.root, "-dir", w.dir, "-address", w.address)
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	read, write, err := os.Pipe()
	if err != nil {
		w.t.Fatal(err)
	}
	r.cmd.Stdout, r.cmd.Stderr = write, write
	if err := r.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	_ = write.Close() // the program has its own
	go func() {
		r.follow(read) // to the end of what it says
		r.end <- r.cmd.Wait()
	}()
	w.t.Cleanup(func() {
		_ = r.cmd.Process.Kill() // it has ended, unless the test failed
		if w.t.Failed() {
			w.t.Logf("the run said:\n%s", r.said())
		}
	})
	return r
}

func (r *run) follow(from io.Reader) {
	for lines := bufio.NewScanner(from); lines.Scan(); {
		r.mu.Lock()
		r.text.WriteString(lines.Text() + "\n")
		close(r.more)
		r.more = make(chan struct{})
		r.mu.Unlock()
	}
}

func (r *run) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// says waits until the run has said something n times.
func (r *run) says(n int, word string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 4*time.Minute)
	defer cancel()
	for {
		r.mu.Lock()
		found, more := strings.Count(r.text.String(), word) >= n, r.more
		r.mu.Unlock()
		if found {
			return
		}
		select {
		case <-more:
		case err := <-r.end:
			r.end <- err
			r.t.Fatalf("the run ended with %v before it said %q", err, word)
		case <-ctx.Done():
			r.t.Fatalf("the run does not say %q", word)
		}
	}
}

// ends waits for the end of the run.
func (r *run) ends() error {
	r.t.Helper()
	select {
	case err := <-r.end:
		r.end <- err
		return err
	case <-time.After(time.Minute):
		r.t.Fatal("the run does not end")
		return nil
	}
}

func (r *run) signal(signal syscall.Signal) {
	r.t.Helper()
	if err := r.cmd.Process.Signal(signal); err != nil {
		r.t.Fatal(err)
	}
}

// leftovers are the processes that have to do with the world's directory, and
// the ports that are still taken.
func (w *world) leftovers() string {
	var left []string
	found, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range found {
		if text, err := os.ReadFile(path); err == nil && bytes.Contains(text, []byte(w.dir)) {
			left = append(left, strings.ReplaceAll(string(text), "\x00", " "))
		}
	}
	ports := server.DefaultPorts
	if err := ports.Check(w.address, 5); err != nil {
		left = append(left, err.Error())
	}
	return strings.Join(left, "\n")
}

// clears waits until nothing is left over: what the kernel has told to end
// takes a moment.
func (w *world) clears() {
	w.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); w.leftovers() != ""; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("left over:\n%s", w.leftovers())
		}
	}
}

func (w *world) at(port int) string { return net.JoinHostPort(w.address, strconv.Itoa(port)) }
