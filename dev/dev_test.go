package dev_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/avila-devops/saas/dev/seed"
	"github.com/avila-devops/saas/dev/server"
)

// TestTheSaaSOnThisMachine is one story, since each start takes seconds.
func TestTheSaaSOnThisMachine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.start()
	first.says(1, "The SaaS is up.")

	t.Run("the sites answer over TLS 1.3 alone", w.sites)
	t.Run("port 80 redirects", w.redirects)
	t.Run("both pools lead to the tenants' rows", w.pools)
	t.Run("Prometheus asks the services", w.metrics)
	if _, err := os.Stat(w.source("admin")); err == nil {
		t.Run("each tenant's first user signs in to that tenant alone", w.signsIn)
		t.Run("people use both tenants in a browser, and never across", w.browses)
	}
	t.Run("a client has a thousand requests a minute", w.limits)
	t.Run("a second run is told of the first", w.excludes)
	t.Run("a change is built and run, and what does not build is not", func(t *testing.T) { w.reloads(t, first) })

	passwords := w.passwords()
	first.signal(syscall.SIGKILL)
	if err := first.ends(); err == nil {
		t.Error("a kill ends the run well")
	}
	w.clears() // without anybody's help: the kernel told them
	w.crash()
	second := w.start()
	second.says(1, "The SaaS is up.")
	t.Run("a second start heals what a crash left", func(t *testing.T) {
		w.sites(t)
		w.pools(t)
		if now := w.passwords(); now != passwords {
			t.Errorf("the passwords were %s and are %s", passwords, now)
		}
	})
	second.signal(syscall.SIGINT)
	if err := second.ends(); err != nil {
		t.Errorf("Ctrl-C ends the run with %v", err)
	}
	if left := w.leftovers(); left != "" {
		t.Errorf("Ctrl-C leaves\n%s", left)
	}
	w.losesAServer()
	if said := second.said(); strings.Contains(said, "\x1b[") {
		t.Errorf("colours go where there is no terminal: %q", said)
	}
}

