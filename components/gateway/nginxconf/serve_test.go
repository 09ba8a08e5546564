package nginxconf

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	tenantHost = "a.example.com.br"
	apexHost   = "example.com.br"
)

// ASVS: v5.0.0-12.1.1, v5.0.0-12.2.1.
func TestOnlyTLS13IsSpoken(t *testing.T) {
	t.Parallel()
	g := start(t, func(a *Args) { a.Services[0].Active = backend(t, "landing") })
	if got := g.get(visit{client: "198.51.100.1", host: apexHost, path: "/"}); got.state.Version != tls.VersionTLS13 || got.StatusCode != http.StatusOK {
		t.Errorf("got version %x and status %d", got.state.Version, got.StatusCode)
	}
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12} {
		_, err := g.try(visit{client: "198.51.100.1", host: apexHost, path: "/", max: version})
		if err == nil || !strings.Contains(err.Error(), "protocol version") {
			t.Errorf("a client of %s gets %v, want a refusal for its version", tls.VersionName(version), err)
		}
	}
}

// ASVS: v5.0.0-3.7.2, v5.0.0-4.1.1, v5.0.0-4.1.2, v5.0.0-12.2.1.
func TestPort80OnlyRedirects(t *testing.T) {
	t.Parallel()
	g := start(t, nil)
	send := func(host, path, method string) (*answer, error) {
		conn, err := g.proxied(g.args.HTTP, "198.51.100.1")
		if err != nil {
			t.Fatal(err)
		}
		defer end(t, conn)
		return exchange(conn, visit{host: host, path: path, method: method})
	}
	for _, host := range []string{apexHost, "www.example.com.br", tenantHost, "c.example.com.br"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			got, err := send(host, "/admin/?q=1", method)
			if err != nil || got.StatusCode != http.StatusPermanentRedirect || got.Header.Get("Location") != "https://"+host+"/admin/?q=1" || got.Header.Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("%s %s: got %v, %v", method, host, got, err)
			}
			for _, path := range []string{"/api", "/api/patients/?q=1", "/%61pi/", "//api/"} {
				if got, err := send(host, path, method); err != nil || got.StatusCode != http.StatusForbidden {
					t.Errorf("%s %s%s: got %v, %v", method, host, path, got, err)
				}
			}
		}
	}
	if got, err := send("evil.example.org", "/", http.MethodGet); err == nil {
		t.Errorf("a host that is not ours is sent to %q", got.Header.Get("Location"))
	}
}

// ASVS: v5.0.0-3.5.4, v5.0.0-13.2.5.
func TestHostsAndPathsLeadToTheirServices(t *testing.T) {
	t.Parallel()
	g := start(t, func(a *Args) {
		for i := range a.Services {
			a.Services[i].Active = backend(t, a.Services[i].Name)
		}
	})
	for name, row := range map[string]struct {
		host, path, service string
		status              int
	}{
		"the apex":                  {apexHost, "/", "landing", 200},
		"www":                       {"www.example.com.br", "/precos", "landing", 200},
		"a path of the apex":        {apexHost, "/admin/", "landing", 200},
		"a tenant's admin":          {tenantHost, "/admin/usuarios?q=1", "admin", 200},
		"a tenant's API":            {tenantHost, "/api/auth/login/", "admin", 200},
		"a tenant's clinic":         {tenantHost, "/clinica", "clinic", 200},
		"another tenant's clinic":   {"b.example.com.br", "/clinica/agenda", "clinic", 200},
		"what only looks like it":   {tenantHost, "/clinicax", "", 404},
		"a tenant's root":           {tenantHost, "/", "", 404},
		"an app that is not there":  {tenantHost, "/fiscal", "", 404},
		"a way out of the path":     {tenantHost, "/clinica/../fiscal", "", 404},
		"a suspended tenant":        {"c.example.com.br", "/admin/", "", 503},
		"a suspended tenant's root": {"c.example.com.br", "/", "", 503},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := g.get(visit{client: "198.51.100.1", host: row.host, path: row.path})
			if got.StatusCode != row.status || got.Header.Get("Service") != row.service {
				t.Errorf("got %d from %q, want %d from %q", got.StatusCode, got.Header.Get("Service"), row.status, row.service)
			}
			if row.status == 200 && !strings.Contains(got.text, row.service+" "+row.host+" "+row.path) {
				t.Errorf("the service was asked %q", got.text)
			}
			if row.status != 200 && !strings.Contains(got.text, `<html lang="pt-BR">`) {
				t.Errorf("the page is not in Portuguese: %q", got.text)
			}
		})
	}
	if got := g.get(visit{client: "198.51.100.1", host: "c.example.com.br", path: "/"}); !strings.Contains(got.text, "Conta suspensa") || got.Header.Get("Retry-After") == "" {
		t.Errorf("a suspended tenant reads %q", got.text)
	}
}

