package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/admin/internal/figure"
	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/certtest"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/provisioner"
	"github.com/avila-devops/saas/apps/internal/redistest"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

// asService makes the test binary run the service instead of the tests, so
// that a test has a real process without building one.
const asService = "ADMIN_TEST_RUNS_SERVICE"

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	if os.Getenv(asService) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

const password = "cavalo-bateria-grampo-correto"

// place is all that the service needs, with one tenant.
type place struct {
	env       []string
	host      string
	tenant    tenancy.ID
	authority *certtest.Authority
	db        *tenancy.DB
}

func prepare(t *testing.T) place {
	t.Helper()
	w := tenancytest.New(t, cluster)
	hasher, err := auth.NewHasher(1)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := hasher.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	name := cluster.Tenant()
	host := "cliente-" + name + ".aviladevops.com.br"
	if _, err := w.Provisioner.Provision(t.Context(), provisioner.Order{Name: name, Host: host, Admin: &provisioner.Admin{Name: "Chefe", Email: "chefe@exemplo.com.br", PasswordHash: hash}}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certtest.Write(t, dir, "1.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	authority := certtest.New(t, "ours")
	cert, secret := authority.Issue(certtest.Leaf{DNS: []string{"admin"}})
	identity := t.TempDir()
	return place{host: host, tenant: w.Find(t, name), authority: authority, db: w.DB(t), env: []string{
		"ADDRESS=127.0.0.1:0", "ADMIN_ADDRESS=127.0.0.1:0", "DRAIN=0s", "AUTH_KEYS_DIR=" + dir, "AUTH_ISSUER=https://aviladevops.test",
		fmt.Sprintf("DATABASE_WRITE=127.0.0.1:%d", cluster.Port), "DATABASE_NAME=" + w.Database, "DATABASE_TLS=off",
		"DATABASE_PASSWORD_FILE=" + certtest.Write(t, t.TempDir(), "password", []byte(postgrestest.Password)),
		"REDIS_ADDRESS=" + redistest.Start(t).Addr, "MEDIA_DIR=" + filepath.Join(t.TempDir(), "media"), "MEDIA_URL=https://localhost/arquivos/",
		"MTLS_CERT_FILE=" + certtest.Write(t, identity, "tls.crt", cert), "MTLS_KEY_FILE=" + certtest.Write(t, identity, "tls.key", secret),
		"MTLS_CA_FILE=" + certtest.Write(t, identity, "ca.crt", authority.PEM), "MTLS_PEERS=gateway,clinic",
	}}
}

// process is the service as an operating system runs it.
type process struct {
	cmd           *exec.Cmd
	public, admin string
	lines         *bufio.Scanner
	errors        bytes.Buffer
}

func start(t *testing.T, env []string) *process {
	t.Helper()
	p := &process{cmd: exec.CommandContext(t.Context(), os.Args[0])}
	p.cmd.Env = append([]string{asService + "=1"}, env...)
	p.cmd.Stderr = &p.errors
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	p.lines = bufio.NewScanner(out)
	for p.public == "" {
		var line struct{ Msg, Listener, Address string }
		if !p.lines.Scan() {
			_ = p.cmd.Wait()
			t.Fatalf("the log ended; standard error: %s", &p.errors)
		}
		if err := json.Unmarshal(p.lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		switch line.Listener {
		case "admin":
			p.admin = line.Address
		case "public":
			p.public = line.Address
		}
	}
	return p
}

// caller is a client with a certificate of a name.
func caller(t *testing.T, authority *certtest.Authority, name string) *http.Client {
	t.Helper()
	cert, secret := authority.Issue(certtest.Leaf{DNS: []string{name}})
	pair, err := tls.X509KeyPair(cert, secret)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.PEM)
	transport := &http.Transport{TLSClientConfig: &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: roots, ServerName: "admin", MinVersion: tls.VersionTLS13}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func login(ctx context.Context, client *http.Client, address, host string) (int, string, error) {
	body := `{"account":"chefe@exemplo.com.br","password":"` + password + `"}`
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+address+"/api/auth/login/", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	r.Host = host
	r.Header.Set("Content-Type", "application/json")
	res, err := client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

// ASVS: v5.0.0-12.3.3 (services know each other).
func TestARunningAdminAnswersItsCallersAndNobodyElse(t *testing.T) {
	t.Parallel()
	at := prepare(t)
	host, authority := at.host, at.authority
	p := start(t, at.env)
	if code, text, err := login(t.Context(), caller(t, authority, "gateway"), p.public, host); err != nil || code != http.StatusOK || !strings.Contains(text, `"refresh"`) {
		t.Fatalf("the gateway gets %d %s: %v", code, text, err)
	}
	for name, client := range map[string]*http.Client{"another service": caller(t, authority, "fiscal"), "another authority's gateway": caller(t, certtest.New(t, "theirs"), "gateway")} {
		if code, _, err := login(t.Context(), client, p.public, host); err == nil {
			t.Errorf("%s gets %d", name, code)
		}
	}
	res, err := http.Get("http://" + p.admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	for _, want := range []string{"process_start_time_seconds", `requests_total{endpoint="/api/auth/login/",method="POST"} 1`, "db_connections_active", "db_connections_max", "feature_use_total"} {
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("the metrics lack %s: %v", want, err)
		}
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for p.lines.Scan() {
		if strings.Contains(p.lines.Text(), password) || strings.Contains(p.lines.Text(), "chefe@") {
			t.Errorf("the log says %s", p.lines.Text())
		}
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("it ends with %v: %s", err, &p.errors)
	}
	if sum, err := figure.New(at.db).Summary(t.Context(), at.tenant, time.Now(), time.UTC); err != nil || len(sum.Features) != 1 {
		t.Errorf("what was counted is lost with the end: %+v, %v", sum.Features, err)
	}
}

func TestABadEnvironmentStartsNothingAndIsReportedWhole(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = []string{asService + "=1", "ADDRESS=:8080", "ADMIN_ADDRESS=:8080", "AUTH_ISSUER=avila", "DATABASE_WRITE=db"}
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Fatalf("it ends with %v", err)
	}
	for _, want := range []string{
		"admin: the environment cannot be used; nothing was started:", `ADMIN_ADDRESS: ":8080" has the port of ADDRESS`, "AUTH_KEYS_DIR: \"\" is not set", `AUTH_ISSUER: "avila" is not an address`,
		`DATABASE_WRITE: "db" is not host:port`, "REDIS_ADDRESS", "MEDIA_BUCKET", "MTLS_CERT_FILE: \"\" is not set, and the service would not know its callers",
	} {
		if !strings.Contains(complaint.String(), want) {
			t.Errorf("the complaint lacks %s:\n%s", want, &complaint)
		}
	}
}
