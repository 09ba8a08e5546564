package nginxconf

import (
	"net/http"
	"strings"
	"testing"
)

// direct is a gateway without a load balancer, at a port of its own.
func direct(t *testing.T) *gateway {
	t.Helper()
	return start(t, func(a *Args) {
		a.Services[0].Active, a.Services[1].Active = backend(t, "landing"), backend(t, "admin")
		a.Services[0].Rest = true
		a.Direct, a.Balancers, a.Public = true, nil, 9443
	})
}

func TestWithoutABalancerAClientIsWhoConnects(t *testing.T) {
	t.Parallel()
	g := direct(t)
	got := g.get(visit{host: apexHost, path: "/", header: map[string]string{"X-Forwarded-For": "192.0.2.9"}})
	for _, line := range []string{"X-Forwarded-For=127.0.0.1\n", "X-Forwarded-Host=" + apexHost + ":9443\n", "landing " + apexHost + ":9443 /\n"} {
		if !strings.Contains(got.text, line) {
			t.Errorf("the service was not told %q but %q", line, got.text)
		}
	}
	if answer, err := g.try(visit{client: "198.51.100.1", host: apexHost, path: "/"}); err == nil {
		t.Errorf("a PROXY header of a client's own is taken: %q", answer.text)
	}
}

func TestPort80SendsToThePortThatClientsKnow(t *testing.T) {
	t.Parallel()
	g := direct(t)
	conn, err := g.proxied(g.args.HTTP, "")
	if err != nil {
		t.Fatal(err)
	}
	defer end(t, conn)
	got, err := exchange(conn, visit{host: tenantHost, path: "/admin/?q=1"})
	if want := "https://" + tenantHost + ":9443/admin/?q=1"; err != nil || got.Header.Get("Location") != want {
		t.Errorf("got %v, %v, want a redirect to %s", got, err, want)
	}
}

func TestTheRestOfATenantsHostHasAService(t *testing.T) {
	t.Parallel()
	g := direct(t)
	for path, want := range map[string]string{"/": "landing", "/sobre": "landing", "/adminx": "landing", "/admin/": "admin", "/api/x": "admin"} {
		if got := g.get(visit{host: tenantHost, path: path}); got.Header.Get("Service") != want || got.StatusCode != http.StatusOK {
			t.Errorf("%s is answered by %q with %d, want %s", path, got.Header.Get("Service"), got.StatusCode, want)
		}
	}
	if got := g.get(visit{host: "c.example.com.br", path: "/"}); got.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the rest of a suspended tenant's host gets %d", got.StatusCode)
	}
}