// ASVS: v5.0.0-3.5.4.
func TestAHostThatIsNotOursGetsNothing(t *testing.T) {
	t.Parallel()
	g := start(t, func(a *Args) { a.Services[0].Active = backend(t, "landing") })
	if _, err := g.try(visit{client: "198.51.100.1", host: "erased.example.com.br", path: "/"}); err == nil || !strings.Contains(err.Error(), "unrecognized name") {
		t.Errorf("a TLS name that is unknown gets %v", err)
	}
	// By another host's certificate it is not found either.
	if got := g.get(visit{client: "198.51.100.1", host: "erased.example.com.br", sni: apexHost, path: "/"}); got.StatusCode != http.StatusNotFound || got.Header.Get("Service") != "" {
		t.Errorf("a host that is unknown gets %d from %q", got.StatusCode, got.Header.Get("Service"))
	}
}

// ASVS: v5.0.0-4.1.3, v5.0.0-15.3.4.
func TestAClientIsWhoTheBalancerSays(t *testing.T) {
	t.Parallel()
	g := start(t, func(a *Args) { a.Services[0].Active = backend(t, "landing") })
	forged := map[string]string{"X-Forwarded-For": "192.0.2.9", "X-Real-IP": "192.0.2.9", "Forwarded": "for=192.0.2.9", "X-Forwarded-Host": "evil", "X-Forwarded-Proto": "http", "Proxy": "evil"}
	got := g.get(visit{client: "198.51.100.77", host: apexHost, path: "/", header: forged})
	for _, line := range []string{"X-Forwarded-For=198.51.100.77\n", "X-Forwarded-Proto=https\n", "X-Forwarded-Host=" + apexHost + "\n", "X-Real-Ip=\n", "Forwarded=\n", "Proxy=\n"} {
		if !strings.Contains(got.text, line) {
			t.Errorf("the service was not told %q but %q", line, got.text)
		}
	}
	if strings.Contains(got.text, "X-Request-Id=\n") {
		t.Error("the request has no id")
	}
	if _, err := g.try(visit{host: apexHost, path: "/"}); err == nil {
		t.Error("a connection without a PROXY header is served")
	}
}

// ASVS: v5.0.0-4.1.3, v5.0.0-15.3.4.
func TestAPROXYHeaderFromElsewhereIsNotBelieved(t *testing.T) {
	t.Parallel()
	g := start(t, func(a *Args) {
		a.Services[0].Active = backend(t, "landing")
		a.Balancers = []netip.Prefix{netip.MustParsePrefix("35.191.0.0/16")}
	})
	got := g.get(visit{client: "198.51.100.77", host: apexHost, path: "/"})
	if !strings.Contains(got.text, "X-Forwarded-For=127.0.0.1\n") {
		t.Errorf("the header was believed: %q", got.text)
	}
}

// burst sends requests over one connection, as fast as they are answered.
func (g *gateway) burst(client, host, path string, n int) (served, limited int, took time.Duration) {
	g.t.Helper()
	conn, err := g.secure(visit{client: client, host: host})
	if err != nil {
		g.t.Fatal(err)
	}
	defer end(g.t, conn)
	began := time.Now()
	for range n {
		got, err := exchange(conn, visit{host: host, path: path})
		if err != nil {
			g.t.Fatal(err)
		}
		switch got.StatusCode {
		case http.StatusOK:
			served++
		case http.StatusTooManyRequests:
			limited++
			if !strings.Contains(got.text, "Muitas requisições") || got.Header.Get("Retry-After") != "60" {
				g.t.Fatalf("a refused client reads %q, to retry after %q", got.text, got.Header.Get("Retry-After"))
			}
		default:
			g.t.Fatalf("got status %d", got.StatusCode)
		}
	}
	return served, limited, time.Since(began)
}

