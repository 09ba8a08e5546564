package nginxconf

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// binary is nginx, which make test-deps installs. Debian keeps it where only
// root's PATH leads.
func binary(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"nginx", "/usr/sbin/nginx"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("nginx is not installed: run make test-deps")
	return ""
}

var installed = sync.OnceValues(func() (Version, error) {
	for _, name := range []string{"nginx", "/usr/sbin/nginx"} {
		said, err := exec.Command(name, "-v").CombinedOutput()
		part := regexp.MustCompile(`nginx/(\d+)\.(\d+)\.(\d+)`).FindSubmatch(said)
		if err != nil || part == nil {
			continue
		}
		var v Version
		for i, to := range []*int{&v.Major, &v.Minor, &v.Patch} {
			*to, _ = strconv.Atoi(string(part[i+1]))
		}
		return v, nil
	}
	return Version{}, fmt.Errorf("no nginx says its version")
})

// gateway is a real nginx with the rendered configuration, on loopback.
type gateway struct {
	t    *testing.T
	args *Args
	dir  string
	ca   *authority
	log  *bytes.Buffer
	// finish lets nginx answer what it has, and returns when it has ended.
	finish func()
}

var addresses atomic.Uint32

// ownAddress is a loopback address that no other test has, nor another run of
// the tests at the same time: ports on it are free whatever others listen on.
func ownAddress() string {
	n := addresses.Add(1)
	return fmt.Sprintf("127.%d.%d.%d", 16+os.Getpid()%224, os.Getpid()/224%250, 1+n%250)
}

// nowhere is where nobody listens.
func nowhere() string { return ownAddress() + ":9" }

// newGateway prepares a gateway for the given services; change comes last.
func newGateway(t *testing.T, change func(*Args)) *gateway {
	t.Helper()
	version, err := installed()
	if err != nil {
		t.Fatal(err, ": run make test-deps")
	}
	dir := t.TempDir()
	g := &gateway{t: t, dir: dir, ca: newAuthority(t), log: &bytes.Buffer{}}
	g.ca.issue(t, filepath.Join(dir, "tls"), "example.com.br", "*.example.com.br")
	args := valid()
	args.Nginx, args.Workers, args.Address = version, 1, ownAddress()
	args.Certificate, args.Key = filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	args.Scratch, args.AccessLog, args.ErrorLog = filepath.Join(dir, "scratch"), filepath.Join(dir, "access.log"), filepath.Join(dir, "error.log")
	args.Balancers = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	for i := range args.Services { // nobody listens there, unless the test does
		args.Services[i].Active, args.Services[i].Preview, args.Services[i].Share = nowhere(), "", 0
	}
	if change != nil {
		change(args)
	}
	g.args = args
	text, err := Render(args)
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string]string{"nginx.conf": text, "scratch/.keep": ""} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// Started by root, nginx drops to another user, which has to read here.
	for at := dir; at != os.TempDir() && at != "/"; at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"scratch", "tls.key"} {
		if err := os.Chmod(filepath.Join(dir, path), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

func (g *gateway) command(ctx context.Context, args ...string) *exec.Cmd {
	g.t.Helper()
	return exec.CommandContext(ctx, binary(g.t), append([]string{"-p", g.dir, "-e", "stderr", "-c", filepath.Join(g.dir, "nginx.conf")}, args...)...)
}

// start runs nginx until the test ends, and returns once it answers.
func start(t *testing.T, change func(*Args)) *gateway {
	t.Helper()
	g := newGateway(t, change)
	ctx, cancel := context.WithCancel(context.Background())
	cmd := g.command(ctx, "-g", "daemon off;")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Stdout, cmd.Stderr = g.log, g.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	g.finish = func() {
		if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil {
			t.Fatal(err)
		}
		done <- <-done
	}
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil || t.Failed() {
			t.Logf("nginx ended with %v, and said: %s", err, g.log)
		}
	})
	ready, stop := context.WithTimeout(ctx, 20*time.Second)
	defer stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		err := g.listening()
		if err == nil {
			return g
		}
		select {
		case err := <-done:
			done <- err
			t.Fatalf("nginx ended: %v\n%s", err, g.log)
		case <-ready.Done():
			t.Fatalf("nginx does not listen: %v", err)
		case <-tick.C:
		}
	}
}

// listening tells whether nginx has opened all its ports: it does so one by
// one.
func (g *gateway) listening() error {
	for _, port := range []int{g.args.Health, g.args.HTTP, g.args.HTTPS} {
		conn, err := net.Dial("tcp", net.JoinHostPort(g.args.Address, fmt.Sprint(port)))
		if err != nil {
			return err
		}
		if err := conn.Close(); err != nil {
			return err
		}
	}
	return nil
}

func TestNginxAcceptsTheText(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Args){
		"of a whole environment": nil,
		"with a preview":         func(a *Args) { a.Services[2].Preview, a.Services[2].Share = nowhere(), 10 },
		"of one service":         func(a *Args) { a.Services = a.Services[:1] },
		"with a rest":            func(a *Args) { a.Services[0].Rest = true },
		"without a balancer":     func(a *Args) { a.Direct, a.Balancers, a.Public = true, nil, 9443 },
		"without an apex":        func(a *Args) { a.Services = a.Services[1:] },
		"without tenants":        func(a *Args) { a.Tenants = nil },
		"without anything":       func(a *Args) { a.Services, a.Tenants = nil, nil },
		"of three hundred tenants": func(a *Args) {
			for i := range 300 {
				a.Tenants = append(a.Tenants, Tenant{Host: fmt.Sprintf("cliente-%d.example.com.br", i), PerMinute: 6000 + i%3, Suspended: i%7 == 0})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t, change)
			said, err := g.command(t.Context(), "-t").CombinedOutput()
			if err != nil || !strings.Contains(string(said), "test is successful") || strings.Contains(string(said), "[warn]") {
				t.Errorf("nginx -t: %v\n%s", err, said)
			}
		})
	}
}
