package ini

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// program finds what make test-deps installs, where Debian keeps it.
func program(t *testing.T, name string) string {
	t.Helper()
	for _, at := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(at); err == nil {
			return path
		}
	}
	t.Fatalf("%s is not installed: run make test-deps", name)
	return ""
}

// installed is the version of the PgBouncer of this machine.
func installed(t *testing.T) (v Version) {
	t.Helper()
	said, err := exec.Command(program(t, "pgbouncer"), "--version").CombinedOutput()
	part := regexp.MustCompile(`PgBouncer (\d+)\.(\d+)\.(\d+)`).FindSubmatch(said)
	if err != nil || part == nil {
		t.Fatalf("pgbouncer --version: %v: %s", err, said)
	}
	for i, to := range []*int{&v.Major, &v.Minor, &v.Patch} {
		*to, _ = strconv.Atoi(string(part[i+1]))
	}
	return v
}

// pooler is a real PgBouncer with the rendered text. No database is behind it.
type pooler struct {
	args *Args
	dir  string
	cmd  *exec.Cmd
	log  *transcript
	done chan error
}

// transcript is what a process says while it runs.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *transcript) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *transcript) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// launch starts PgBouncer with a text, which edit may spoil.
func launch(t *testing.T, edit func(string) string) *pooler {
	t.Helper()
	dir, err := os.MkdirTemp("", "pgbouncer-ini-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // a temporary directory that stays harms no test
	p := &pooler{args: valid(), dir: dir, log: &transcript{}, done: make(chan error, 1)}
	authority(t, dir)
	p.args.PgBouncer, p.args.Address, p.args.AdminSocket = installed(t), "127.0.0.1", dir
	p.args.Port = free(t)
	p.args.Auth.Users = filepath.Join(dir, "users.txt")
	p.args.Clients = TLS{Certificate: filepath.Join(dir, "tls.crt"), Key: filepath.Join(dir, "tls.key"), CA: filepath.Join(dir, "tls.crt")}
	p.args.Server = p.args.Clients
	text, err := Render(p.args)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "pgbouncer.ini"), edit(text))
	write(t, filepath.Join(dir, "users.txt"), `"pgbouncer" "one"`+"\n"+`"exporter" "two"`+"\n")
	p.cmd = exec.Command(program(t, "pgbouncer"), filepath.Join(dir, "pgbouncer.ini"))
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.Dir = p.log, p.log, "/"
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Credential: another(t)}
	own(t, dir)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // it may have ended
	return p
}

