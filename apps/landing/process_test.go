package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/postgrestest"
)

// asService makes the test binary run the service instead of the tests, so
// that a test has a real process without building one.
const asService = "LANDING_TEST_RUNS_SERVICE"

func TestMain(m *testing.M) {
	if os.Getenv(asService) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

var cluster *postgrestest.Cluster

// process is the service as an operating system runs it.
type process struct {
	cmd           *exec.Cmd
	public, admin string
	lines         *bufio.Scanner
	errors        bytes.Buffer
}

// command prepares the service with the given environment and no other.
func command(t *testing.T, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append([]string{asService + "=1", "ADDRESS=127.0.0.1:0", "ADMIN_ADDRESS=127.0.0.1:0"}, env...)
	return cmd
}

// start runs the service and waits until it is ready.
func start(t *testing.T, env ...string) *process {
	t.Helper()
	p := &process{cmd: command(t, env...)}
	p.cmd.Stderr = &p.errors
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})
	p.lines = bufio.NewScanner(out)
	p.admin, p.public = p.next(t).Address, p.next(t).Address
	p.untilReady(t, http.StatusOK)
	return p
}

type line struct{ Msg, Address string }

func (p *process) next(t *testing.T) (l line) {
	t.Helper()
	if !p.lines.Scan() {
		t.Fatalf("the log ended; standard error: %s", &p.errors)
	}
	if err := json.Unmarshal(p.lines.Bytes(), &l); err != nil {
		t.Fatal(err)
	}
	return l
}

// says waits until the log says something.
func (p *process) says(t *testing.T, msg string) {
	t.Helper()
	for p.next(t).Msg != msg {
	}
}

// drainLog reads the log to its end, so that the service never waits for it.
func (p *process) drainLog() (all []string) {
	for p.lines.Scan() {
		all = append(all, p.lines.Text())
	}
	return all
}

// untilReady waits until /readyz answers code.
func (p *process) untilReady(t *testing.T, code int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		res, err := http.Get("http://" + p.admin + "/readyz")
		if err != nil {
			continue
		}
		_ = res.Body.Close()
		if res.StatusCode == code {
			return
		}
	}
	t.Fatalf("/readyz never answered %d", code)
}

// failed runs the service to its end and returns the exit code, and what it
// wrote on each stream.
func failed(t *testing.T, env ...string) (code int, out, complaint string) {
	t.Helper()
	cmd := command(t, env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("the service ended with %v", err)
	}
	return exit.ExitCode(), stdout.String(), stderr.String()
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %d: %v", url, res.StatusCode, err)
	}
	return string(body)
}

func TestABadEnvironmentStartsNothingAndIsReportedWhole(t *testing.T) {
	t.Parallel()
	code, out, complaint := failed(t, "ADDRESS=8080", "ADMIN_ADDRESS=:x", "DRAIN=10")
	want := "landing: the environment cannot be used; nothing was started:\n" +
		`ADDRESS: "8080" is not host:port; write the port after a colon, like :8080` + "\n" +
		`ADMIN_ADDRESS: ":x" has no port between 0 and 65535; write one, like :9090` + "\n" +
		`DRAIN: "10" is not a duration; write a number and a unit, like 10s` + "\n"
	if code != 1 || out != "" || complaint != want {
		t.Errorf("exit code %d, output %q, complaint\n%swant\n%s", code, out, complaint, want)
	}
}

// ASVS: v5.0.0-13.4.5.
func TestMetricsAreRefusedOnTheRequestsPort(t *testing.T) {
	t.Parallel()
	code, _, complaint := failed(t, "ADDRESS=:8099", "ADMIN_ADDRESS=127.0.0.1:8099")
	if want := `ADMIN_ADDRESS: "127.0.0.1:8099" has the port of ADDRESS`; code != 1 || !strings.Contains(complaint, want) {
		t.Errorf("exit code %d, complaint %q", code, complaint)
	}
}
