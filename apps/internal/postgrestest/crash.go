package postgrestest

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Kill ends the server as a crash does: without a word to its backends, which
// go as soon as they notice. It returns when all have.
func (c *Cluster) Kill() { c.server.stop(os.Kill) }

// Abort ends the server by an immediate shutdown: clients are told, and it
// recovers at its next start as after a crash.
func (c *Cluster) Abort() { c.server.stop(syscall.SIGQUIT) }

// Restart starts a server that was ended, with its files, and returns when it
// has recovered.
func (c *Cluster) Restart(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	for {
		var err error
		if c.server, err = run(asServer(exec.Command(c.program, c.args...))); err != nil {
			t.Fatal(err)
		}
		conn, err := c.await(ctx)
		if err == nil {
			_ = conn.Close(ctx) // it answered, which is all that is asked
			return
		}
		// The kernel may still count a process of the killed server.
		if ctx.Err() != nil || !strings.Contains(c.server.output(), "is still in use") {
			t.Fatal(err)
		}
	}
}

// Kill ends the pooler as a crash does.
func (p *Pooler) Kill() { p.server.stop(os.Kill) }

// Restart starts a pooler that was killed, on the same port.
func (p *Pooler) Restart(t testing.TB) {
	t.Helper()
	p.start(t)
}

// Freeze makes the pooler hang: it holds its connections and answers nobody.
func (p *Pooler) Freeze(t testing.TB) { p.signal(t, syscall.SIGSTOP) }

// Thaw lets a pooler go on that was frozen.
func (p *Pooler) Thaw(t testing.TB) { p.signal(t, syscall.SIGCONT) }

func (p *Pooler) signal(t testing.TB, s os.Signal) {
	t.Helper()
	if err := p.server.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// Command gives a command to the pooler itself, such as PAUSE.
func (p *Pooler) Command(t testing.TB, command string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), p.URL(admin, "pgbouncer"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if _, err := conn.PgConn().Exec(t.Context(), command).ReadAll(); err != nil {
		t.Fatalf("%s: %v", command, err)
	}
}