// another is whom PgBouncer runs as, which refuses to be root.
func another(t *testing.T) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// own hands a directory and its files to PgBouncer's user.
func own(t *testing.T, dir string) {
	t.Helper()
	who := another(t)
	if who == nil {
		return
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(files, dir) {
		if err := os.Chown(path, int(who.Uid), int(who.Gid)); err != nil {
			t.Fatal(err)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func free(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// authority writes tls.crt and tls.key: one certificate that signs itself and
// stands for either side.
func authority(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	shape := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "exporter"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		NotBefore:   time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, shape, shape, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "tls.crt"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	write(t, filepath.Join(dir, "tls.key"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
}

// await waits until the pooler listens.
func (p *pooler) await(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		conn, err := net.Dial("tcp", net.JoinHostPort(p.args.Address, strconv.Itoa(p.args.Port)))
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("PgBouncer does not listen: %v\n%s", err, p.log)
		}
	}
}

// asks sends a statement to PgBouncer's own database.
func (p *pooler) asks(t *testing.T, login, password, settings, statement string) (string, error) {
	t.Helper()
	key := filepath.Join(t.TempDir(), "key") // psql wants the key to be its own user's
	secret, err := os.ReadFile(p.args.Clients.Key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, key, string(secret))
	cmd := exec.Command(program(t, "psql"), "-XAt", "-c", statement, fmt.Sprintf("host=127.0.0.1 port=%d dbname=pgbouncer user=%s sslrootcert=%s %s",
		p.args.Port, login, p.args.Clients.CA, strings.ReplaceAll(settings, "KEY", key)))
	cmd.Env = []string{"PGPASSWORD=" + password, "HOME=/nonexistent", "PATH=/usr/bin:/bin"}
	said, err := cmd.CombinedOutput()
	return string(said), err
}

func TestPgBouncerHoldsBothPools(t *testing.T) {
	t.Parallel()
	p := launch(t, func(text string) string { return text })
	p.await(t)
	mutual := "sslmode=verify-full sslcert=" + p.args.Clients.Certificate + " sslkey=KEY"
	said, err := p.asks(t, "exporter", "two", mutual, "show databases")
	if err != nil {
		t.Fatalf("the exporter: %v: %s\n%s", err, said, p.log)
	}
	for _, want := range []string{"avila|10.0.0.2|5432|avila|", "avila_read|10.0.0.3|5432|avila|"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not among the pools\n%s", want, said)
		}
	}
	for row, want := range map[string]string{"avila|": "|15|", "avila_read|": "|25|"} {
		for line := range strings.Lines(said) {
			if strings.HasPrefix(line, row) && !strings.Contains(line, want) {
				t.Errorf("%q has not %s connections", line, want)
			}
		}
	}
	if said, err := p.asks(t, "exporter", "two", mutual, "pause"); err == nil || !strings.Contains(said, "admin access needed") {
		t.Errorf("who only reads pauses the pools: %v, %q", err, said)
	}
	for name, row := range map[string]struct{ login, password, settings, want string }{
		"in the clear":          {"exporter", "two", "sslmode=disable", "SSL required"},
		"without a certificate": {"exporter", "two", "sslmode=verify-full sslcert=/none sslkey=/none", ""},
		"with a wrong password": {"exporter", "three", mutual, "authentication failed"},
		"as who looks up":       {"pgbouncer", "one", mutual, "not allowed"},
	} {
		if said, err := p.asks(t, row.login, row.password, row.settings, "show databases"); err == nil || !strings.Contains(said, row.want) {
			t.Errorf("%s: got %v, %q, want %q", name, err, said, row.want)
		}
	}
}

// upgrade is what a client of PostgreSQL sends to speak TLS.
var upgrade = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 8), 80877103)

func TestOnlyTLS13IsSpokenToClients(t *testing.T) {
	t.Parallel()
	p := launch(t, func(text string) string { return text })
	p.await(t)
	cert, err := tls.LoadX509KeyPair(p.args.Clients.Certificate, p.args.Clients.Key)
	if err != nil {
		t.Fatal(err)
	}
	for version, allowed := range map[uint16]bool{tls.VersionTLS12: false, tls.VersionTLS13: true} {
		conn, err := net.Dial("tcp", net.JoinHostPort(p.args.Address, strconv.Itoa(p.args.Port)))
		if err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, 1)
		if _, err := conn.Write(upgrade); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(answer); err != nil || answer[0] != 'S' {
			t.Fatalf("asked for TLS, got %q, %v", answer, err)
		}
		secured := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{cert}, MinVersion: version, MaxVersion: version})
		if err := secured.Handshake(); (err == nil) != allowed {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		_ = conn.Close()
	}
}

func TestABadValueIsNotStartedWith(t *testing.T) {
	t.Parallel()
	p := launch(t, func(text string) string {
		return strings.Replace(text, "pool_mode = transaction", "pool_mode = tenant", 1)
	})
	select {
	case err := <-p.done:
		if err == nil || !strings.Contains(p.log.String(), "tenant") {
			t.Errorf("PgBouncer ends with %v, and says %s", err, p.log)
		}
	case <-time.After(20 * time.Second):
		t.Errorf("PgBouncer runs with a value that it does not know: %s", p.log)
	}
}

func TestTheDrainEndsPgBouncer(t *testing.T) {
	t.Parallel()
	p := launch(t, func(text string) string { return text })
	p.await(t)
	if err := p.cmd.Process.Signal(p.args.PgBouncer.Drain()); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.done:
		if err != nil {
			t.Errorf("PgBouncer ends with %v: %s", err, p.log)
		}
	case <-time.After(20 * time.Second):
		t.Errorf("PgBouncer does not end: %s", p.log)
	}
	if strings.Contains(p.log.String(), "unknown parameter") {
		t.Errorf("PgBouncer does not know what it was told: %s", p.log)
	}
}