// ASVS: v5.0.0-2.4.1.
func TestMoreThanAThousandAMinuteFromOneAddressIsRefused(t *testing.T) {
	t.Parallel()
	g := start(t, func(a *Args) { a.Services[0].Active = backend(t, "landing") })
	const asked = 900 // nginx closes a connection after 1000
	served, limited, took := g.burst("198.51.100.1", apexHost, "/", asked)
	// The burst and one more at once, and then a thousand a minute.
	least, most := g.args.ClientBurst, g.args.ClientBurst+2+int(math.Ceil(float64(g.args.ClientRate)*took.Minutes()))
	if served < least || served > most || limited != asked-served {
		t.Errorf("%d of %d were served in %v, want %d to %d; %d were refused", served, asked, took, least, most, limited)
	}
	// Another address has its own thousand, and a forged header gives nobody another.
	if got := g.get(visit{client: "198.51.100.2", host: apexHost, path: "/"}); got.StatusCode != http.StatusOK {
		t.Errorf("another client gets %d", got.StatusCode)
	}
	refused := 0
	for i := range 20 {
		got := g.get(visit{client: "198.51.100.1", host: apexHost, path: "/", header: map[string]string{"X-Forwarded-For": fmt.Sprintf("192.0.2.%d", i)}})
		if got.StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused == 0 {
		t.Error("a forged header opens the limit")
	}
}

// ASVS: v5.0.0-2.3.2.
func TestATenantsLimitCountsAllItsClientsAndNoOtherTenants(t *testing.T) {
	t.Parallel()
	g := start(t, func(a *Args) { a.Services[1].Active = backend(t, "admin") })
	// b may make 600 a minute, a tenth of them at once, whoever asks.
	var served, limited int
	began := time.Now()
	for client := range 4 {
		s, l, _ := g.burst(fmt.Sprintf("198.51.100.%d", 10+client), "b.example.com.br", "/admin/", 40)
		served, limited = served+s, limited+l
	}
	if most := 62 + int(math.Ceil(600*time.Since(began).Minutes())); served < 60 || served > most || limited == 0 {
		t.Errorf("%d were served, want 60 to %d; %d were refused", served, most, limited)
	}
	if got := g.get(visit{client: "198.51.100.10", host: tenantHost, path: "/admin/"}); got.StatusCode != http.StatusOK {
		t.Errorf("another tenant's client gets %d", got.StatusCode)
	}
}

func TestATenthOfTheClientsTryThePreview(t *testing.T) {
	t.Parallel()
	g := start(t, func(a *Args) {
		a.Services[2].Active, a.Services[2].Preview, a.Services[2].Share = backend(t, "stable"), backend(t, "next"), 10
		a.Tenants[0].PerMinute = 1_000_000
	})
	const clients = 2000
	var preview int
	first := map[string]string{}
	for i := range clients {
		client := fmt.Sprintf("198.%d.%d.%d", 18+i%2, i/200, 1+i%200)
		conn, err := g.secure(visit{client: client, host: tenantHost})
		if err != nil {
			t.Fatal(err)
		}
		got, err := exchange(conn, visit{host: tenantHost, path: "/clinica/"})
		end(t, conn)
		if err != nil || got.StatusCode != http.StatusOK {
			t.Fatalf("%v, %v", got, err)
		}
		if i < 50 {
			first[client] = got.Header.Get("Service")
		}
		if got.Header.Get("Service") == "next" {
			preview++
		}
	}
	// 200 are expected with a deviation of 13; five deviations are never missed.
	if deviation := math.Sqrt(clients * 0.1 * 0.9); math.Abs(float64(preview)-clients*0.1) > 5*deviation {
		t.Errorf("%d of %d clients got the preview, want %d", preview, clients, clients/10)
	}
	for client, service := range first {
		if got := g.get(visit{client: client, host: tenantHost, path: "/clinica/outra"}); got.Header.Get("Service") != service {
			t.Errorf("client %s moves from %s to %s", client, service, got.Header.Get("Service"))
		}
	}
}

func TestWhenThePreviewIsEmptyTheActiveAnswers(t *testing.T) {
	t.Parallel()
	g := start(t, func(a *Args) {
		a.Services[2].Active, a.Services[2].Preview, a.Services[2].Share = backend(t, "stable"), nowhere(), 50
	})
	for i := range 60 {
		if got := g.get(visit{client: fmt.Sprintf("198.18.0.%d", i+1), host: tenantHost, path: "/clinica/"}); got.Header.Get("Service") != "stable" {
			t.Errorf("client %d gets %d from %q", i, got.StatusCode, got.Header.Get("Service"))
		}
	}
}

// ASVS: v5.0.0-16.5.1.
func TestAServiceThatIsAwayIsSaidToBe(t *testing.T) {
	t.Parallel()
	g := start(t, nil)
	got := g.get(visit{client: "198.51.100.1", host: tenantHost, path: "/admin/"})
	if got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got.text, "Serviço indisponível") || got.Header.Get("Retry-After") != "300" {
		t.Errorf("got %d, %q", got.StatusCode, got.text)
	}
}

