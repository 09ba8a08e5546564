// Package certtest makes certificate authorities and certificates for tests.
package certtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority signs certificates.
type Authority struct {
	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	PEM  []byte
}

// New returns an authority of this name.
func New(t testing.TB, name string) *Authority {
	t.Helper()
	a := &Authority{t: t, key: key(t)}
	der := a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}, nil, a.key)
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a.cert, a.PEM = cert, encode("CERTIFICATE", der)
	return a
}

// Leaf says what a certificate names.
type Leaf struct {
	CommonName string
	DNS        []string
	URI        string
	Expired    bool
	Usage      x509.ExtKeyUsage // only this one; both server and client when 0
}

// Issue returns a certificate and its key, as PEM.
func (a *Authority) Issue(leaf Leaf) (cert, secret []byte) {
	a.t.Helper()
	usage := []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	if leaf.Usage != 0 {
		usage = []x509.ExtKeyUsage{leaf.Usage}
	}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: leaf.CommonName}, DNSNames: leaf.DNS, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: usage,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	if leaf.Expired {
		template.NotAfter = time.Now().Add(-time.Minute)
	}
	if leaf.URI != "" {
		u, err := url.Parse(leaf.URI)
		if err != nil {
			a.t.Fatal(err)
		}
		template.URIs = []*url.URL{u}
	}
	k := key(a.t)
	der := a.sign(template, a.cert, k)
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		a.t.Fatal(err)
	}
	return encode("CERTIFICATE", der), encode("PRIVATE KEY", raw)
}

func (a *Authority) sign(template, parent *x509.Certificate, subject *ecdsa.PrivateKey) []byte {
	a.t.Helper()
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber = serial
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &subject.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	return der
}

func key(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// Write makes a file in dir and returns its path.
func Write(t testing.TB, dir, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
