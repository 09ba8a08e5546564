package mtls_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/avila-devops/saas/apps/internal/certtest"
	"github.com/avila-devops/saas/apps/internal/mtls"
	"github.com/avila-devops/saas/apps/internal/telemetry"
)

const (
	admin  = "admin.apps.svc"
	clinic = "spiffe://avila/ns/apps/sa/clinic"
)

// place writes files as Kubernetes mounts a Secret: a link to a directory that
// is replaced as a whole.
type place struct {
	t   testing.TB
	dir string
}

func (p place) files() mtls.Files {
	return mtls.Files{Cert: filepath.Join(p.dir, "..data", "tls.crt"), Key: filepath.Join(p.dir, "..data", "tls.key"), CA: filepath.Join(p.dir, "..data", "ca.crt")}
}

func (p place) put(cert, key, ca []byte) {
	p.t.Helper()
	dir, err := os.MkdirTemp(p.dir, "..version")
	if err != nil {
		p.t.Fatal(err)
	}
	certtest.Write(p.t, dir, "tls.crt", cert)
	certtest.Write(p.t, dir, "tls.key", key)
	certtest.Write(p.t, dir, "ca.crt", ca)
	link := filepath.Join(p.dir, "..data_tmp")
	if err := errors.Join(os.Symlink(dir, link), os.Rename(link, filepath.Join(p.dir, "..data"))); err != nil {
		p.t.Fatal(err)
	}
}

// identity returns one of the authority, and where its files are.
func identity(t testing.TB, a *certtest.Authority, leaf certtest.Leaf, trusts ...*certtest.Authority) (*mtls.Identity, place) {
	t.Helper()
	p := place{t, t.TempDir()}
	cert, key := a.Issue(leaf)
	ca := a.PEM
	for _, other := range trusts {
		ca = append(ca[:len(ca):len(ca)], other.PEM...)
	}
	p.put(cert, key, ca)
	i, err := mtls.Load(p.files(), telemetry.NewLog(io.Discard, "test"))
	if err != nil {
		t.Fatal(err)
	}
	return i, p
}

// serve runs a server that accepts these peers.
func serve(t testing.TB, i *mtls.Identity, peers ...string) string {
	t.Helper()
	config, err := i.Server(peers)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	s.Config.ErrorLog = telemetry.ServerLog(telemetry.NewLog(io.Discard, "test"))
	s.Listener = tls.NewListener(s.Listener, config) // StartTLS would add a certificate of its own
	s.Start()
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "http:", "https:", 1)
}

func client(t testing.TB, i *mtls.Identity, peers ...string) *http.Client {
	t.Helper()
	config, err := i.Client(peers)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: config}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func get(c *http.Client, url string) (string, error) {
	res, err := c.Get(url)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}

// ASVS: v5.0.0-12.3.3, v5.0.0-13.2.1.
func TestTwoServicesThatNameEachOtherConnectByTLS13(t *testing.T) {
	t.Parallel()
	ca := certtest.New(t, "ours")
	server, _ := identity(t, ca, certtest.Leaf{DNS: []string{admin}})
	caller, _ := identity(t, ca, certtest.Leaf{URI: clinic})
	url := serve(t, server, "other.apps.svc", clinic)
	res, err := client(t, caller, admin).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.TLS.Version != tls.VersionTLS13 {
		t.Errorf("the version is %s", tls.VersionName(res.TLS.Version))
	}
}

