// Package redistest runs a real redis-server for a test: on loopback, on a free
// port, with its files in the test's directory, gone with the test. It can be
// killed and started again, with what it had on disk.
package redistest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	// It silences go-redis, as services do: a test that kills its server would
	// print a line for every connection that is tried.
	_ "github.com/avila-devops/saas/apps/internal/memorystore"
)

// Server is a redis-server.
type Server struct {
	Addr string

	t       testing.TB
	args    []string
	dir     string
	command *exec.Cmd
	output  bytes.Buffer
	exited  chan struct{} // closed when the command has been waited for
	tls     bool
}

// Start runs a server that syncs every write to disk before it answers, so
// that what it acknowledged survives a kill. args are added to its command
// line.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	s := &Server{t: t, args: args, dir: t.TempDir()}
	for attempt := range 5 { // another process may take the port between the look and the start
		s.Addr = free(t)
		err := s.start()
		if err == nil {
			break
		}
		if attempt == 4 {
			t.Fatal(err)
		}
	}
	t.Cleanup(s.Kill)
	return s
}

// StartTLS runs a server that speaks TLS only.
func StartTLS(t testing.TB, cert, key string, args ...string) *Server {
	t.Helper()
	s := &Server{t: t, args: append([]string{"--tls-cert-file", cert, "--tls-key-file", key, "--tls-auth-clients", "no"}, args...), dir: t.TempDir(), tls: true}
	s.Addr = free(t)
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}

func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (s *Server) start() error {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		s.t.Fatal("redis-server is not installed; run make test-deps")
	}
	_, port, _ := net.SplitHostPort(s.Addr)
	plain, secure := port, "0" // 0 is none
	if s.tls {
		plain, secure = secure, plain
	}
	args := append([]string{
		"--bind", "127.0.0.1", "--port", plain, "--tls-port", secure, "--dir", s.dir, "--save", "",
		"--repl-diskless-sync-delay", "0", "--appendonly", "yes", "--appendfsync", "always", "--daemonize", "no",
	}, s.args...)
	s.output.Reset()
	s.command = exec.Command(program, args...)
	s.command.Stdout, s.command.Stderr = &s.output, &s.output
	s.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // no test leaves a server behind
	if err := s.command.Start(); err != nil {
		return fmt.Errorf("start redis-server: %w", err)
	}
	return s.ready()
}

// ready waits until the server accepts connections and has read its files.
func (s *Server) ready() error {
	exited, command := make(chan struct{}), s.command
	s.exited = exited
	go func() {
		_ = command.Wait()
		close(exited)
	}()
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		select {
		case <-exited:
			return fmt.Errorf("redis-server on %s ended at once: %s", s.Addr, s.output.String())
		default:
		}
		conn, err := net.DialTimeout("tcp", s.Addr, time.Second)
		if err != nil {
			continue
		}
		_ = conn.Close()
		if s.tls || s.loaded() {
			return nil
		}
	}
	return fmt.Errorf("redis-server on %s did not accept connections in 15s", s.Addr)
}

func (s *Server) loaded() bool {
	c := redis.NewClient(&redis.Options{Addr: s.Addr, MaxRetries: -1})
	defer func() { _ = c.Close() }()
	err := c.Ping(context.Background()).Err()
	return err == nil || redis.HasErrorPrefix(err, "NOAUTH")
}

// Client returns a client without TLS, closed with the test.
func (s *Server) Client() *redis.Client {
	c := redis.NewClient(&redis.Options{Addr: s.Addr})
	s.t.Cleanup(func() { _ = c.Close() })
	return c
}

// Kill ends the server as a crash does: without a word to it.
func (s *Server) Kill() {
	_ = s.command.Process.Kill()
	<-s.exited
}

// Restart starts a killed server again, at the same address, with its files.
func (s *Server) Restart() {
	s.t.Helper()
	if err := s.start(); err != nil {
		s.t.Fatal(err)
	}
}

// Write makes a file in the server's directory and returns its path.
func (s *Server) Write(name, content string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// Port returns the server's port.
func (s *Server) Port() int {
	_, port, _ := net.SplitHostPort(s.Addr)
	n, _ := strconv.Atoi(port)
	return n
}