// ASVS: v5.0.0-5.2.1.
func TestABodyBeyondTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	g := start(t, func(a *Args) { a.Services[1].Active = backend(t, "admin") })
	conn, err := g.secure(visit{client: "198.51.100.1", host: tenantHost})
	if err != nil {
		t.Fatal(err)
	}
	defer end(t, conn)
	// The length is enough: nginx refuses before it has read the body.
	if _, err := fmt.Fprintf(conn, "POST /admin/ HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n", tenantHost, 26<<20); err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 4096)
	n, err := conn.Read(head)
	if err != nil || !strings.HasPrefix(string(head[:n]), "HTTP/1.1 413 ") {
		t.Errorf("got %q, %v", head[:n], err)
	}
}

// ASVS: v5.0.0-4.2.1, v5.0.0-13.4.4.
func TestARequestThatCouldBeReadInTwoWaysReachesNoService(t *testing.T) {
	t.Parallel()
	var reached atomic.Int32
	service := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(service.Close)
	g := start(t, func(a *Args) { a.Services[1].Active = strings.TrimPrefix(service.URL, "http://") })
	for what, head := range map[string]string{
		"two ways to say its length": "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"two lengths":                "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
		"a length that is none":      "Content-Length: +5\r\n\r\nhello",
		"another encoding":           "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
		"a space before the colon":   "Content-Length : 5\r\n\r\nhello",
		"two hosts":                  "Host: c.example.com.br\r\nContent-Length: 0\r\n\r\n",
	} {
		conn, err := g.secure(visit{client: "198.51.100.1", host: tenantHost})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(conn, "POST /admin/ HTTP/1.1\r\nHost: %s\r\n%s", tenantHost, head); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || answer.StatusCode != http.StatusBadRequest && answer.StatusCode != http.StatusNotImplemented || !answer.Close {
			t.Errorf("%s: %+v, %v", what, answer, err)
		}
		end(t, conn)
	}
	trace := g.get(visit{client: "198.51.100.1", host: tenantHost, path: "/admin/", method: http.MethodTrace})
	if trace.StatusCode != http.StatusMethodNotAllowed || reached.Load() != 0 {
		t.Errorf("TRACE is answered %d; the service was reached %d times", trace.StatusCode, reached.Load())
	}
}

func TestTheHealthListenerAnswersPlainlyAndNothingElse(t *testing.T) {
	t.Parallel()
	g := start(t, nil)
	for path, want := range map[string]int{"/healthz": 200, "/": 404, "/admin/": 404} {
		response, err := http.Get(fmt.Sprintf("http://%s:%d%s", g.args.Address, g.args.Health, path))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != want || want == 200 && string(text) != "ok\n" {
			t.Errorf("%s: got %d, %q, %v", path, response.StatusCode, text, err)
		}
	}
}

// ASVS: v5.0.0-3.4.1, v5.0.0-3.4.3, v5.0.0-3.4.4, v5.0.0-3.4.5, v5.0.0-3.4.6.
func TestAnswersCarryTheSecurityHeadersOnceAndNoVersion(t *testing.T) {
	t.Parallel()
	g := start(t, func(a *Args) { a.Services[0].Active = backend(t, "landing") })
	for _, v := range []visit{{host: apexHost, path: "/"}, {host: tenantHost, path: "/nowhere"}, {host: "c.example.com.br", path: "/"}} {
		v.client = "198.51.100.1"
		got := g.get(v)
		for key, want := range map[string]string{
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "strict-origin-when-cross-origin", "Server": "nginx",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
		} {
			if values := got.Header.Values(key); len(values) != 1 || values[0] != want {
				t.Errorf("%s%s: %s is %q, want %q", v.host, v.path, key, values, want)
			}
		}
		if got.Header.Get("X-Powered-By") != "" || got.Header.Get("Permissions-Policy") == "" {
			t.Errorf("%s%s: the headers are %v", v.host, v.path, got.Header)
		}
	}
}