// ASVS: v5.0.0-12.1.3, v5.0.0-12.3.2, v5.0.0-12.3.4.
func TestAPeerThatIsNotAsItShouldBeIsRefused(t *testing.T) {
	t.Parallel()
	ours, theirs := certtest.New(t, "ours"), certtest.New(t, "ours")
	good := certtest.Leaf{DNS: []string{admin}}
	for name, row := range map[string]struct {
		authority *certtest.Authority
		leaf      certtest.Leaf
	}{
		"another authority":          {theirs, good},
		"another name":               {ours, certtest.Leaf{DNS: []string{"admin.apps.svc.evil"}}},
		"the name as a common name":  {ours, certtest.Leaf{CommonName: admin}},
		"the name as a wildcard":     {ours, certtest.Leaf{DNS: []string{"*.apps.svc"}}},
		"an end that has passed":     {ours, certtest.Leaf{DNS: []string{admin}, Expired: true}},
		"a certificate for no peers": {ours, certtest.Leaf{DNS: []string{admin}, Usage: x509.ExtKeyUsageCodeSigning}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cert, key := row.authority.Issue(row.leaf)
			pair, err := tls.X509KeyPair(cert, key)
			if err != nil {
				t.Fatal(err)
			}
			us, _ := identity(t, ours, good)
			// As a client of ours.
			url := serve(t, us, admin)
			bad := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{pair}}}}
			if body, err := get(bad, url); err == nil {
				t.Errorf("our server answers %q", body)
			}
			// As a server that ours calls.
			s := httptest.NewUnstartedServer(http.NotFoundHandler())
			s.Config.ErrorLog = telemetry.ServerLog(telemetry.NewLog(io.Discard, "test"))
			s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
			s.StartTLS()
			t.Cleanup(s.Close)
			if _, err := get(client(t, us, admin), s.URL); err == nil || !strings.Contains(err.Error(), "mtls: ") {
				t.Errorf("our client gets %v", err)
			}
		})
	}
}

// ASVS: v5.0.0-12.1.1.
func TestACallerWithoutACertificateOrOfAnOlderTLSIsRefused(t *testing.T) {
	t.Parallel()
	ca := certtest.New(t, "ours")
	us, _ := identity(t, ca, certtest.Leaf{DNS: []string{admin}})
	url := serve(t, us, admin)
	cert, key := ca.Issue(certtest.Leaf{DNS: []string{admin}})
	pair, _ := tls.X509KeyPair(cert, key)
	for name, config := range map[string]*tls.Config{
		"no certificate": {InsecureSkipVerify: true},
		"TLS 1.2":        {InsecureSkipVerify: true, Certificates: []tls.Certificate{pair}, MaxVersion: tls.VersionTLS12},
	} {
		if body, err := get(&http.Client{Transport: &http.Transport{TLSClientConfig: config}}, url); err == nil {
			t.Errorf("%s: the server answers %q", name, body)
		}
	}
}

func TestAListOfPeersThatAdmitsNobodyOrAnybodyIsRefused(t *testing.T) {
	t.Parallel()
	i, _ := identity(t, certtest.New(t, "ours"), certtest.Leaf{DNS: []string{admin}})
	for _, peers := range []mtls.Peers{nil, {""}, {"*.apps.svc"}, {"a/b"}} {
		_, serverErr := i.Server(peers)
		_, clientErr := i.Client(peers)
		if serverErr == nil || clientErr == nil {
			t.Errorf("%q is accepted", peers)
		}
	}
}

func TestFilesThatCannotBeUsedAreNamed(t *testing.T) {
	t.Parallel()
	ca := certtest.New(t, "ours")
	cert, key := ca.Issue(certtest.Leaf{DNS: []string{admin}})
	expired, expiredKey := ca.Issue(certtest.Leaf{DNS: []string{admin}, Expired: true})
	_, otherKey := ca.Issue(certtest.Leaf{DNS: []string{admin}})
	for want, row := range map[string][3][]byte{
		"are not a certificate and its key": {cert, otherKey, ca.PEM},
		"holds no PEM certificate":          {cert, key, []byte("x")},
		"; have it renewed":                 {expired, expiredKey, ca.PEM},
	} {
		p := place{t, t.TempDir()}
		p.put(row[0], row[1], row[2])
		if _, err := mtls.Load(p.files(), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	_, err := mtls.Load(mtls.Files{Cert: "/nowhere/c", Key: "/nowhere/k", CA: "/nowhere/a"}, nil)
	for _, file := range []string{"/nowhere/c", "/nowhere/k", "/nowhere/a"} {
		if err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%v lacks %s", err, file)
		}
	}
}
