package bench_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/procfs"
)

// server is a process that serves the read.
type server struct {
	serving
	pid int
}

// start runs a server, which ends with the benchmark.
func (w *world) start(b *testing.B, cmd *exec.Cmd, headers map[string]string) *server {
	b.Helper()
	o := order{Settings: w.settings(b), Hosts: map[string]string{}, Headers: headers}
	for t := range w.Directory.All() {
		o.Hosts[t.Host] = t.ID.String()
	}
	text, err := json.Marshal(o)
	if err != nil {
		b.Fatal(err)
	}
	cmd.Env = append(cmd.Environ(), orderVariable+"="+string(text))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		_ = cmd.Wait()                          // how it ended does not matter any more
	})
	s := &server{pid: cmd.Process.Pid}
	if err := json.NewDecoder(out).Decode(&s.serving); err != nil {
		_ = cmd.Process.Kill() // what it wrote is whole once it has ended
		_ = cmd.Wait()         // as above
		b.Fatalf("%s did not serve: %v\n%s", strings.Join(cmd.Args, " "), err, problems.String())
	}
	return s
}

// cpu is the time that the server's process has computed, be it for the
// program or in the kernel.
func (s *server) cpu(t testing.TB) time.Duration {
	t.Helper()
	p, err := procfs.NewProc(s.pid)
	if err != nil {
		t.Fatal(err)
	}
	stat, err := p.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(stat.CPUTime() * float64(time.Second))
}