// ASVS: v5.0.0-14.2.1, v5.0.0-16.2.1, v5.0.0-16.2.3, v5.0.0-16.2.4, v5.0.0-16.2.5.
func TestLogsHoldNoPersonalData(t *testing.T) {
	t.Parallel()
	g := start(t, func(a *Args) { a.Services[0].Active = backend(t, "landing"); a.ClientBurst = 1 })
	secrets := map[string]string{"User-Agent": "agent-of-a-person", "Referer": "https://example.org/?cpf=11122233344", "Cookie": "session=cookie-of-a-person", "Authorization": "Bearer token-of-a-person"}
	for range 5 {
		g.get(visit{client: "198.51.100.77", host: apexHost, path: "/busca?cpf=12345678909", header: secrets})
	}
	g.get(visit{client: "198.51.100.77", host: tenantHost, path: "/admin/?cpf=12345678909", header: secrets}) // a service that is away
	g.finish()                                                                                                // a line is written after its answer
	access, err := os.ReadFile(g.args.AccessLog)
	if err != nil {
		t.Fatal(err)
	}
	failures, err := os.ReadFile(g.args.ErrorLog)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for _, word := range []string{"cpf", "12345678909", "11122233344", "of-a-person", "198.51.100.77"} {
		if strings.Contains(string(access)+string(failures)+g.log.String(), word) {
			t.Errorf("a log holds %q", word)
		}
	}
	var lines int
	for line := range strings.Lines(string(access)) {
		lines++
		var entry struct {
			Host, Path, Network, Request, Limited, TLS string
			Status                                     int
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%q is not JSON: %v", line, err)
		}
		if lines == 1 && (entry.Host != apexHost || entry.Path != "/busca" || entry.Network != "198.51.100.0" || entry.Status != 200 || entry.Request == "" || entry.TLS != "TLSv1.3" || entry.Limited != "PASSED") {
			t.Errorf("the line is %+v", entry)
		}
	}
	if lines != 6 {
		t.Errorf("%d lines were written for 6 requests", lines)
	}
}

func TestARenewedCertificateCountsWithoutARestart(t *testing.T) {
	t.Parallel()
	g := start(t, func(a *Args) { a.Services[0].Active = backend(t, "landing") })
	serial := func() string {
		return g.get(visit{client: "198.51.100.1", host: apexHost, path: "/"}).state.PeerCertificates[0].SerialNumber.String()
	}
	before := serial()
	g.ca.issue(t, filepath.Join(g.dir, "tls"), "example.com.br", "*.example.com.br")
	if g.args.Nginx.AtLeast(1, 27, 4) {
		t.Log("this nginx keeps a certificate for a minute; the renewal is not awaited")
		return
	}
	if after := serial(); after == before {
		t.Error("the old certificate is still shown")
	}
}

// ASVS: v5.0.0-12.3.3.
func TestServicesAreReachedOverMutualTLSWhenItIsOn(t *testing.T) {
	t.Parallel()
	mesh := newAuthority(t)
	dir := t.TempDir()
	service := func(name string) string {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Service", r.TLS.PeerCertificates[0].Subject.CommonName)
		}))
		server.TLS = &tls.Config{
			Certificates: []tls.Certificate{mesh.issue(t, filepath.Join(dir, name), name)}, ClientAuth: tls.RequireAndVerifyClientCert,
			ClientCAs: mesh.pool, MinVersion: tls.VersionTLS13,
		}
		server.StartTLS()
		t.Cleanup(server.Close)
		return strings.TrimPrefix(server.URL, "https://")
	}
	landing, impostor := service("landing.test.svc"), service("impostor.test.svc")
	mesh.issue(t, filepath.Join(dir, "gateway"), "gateway.gateway.svc")
	mesh.writeCA(t, filepath.Join(dir, "ca.crt"))
	for at := dir; at != os.TempDir() && at != "/"; at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	g := start(t, func(a *Args) {
		a.Services[0].Active, a.Services[1].Active = landing, impostor
		a.Mutual = &Mutual{Certificate: filepath.Join(dir, "gateway.crt"), Key: filepath.Join(dir, "gateway.key"), CA: filepath.Join(dir, "ca.crt")}
	})
	if got := g.get(visit{client: "198.51.100.1", host: apexHost, path: "/"}); got.Header.Get("Service") != "gateway.gateway.svc" {
		t.Errorf("the service sees %q, with status %d", got.Header.Get("Service"), got.StatusCode)
	}
	if got := g.get(visit{client: "198.51.100.1", host: tenantHost, path: "/admin/"}); got.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a service with another's certificate gets the request: %d", got.StatusCode)
	}
}

func TestHTTP2IsOffered(t *testing.T) {
	t.Parallel()
	g := start(t, func(a *Args) { a.Services[0].Active = backend(t, "landing") })
	transport := &http.Transport{
		ForceAttemptHTTP2: true,
		DialTLSContext: func(context.Context, string, string) (net.Conn, error) {
			conn, err := g.proxied(g.args.HTTPS, "198.51.100.1")
			if err != nil {
				return nil, err
			}
			secured := tls.Client(conn, &tls.Config{RootCAs: g.ca.pool, ServerName: apexHost, NextProtos: []string{"h2"}})
			return secured, secured.Handshake()
		},
	}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Get("https://" + apexHost + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.ProtoMajor != 2 || response.StatusCode != http.StatusOK {
		t.Errorf("got HTTP/%d and status %d", response.ProtoMajor, response.StatusCode)
	}
}
