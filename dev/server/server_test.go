package server

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/avila-devops/saas/dev/process"
)

// address is a loopback address that no other test has.
func address(last int) string {
	return fmt.Sprintf("127.%d.%d.%d", 16+os.Getpid()%224, os.Getpid()/224%250, 100+last)
}

func TestPortsThatCannotBeUsedAreAllNamed(t *testing.T) {
	t.Parallel()
	at := address(1)
	l, err := net.Listen("tcp", net.JoinHostPort(at, "16379"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ports := DefaultPorts
	if err := ports.Check(address(2), 5); err != nil {
		t.Errorf("good ports are refused: %v", err)
	}
	ports.HTTP, ports.Health, ports.Prometheus = 80, 70000, ports.HTTPS
	err = ports.Check(at, 2)
	for _, want := range []string{"port 80 for -http: a port is 1024", "port 70000 for -health", "port 8443 is both -https's and -prometheus's", "port 16379 on " + at + " is taken", "choose another with -redis"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

func TestAnAddressOfOthersIsRefused(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"0.0.0.0", "192.0.2.1", "localhost", ""} {
		if _, err := New(t.TempDir(), at, DefaultPorts, nil, nil); err == nil || !strings.Contains(err.Error(), "is not of this machine alone") {
			t.Errorf("%q: got %v", at, err)
		}
	}
}

func TestEveryFlagOfAPortSetsIt(t *testing.T) {
	t.Parallel()
	var ports Ports
	seen := map[string]bool{}
	for i, port := range ports.List() {
		if seen[port.Name] {
			t.Errorf("-%s is there twice", port.Name)
		}
		seen[port.Name] = true
		*port.Value = i + 1
	}
	for i, port := range ports.List() {
		if *port.Value != i+1 {
			t.Errorf("-%s sets another's port", port.Name)
		}
	}
}

// place is a place where the tests' user may run servers.
func place(t *testing.T, last int) *Place {
	t.Helper()
	dir, err := os.MkdirTemp("", "server-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })  // a temporary directory that stays harms no test
	if err := os.Chmod(dir, 0o755); err != nil { // started by root, servers run as another user
		t.Fatal(err)
	}
	programs, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	group := process.NewGroup(filepath.Join(dir, "run"))
	p, err := New(dir, address(last), DefaultPorts, programs, group)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAPasswordIsMadeOnce(t *testing.T) {
	t.Parallel()
	p := place(t, 3)
	path, first, err := p.Secret("redis")
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := p.Secret("redis")
	if err != nil || first != second || len(first) < 20 {
		t.Errorf("got %q, then %q, %v", first, second, err)
	}
	if _, other, err := p.Secret("app"); err != nil || other == first {
		t.Errorf("two passwords are one: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
}

func TestTheDataOfAnotherReleaseIsNotTouched(t *testing.T) {
	t.Parallel()
	p := place(t, 4)
	data := p.Path("data", "postgres")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Postgres(t.Context(), nil); !errors.Is(err, ErrOtherRelease) || !strings.Contains(err.Error(), "remove it, and the data begins anew") {
		t.Errorf("got %v", err)
	}
}

func TestAServerThatNoRecordNamesIsNotForgotten(t *testing.T) {
	t.Parallel()
	p := place(t, 5)
	data := p.Path("data", "postgres")
	// It has the directory among its arguments, as the server would.
	cmd := exec.Command("sh", "-c", "read forever", data, "-")
	wait, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = wait.Close(); _ = cmd.Wait() }() // it ends when there is no more to read
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	pid := filepath.Join(data, "postmaster.pid")
	if err := os.WriteFile(pid, fmt.Appendf(nil, "%d\n", cmd.Process.Pid), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.unlock(data); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("kill -INT %d", cmd.Process.Pid)) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(pid); err != nil {
		t.Errorf("the pid file of a server that runs is gone: %v", err)
	}
}

func TestPrometheusReadsWhatIsWritten(t *testing.T) {
	t.Parallel()
	text, err := Scrape([]Upstream{{"landing", "127.0.0.1:18001"}, {"admin", "127.0.0.1:18003"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"job_name: landing", "127.0.0.1:18001", "job_name: admin", "scrape_interval: 5s"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