// losesAServer ends a server, and with it the run: half of the SaaS is none.
func (w *world) losesAServer() {
	w.t.Helper()
	r := w.start()
	r.says(1, "The SaaS is up.")
	text, err := os.ReadFile(filepath.Join(w.dir, "run", "redis.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	var record struct{ PID int }
	if err := json.Unmarshal(text, &record); err != nil || record.PID < 2 {
		w.t.Fatalf("the record is %s: %v", text, err)
	}
	if err := syscall.Kill(record.PID, syscall.SIGKILL); err != nil {
		w.t.Fatal(err)
	}
	if err := r.ends(); err == nil {
		w.t.Error("a run whose Redis is gone ends well")
	}
	if said, left := r.said(), w.leftovers(); !strings.Contains(said, "dev: redis ended by itself: signal: killed") || left != "" {
		w.t.Errorf("the run says\n%s\nand leaves\n%s", said, left)
	}
}

// crash leaves what crashes leave: pid files of numbers that others have now,
// and a database directory half made.
func (w *world) crash() {
	w.t.Helper()
	for path, text := range map[string]string{
		"data/postgres/postmaster.pid": "1\n/nowhere\n0\n5432\n", "run/redis.json": `{"pid":1,"started":"7","boot":"another"}`, "run/nginx.json": "half a rec",
		"data/postgres.new/PG_VERSION": "15\n", "bin/landing.new": "half a program", "bin/build/landing": "half a program", "bin/build/landing.half": "",
	} {
		path = filepath.Join(w.dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) passwords() string {
	var all []string
	for _, tenant := range seed.Tenants {
		text, err := os.ReadFile(filepath.Join(w.dir, "secrets", "tenant-"+tenant.Name))
		if err != nil || len(strings.TrimSpace(string(text))) < 12 {
			w.t.Fatalf("the password of %s is %q, %v", tenant.Name, text, err)
		}
		all = append(all, string(text))
	}
	return strings.Join(all, " ")
}

// client trusts the world's authority and finds every host at its address.
func (w *world) client(t *testing.T, change func(*tls.Config)) *http.Client {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, "tls", "ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	config := &tls.Config{RootCAs: pool}
	if change != nil {
		change(config)
	}
	transport := &http.Transport{
		TLSClientConfig: config,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(w.address, port))
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func site(host string) string { return fmt.Sprintf("https://%s:%d/", host, server.DefaultPorts.HTTPS) }

func get(client *http.Client, url string) (*http.Response, string, error) {
	response, err := client.Get(url)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response, string(text), err
}

func (w *world) sites(t *testing.T) {
	client := w.client(t, nil)
	for _, host := range append(seed.Hosts(), server.Domain) {
		response, text, err := get(client, site(host))
		if err != nil || response.StatusCode != http.StatusOK || response.TLS.Version != tls.VersionTLS13 || !strings.Contains(text, `lang="pt-BR"`) {
			t.Errorf("%s: got %v, %v", host, response, err)
			continue
		}
		if response.Header.Get("Strict-Transport-Security") == "" || response.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: the headers are %v", host, response.Header)
		}
	}
	if response, _, err := get(client, site("www."+server.Domain)+"busca?q=x"); err != nil || response.Header.Get("Location") != site(server.Domain)+"busca?q=x" {
		t.Errorf("www leads to %v, %v", response, err)
	}
	if response, _, err := get(client, site("nobody."+server.Domain)); err == nil {
		t.Errorf("a host that is nobody's gets %d", response.StatusCode)
	}
	old := w.client(t, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 })
	if _, _, err := get(old, site(server.Domain)); err == nil || !strings.Contains(err.Error(), "protocol version") {
		t.Errorf("a client of TLS 1.2 gets %v", err)
	}
	stranger := w.client(t, func(c *tls.Config) { c.RootCAs = x509.NewCertPool() })
	if _, _, err := get(stranger, site(server.Domain)); err == nil {
		t.Error("a client that does not trust the authority is served")
	}
}

func (w *world) redirects(t *testing.T) {
	response, _, err := get(w.client(t, nil), fmt.Sprintf("http://%s:%d/x?y=1", seed.Tenants[0].Host(), server.DefaultPorts.HTTP))
	if want := site(seed.Tenants[0].Host()) + "x?y=1"; err != nil || response.StatusCode != http.StatusPermanentRedirect || response.Header.Get("Location") != want {
		t.Errorf("got %v, %v, want a redirect to %s", response, err, want)
	}
}

// asks runs a statement through the pooler as the services' login.
func (w *world) asks(t *testing.T, pool, certificate, statement string) (string, error) {
	t.Helper()
	password, err := os.ReadFile(filepath.Join(w.dir, "secrets", "app"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("psql", "-XAtq", "-c", statement)
	cmd.Env = []string{
		"PATH=/usr/bin:/bin", "HOME=/nonexistent", "PGHOST=" + w.address, fmt.Sprintf("PGPORT=%d", server.DefaultPorts.PgBouncer), "PGDATABASE=" + pool,
		"PGUSER=app", "PGPASSWORD=" + strings.TrimSpace(string(password)), "PGSSLMODE=verify-full", "PGSSLROOTCERT=" + filepath.Join(w.dir, "tls", "ca.crt"),
		"PGSSLCERT=" + filepath.Join(w.dir, "tls", certificate+".crt"), "PGSSLKEY=" + filepath.Join(w.dir, "tls", certificate+".key"),
	}
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func (w *world) pools(t *testing.T) {
	for _, pool := range []string{server.Database, server.ReadPool} {
		for _, tenant := range seed.Tenants {
			if !tenant.Clinic() {
				continue
			}
			got, err := w.asks(t, pool, "services", fmt.Sprintf(`begin; set local role tenant_%[1]s; set local search_path = tenant_%[1]s; set local app.current_tenant = '%[1]s';
				select count(*) >= 60 and bool_and(name like '%% %[1]s %%') from patients; commit`, tenant.Name))
			if err != nil || got != "t" {
				t.Errorf("%s sees %q through %s: %v", tenant.Name, got, pool, err)
			}
		}
		if got, err := w.asks(t, pool, "services", "select count(*) from tenant_demo.patients"); err == nil {
			t.Errorf("nobody's transaction sees %q through %s", got, pool)
		}
	}
	if got, err := w.asks(t, server.Database, "nobody", "select 1"); err == nil {
		t.Errorf("a client without a certificate gets %q", got)
	}
}

func (w *world) metrics(t *testing.T) {
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		var answer struct {
			Data struct {
				Result []struct {
					Metric map[string]string
					Value  [2]any
				}
			}
		}
		_, text, err := get(http.DefaultClient, "http://"+w.at(server.DefaultPorts.Prometheus)+"/api/v1/query?query=up")
		if err == nil {
			err = json.Unmarshal([]byte(text), &answer)
		}
		if err == nil && len(answer.Data.Result) > 0 {
			for _, r := range answer.Data.Result {
				if r.Value[1] != "1" {
					t.Errorf("%s is %v to Prometheus", r.Metric["job"], r.Value[1])
				}
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("Prometheus asked nobody: %v, %s", err, text)
		}
	}
}

func (w *world) limits(t *testing.T) {
	client := w.client(t, nil)
	var served, refused int
	began := time.Now()
	for range 1001 {
		response, _, err := get(client, site(server.Domain))
		switch {
		case err != nil:
			t.Fatal(err)
		case response.StatusCode == http.StatusTooManyRequests:
			refused++
		case response.StatusCode == http.StatusOK:
			served++
		default:
			t.Fatalf("got %s", response.Status)
		}
	}
	// What may come at once, and a thousand a minute from then on.
	if most := 102 + int(1000*time.Since(began).Minutes()) + 1; served > most || refused == 0 {
		t.Errorf("%d were served in %s, want at most %d; %d were refused", served, time.Since(began), most, refused)
	}
}

// signIn sends a login to a host and returns the status.
func (w *world) signIn(t *testing.T, host, account, password string) int {
	t.Helper()
	body, err := json.Marshal(map[string]string{"account": account, "password": password})
	if err != nil {
		t.Fatal(err)
	}
	response, err := w.client(t, nil).Post(site(host)+"api/auth/login/", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}

func (w *world) signsIn(t *testing.T) {
	passwords := strings.Fields(w.passwords())
	for i, tenant := range seed.Tenants {
		if got := w.signIn(t, tenant.Host(), tenant.Login(), passwords[i]); got != http.StatusOK {
			t.Errorf("%s gets %d", tenant.Login(), got)
		}
		other := seed.Tenants[(i+1)%len(seed.Tenants)]
		if got := w.signIn(t, other.Host(), tenant.Login(), passwords[i]); got != http.StatusUnauthorized {
			t.Errorf("%s gets %d from %s", tenant.Login(), got, other.Host())
		}
	}
}

func (w *world) excludes(t *testing.T) {
	out, err := exec.Command(w.program, "-root", w.root, "-dir", w.dir, "-address", w.address).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "make dev runs here already") || !strings.Contains(string(out), site(server.Domain)) {
		t.Errorf("a second run ends with %v, and says %s", err, out)
	}
	other := filepath.Join(w.dir, "..", "other")
	out, err = exec.Command(w.program, "-root", w.root, "-dir", other, "-address", w.address).CombinedOutput()
	if err == nil {
		t.Fatalf("two runs share their ports: %s", out)
	}
	for _, want := range []string{"port 8443 on " + w.address + " is taken", "choose another with -https", "-postgres", "-services"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in %s", want, out)
		}
	}
}

func (w *world) reloads(t *testing.T, r *run) {
	client := w.client(t, nil)
	reads := func(word string) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
			response, text, err := get(client, site(server.Domain))
			if err == nil && response.StatusCode == http.StatusOK && strings.Contains(text, word) {
				return
			}
			if err == nil && response.StatusCode == http.StatusOK && word == "" {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("the site does not say %q: %v %v", word, response, err)
			}
		}
	}
	broken := w.source("landing/broken.go")
	if err := os.WriteFile(broken, []byte("package main\n\nvar _ int = \"landing\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r.says(1, "landing does not build; what ran before runs on")
	if said := r.said(); !strings.Contains(said, "landing/broken.go:3:13: cannot use \"landing\"") {
		t.Errorf("the compiler's complaint is not shown")
	}
	reads("")
	if err := os.Remove(broken); err != nil {
		t.Fatal(err)
	}
	w.edit("landing/pages/layout.html", "</body>", "<p>visto-agora</p></body>")
	reads("visto-agora")
}
