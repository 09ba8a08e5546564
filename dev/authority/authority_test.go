package authority

import (
	"crypto/x509"
	"net"
	"os"
	"testing"
	"time"
)

func open(t *testing.T, dir string) (*Authority, *x509.CertPool) {
	t.Helper()
	a, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(a.CA())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		t.Fatal("the authority's file holds no certificate")
	}
	return a, pool
}

func (a *Authority) issued(t *testing.T, name string, hosts ...string) *x509.Certificate {
	t.Helper()
	pair, err := a.Issue(name, hosts, net.IPv4(127, 0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	cert, _, err := read(pair)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestTheAuthorityCanSignForThisMachineAlone(t *testing.T) {
	t.Parallel()
	a, pool := open(t, t.TempDir())
	for host, allowed := range map[string]bool{"avila.localhost": true, "demo.avila.localhost": true, "localhost": true, "example.com": false, "localhost.example.com": false} {
		cert := a.issued(t, "site", host)
		if _, err := cert.Verify(x509.VerifyOptions{Roots: pool, DNSName: host}); (err == nil) != allowed {
			t.Errorf("%s: %v", host, err)
		}
	}
	pair, err := a.Issue("bank", []string{"localhost"}, net.IPv4(192, 0, 2, 1))
	if err != nil {
		t.Fatal(err)
	}
	cert, _, err := read(pair)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cert.Verify(x509.VerifyOptions{Roots: pool, DNSName: "localhost"}); err == nil {
		t.Error("an address of another machine is believed")
	}
}

func TestWhatStillHoldsIsKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, _ := open(t, dir)
	first := a.issued(t, "site", "avila.localhost")
	again, _ := open(t, dir)
	if !a.Fresh || again.Fresh {
		t.Error("the authority is made anew at each start, and nobody's trust would last")
	}
	if second := again.issued(t, "site", "avila.localhost"); !second.Equal(first) {
		t.Error("a certificate that holds is made anew")
	}
	if other := again.issued(t, "site", "avila.localhost", "new.localhost"); other.Equal(first) || other.VerifyHostname("new.localhost") != nil {
		t.Error("a certificate without a name that is asked for is kept")
	}
	if info, err := os.Stat(again.pair("site").Key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key is %v: %v", info, err)
	}
}

func TestWhatDoesNotHoldIsMadeAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, _ := open(t, dir)
	cert := a.issued(t, "site", "avila.localhost")
	if cert.NotAfter.After(time.Now().Add(leaf + time.Minute)) {
		t.Errorf("the certificate holds until %s", cert.NotAfter)
	}
	if err := os.WriteFile(a.pair("site").Certificate, []byte("half a certif"), 0o644); err != nil {
		t.Fatal(err)
	}
	if again := a.issued(t, "site", "avila.localhost"); again.Equal(cert) {
		t.Error("a broken file is kept")
	}
	// A lost key ends the authority, and with it all that it signed.
	if err := os.Remove(a.pair("ca").Key); err != nil {
		t.Fatal(err)
	}
	other, pool := open(t, dir)
	if fresh := other.issued(t, "site", "avila.localhost"); !other.Fresh {
		t.Error("an authority without a key is kept")
	} else if _, err := fresh.Verify(x509.VerifyOptions{Roots: pool, DNSName: "avila.localhost"}); err != nil {
		t.Errorf("what another authority signed is kept: %v", err)
	}
}
