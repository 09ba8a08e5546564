package server

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/avila-devops/saas/dev/authority"
	"github.com/avila-devops/saas/dev/process"
)

// Domain is the platform's own host; each tenant's is under it. Browsers lead
// every name under localhost to this machine.
const Domain = "avila.localhost"

// Place is where the servers run: a directory and an address of this machine.
type Place struct {
	Dir      string
	Address  string // a loopback address
	Ports    Ports
	Programs Programs
	Group    *process.Group

	CA *authority.Authority
	// user is whom servers run as; nil is whoever runs this. Root may not:
	// PostgreSQL and PgBouncer refuse it.
	user *syscall.Credential
}

// New prepares a place. Its directories are made, and nothing runs.
func New(dir, address string, ports Ports, programs Programs, group *process.Group) (*Place, error) {
	p := &Place{Dir: dir, Address: address, Ports: ports, Programs: programs, Group: group}
	if ip := net.ParseIP(address); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("address %q is not of this machine alone: use one of 127.0.0.0/8; the passwords here are for a laptop", address)
	}
	var err error
	if os.Getuid() == 0 {
		if p.user, err = another(); err != nil {
			return nil, err
		}
	}
	// Before what lies in it: a parent is made with its child's mode.
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make %s: %w", dir, err)
	}
	for name, mode := range map[string]fs.FileMode{"bin": 0o755, "conf": 0o755, "data": 0o755, "log": 0o755, "media": 0o700, "keys": 0o700, "run": 0o700, "secrets": 0o700, "tls": 0o755} {
		if err := os.MkdirAll(p.Path(name), mode); err != nil {
			return nil, fmt.Errorf("make room in %s: %w", dir, err)
		}
	}
	if err := p.reachable(); err != nil {
		return nil, err
	}
	p.CA, err = authority.Open(p.Path("tls"))
	return p, err
}

// another is the user whom root's servers run as.
func another() (*syscall.Credential, error) {
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
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("root may not run PostgreSQL, and there is neither a user postgres nor nobody: run make dev as another user")
}

// reachable refuses a directory that the servers' user could not enter.
func (p *Place) reachable() error {
	if p.user == nil {
		return nil
	}
	for at := p.Dir; at != "/"; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return fmt.Errorf("look at %s: %w", at, err)
		}
		if info.Mode()&0o001 == 0 {
			return fmt.Errorf("root may not run PostgreSQL, and the user that would cannot enter %s: run make dev as another user, or choose another directory with -dir", at)
		}
	}
	return nil
}

// Owner is whom the servers' files belong to.
func (p *Place) Owner() (uid, gid int) {
	if p.user != nil {
		return int(p.user.Uid), int(p.user.Gid)
	}
	return os.Getuid(), os.Getgid()
}

// Path is a path in the directory.
func (p *Place) Path(parts ...string) string {
	return filepath.Join(append([]string{p.Dir}, parts...)...)
}

// At is an address with a port.
func (p *Place) At(port int) string { return net.JoinHostPort(p.Address, strconv.Itoa(port)) }

// own hands paths to the servers' user.
func (p *Place) own(paths ...string) error {
	if p.user == nil {
		return nil
	}
	for _, path := range paths {
		if err := os.Chown(path, int(p.user.Uid), int(p.user.Gid)); err != nil {
			return fmt.Errorf("hand %s to the servers' user: %w", path, err)
		}
	}
	return nil
}

// room makes a directory of the servers' own.
func (p *Place) room(parts ...string) (string, error) {
	dir := p.Path(parts...)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make room for a server: %w", err)
	}
	return dir, p.own(dir)
}

// configure writes a file that the servers alone read.
func (p *Place) configure(name, text string) (string, error) {
	path := p.Path("conf", name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("write %s: %w", path, err)
	}
	return path, p.own(path)
}

// certify issues a certificate to a server.
func (p *Place) certify(name string, hosts ...string) (authority.Pair, error) {
	pair, err := p.Certificate(name, hosts...)
	if err != nil {
		return pair, err
	}
	return pair, p.own(pair.Key)
}

// Certificate issues a certificate to a process of this user.
func (p *Place) Certificate(name string, hosts ...string) (authority.Pair, error) {
	return p.CA.Issue(name, append([]string{name + ".localhost", "localhost"}, hosts...), net.ParseIP(p.Address))
}

// Secret is the file of a password, which is made when it is first asked for.
func (p *Place) Secret(name string) (path, text string, err error) {
	path = p.Path("secrets", name)
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		content = []byte(strings.ToLower(rand.Text()) + "\n")
		if err := os.WriteFile(path+".new", content, 0o600); err != nil {
			return "", "", fmt.Errorf("write a password: %w", err)
		}
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return "", "", fmt.Errorf("read the password %s: %w", path, err)
	}
	return path, strings.TrimSpace(string(content)), nil
}

// bare is the environment of servers: nothing of this user's own.
func (p *Place) bare() []string {
	return []string{"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin", "HOME=" + p.Dir, "TZ=UTC"}
}
