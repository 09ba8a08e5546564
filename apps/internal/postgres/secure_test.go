package postgres_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fmt"

	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
)

// authority signs certificates for a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sign returns a certificate and its key, for a login or an address.
func (a authority) sign(t *testing.T, name string, addresses ...net.IP) (cert, key []byte) {
	t.Helper()
	own := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, IPAddresses: addresses,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, own.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
}

func put(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestAConnectionIsSecuredAsTheSettingsSay runs a server of its own, which
// admits only TLS with a client's certificate, as Cloud SQL does.
//
// ASVS: v5.0.0-12.3.1, v5.0.0-12.3.2.
func TestAConnectionIsSecuredAsTheSettingsSay(t *testing.T) {
	t.Parallel()
	ours, theirs := newAuthority(t), newAuthority(t)
	cert, key := ours.sign(t, "a server without the name that is dialled") // as Cloud SQL's
	server, err := postgrestest.Start(t.TempDir(), postgrestest.Option{
		Settings: map[string]string{"ssl": "on", "ssl_cert_file": "server.crt", "ssl_key_file": "server.key", "ssl_ca_file": "ca.crt"},
		Files:    map[string][]byte{"server.crt": cert, "server.key": key, "ca.crt": ours.pem},
		HBA:      "host all postgres 127.0.0.1/32 trust\nhostssl all app 127.0.0.1/32 scram-sha-256 clientcert=verify-ca\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		put(t, path, content)
		return path
	}
	clientCert, clientKey := ours.sign(t, "app")
	strangerCert, strangerKey := theirs.sign(t, "app")
	good := postgres.Settings{
		Write: fmt.Sprintf("127.0.0.1:%d", server.Port), Database: "postgres", Login: "app", Connections: 2, Timeout: time.Second, Schema: "prod",
		PasswordFile: file("password", []byte(postgrestest.Password+"\n")), TLS: postgres.VerifyCA,
		CAFile: file("ca", ours.pem), CertFile: file("cert", clientCert), KeyFile: file("key", clientKey),
	}
	for name, row := range map[string]struct {
		change func(*postgres.Settings)
		want   string
	}{
		"as it should be":         {func(*postgres.Settings) {}, ""},
		"another authority":       {func(s *postgres.Settings) { s.CAFile = file("theirs", theirs.pem) }, "certificate signed by unknown authority"},
		"a name that is demanded": {func(s *postgres.Settings) { s.TLS = postgres.VerifyFull }, "cannot validate certificate for 127.0.0.1"},
		"no certificate to show":  {func(s *postgres.Settings) { s.CertFile, s.KeyFile = "", "" }, "requires a valid client certificate"},
		"a stranger's":            {func(s *postgres.Settings) { s.CertFile, s.KeyFile = file("sc", strangerCert), file("sk", strangerKey) }, "tls: unknown certificate authority"},
		"in the clear":            {func(s *postgres.Settings) { s.TLS = postgres.Off }, "no encryption"},
		"a wrong password":        {func(s *postgres.Settings) { s.PasswordFile = file("wrong", []byte("wrong")) }, "password authentication failed"},
		"no authority in it":      {func(s *postgres.Settings) { s.CAFile = file("empty", nil) }, "holds no certificate in PEM; write the authority's there"},
	} {
		s := good
		row.change(&s)
		p, err := postgres.Open(t.Context(), s, postgres.ForWrites)
		if err == nil {
			p.Close()
		}
		if row.want == "" && err != nil || row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
			t.Errorf("%s: error is %v, want %q", name, err, row.want)
		}
		if err != nil && strings.Contains(err.Error(), postgrestest.Password) {
			t.Errorf("%s: the error holds the password", name)
		}
	}
}

// TestFilesAreReadAgainForEachConnection replaces the password while a pool is
// open.
func TestFilesAreReadAgainForEachConnection(t *testing.T) {
	t.Parallel()
	server, err := postgrestest.Start(t.TempDir(), postgrestest.Option{HBA: "host all postgres 127.0.0.1/32 trust\nhost all app 127.0.0.1/32 scram-sha-256\n"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	password := filepath.Join(t.TempDir(), "password")
	put(t, password, []byte(postgrestest.Password))
	p, err := postgres.Open(t.Context(), postgres.Settings{
		Write: fmt.Sprintf("127.0.0.1:%d", server.Port), Database: "postgres", Login: "app", PasswordFile: password,
		TLS: postgres.Off, Connections: 1, Timeout: time.Second, Schema: "prod",
	}, postgres.ForWrites)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	su := server.Connect(t, postgrestest.Superuser, "postgres")
	if _, err := su.Exec(t.Context(), "alter role app password 'rotated'"); err != nil {
		t.Fatal(err)
	}
	p.Raw().Reset()
	if err := p.Guard(t.Context()); err == nil {
		t.Fatal("the old password still opens a connection")
	}
	put(t, password, []byte("rotated\n"))
	if err := p.Guard(t.Context()); err != nil {
		t.Errorf("the new password: %v", err)
	}
}
