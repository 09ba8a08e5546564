package postgrestest

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// program finds a server's program where Debian puts it, or on the PATH.
func program(name string) (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil {
		return "", fmt.Errorf("look for %s: %w", name, err)
	}
	found = append(found, "/usr/sbin/"+name)
	slices.Reverse(found)
	for _, path := range found {
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	return "", fmt.Errorf("%s is not on this machine; run make test-deps", name)
}

// serverUser is whom servers run as when the tests run as root, which
// PostgreSQL and PgBouncer refuse to be.
var serverUser = sync.OnceValue(func() *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			continue
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			continue
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return nil
})

// asServer makes a command run as the servers' user, and die with the tests.
func asServer(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: serverUser(), Pdeathsig: syscall.SIGKILL, Setpgid: true}
	cmd.Env = []string{"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"}
	cmd.Dir = "/"
	return cmd
}

// open hands a directory to the servers' user, and lets it pass those above.
func open(dir string) error {
	if err := os.Chmod(dir, 0o755); err != nil { // the server runs as another user and must reach its data below
		return fmt.Errorf("open %s to the server: %w", dir, err)
	}
	for up := filepath.Dir(dir); up != "/" && up != os.TempDir(); up = filepath.Dir(up) {
		if err := os.Chmod(up, 0o755); err != nil { // as above: t.TempDir makes two levels
			return fmt.Errorf("open %s to the server: %w", up, err)
		}
	}
	return own(dir)
}

func own(path string) error {
	if c := serverUser(); c != nil {
		if err := os.Chown(path, int(c.Uid), int(c.Gid)); err != nil {
			return fmt.Errorf("hand %s to the server: %w", path, err)
		}
	}
	return nil
}

// write writes a file of the servers' user.
func write(path string, content []byte) error {
	if err := os.WriteFile(path, content, fs.FileMode(0o600)); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return own(path)
}

// process is a server in the background.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}

	mu  sync.Mutex
	log bytes.Buffer
}

func run(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p, p
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	go func() {
		_ = cmd.Wait() // how it ended shows in its log
		close(p.ended)
	}()
	return p, nil
}

// Write keeps what the server says.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(b)
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// stop asks the server to end, and ends it when it does not.
func (p *process) stop(signal os.Signal) {
	if p == nil {
		return
	}
	_ = p.cmd.Process.Signal(signal) // it may have ended already
	select {
	case <-p.ended:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill() // as above
		<-p.ended
	}
}
