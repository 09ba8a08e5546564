// Package authority makes the certificates of this machine's SaaS, and the
// authority that signs them. It may sign for localhost and loopback addresses
// alone, so that a browser that trusts it trusts no other site because of it.
package authority

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const (
	lifetime = 365 * 24 * time.Hour // of the authority; people trust it by hand
	leaf     = 60 * 24 * time.Hour  // of what it signs
	renewal  = 30 * 24 * time.Hour  // before its end, a certificate is made anew
)

// Authority signs certificates, into its directory.
type Authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	// Fresh says that the authority was made just now: nobody trusts it yet.
	Fresh bool
}

// Pair names the files of a certificate and its key.
type Pair struct{ Certificate, Key string }

// Open reads the authority of a directory, or makes it.
func Open(dir string) (*Authority, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make room for certificates: %w", err)
	}
	a := &Authority{dir: dir}
	cert, key, err := read(a.pair("ca"))
	if err == nil && cert.IsCA && time.Until(cert.NotAfter) > renewal {
		a.cert, a.key = cert, key
		return a, nil
	}
	a.Fresh = true
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, fmt.Errorf("make the authority's key: %w", err)
	}
	_, loopback4, _ := net.ParseCIDR("127.0.0.0/8")
	_, loopback6, _ := net.ParseCIDR("::1/128")
	shape := &x509.Certificate{
		Subject: pkix.Name{CommonName: "Ávila DevOps make dev, this machine only"}, IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(lifetime),
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{"localhost"}, PermittedIPRanges: []*net.IPNet{loopback4, loopback6},
	}
	a.cert = shape
	if a.cert, err = a.sign(shape, a.key, a.pair("ca")); err != nil {
		return nil, err
	}
	return a, nil
}

// CA is the file of the authority's own certificate.
func (a *Authority) CA() string { return a.pair("ca").Certificate }

func (a *Authority) pair(name string) Pair {
	return Pair{filepath.Join(a.dir, name+".crt"), filepath.Join(a.dir, name+".key")}
}

// Issue returns a certificate for these names and addresses, for either side
// of a connection. One that still holds is kept.
func (a *Authority) Issue(name string, hosts []string, addresses ...net.IP) (Pair, error) {
	pair := a.pair(name)
	if cert, _, err := read(pair); err == nil && a.holds(cert, hosts, addresses) {
		return pair, nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair, fmt.Errorf("make the key of %s: %w", name, err)
	}
	_, err = a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, DNSNames: hosts, IPAddresses: addresses, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		NotBefore:   time.Now().Add(-time.Hour), NotAfter: time.Now().Add(leaf),
	}, key, pair)
	return pair, err
}

func (a *Authority) holds(cert *x509.Certificate, hosts []string, addresses []net.IP) bool {
	if cert.CheckSignatureFrom(a.cert) != nil || time.Until(cert.NotAfter) < renewal {
		return false
	}
	for _, address := range addresses {
		hosts = append(hosts[:len(hosts):len(hosts)], address.String())
	}
	for _, host := range hosts {
		if cert.VerifyHostname(host) != nil {
			return false
		}
	}
	return true
}

func (a *Authority) sign(shape *x509.Certificate, key *ecdsa.PrivateKey, to Pair) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("draw a serial number: %w", err)
	}
	shape.SerialNumber = serial
	der, err := x509.CreateCertificate(rand.Reader, shape, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("sign %s: %w", to.Certificate, err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", to.Key, err)
	}
	// Both are replaced whole, the key first: what reads them never sees half.
	if err := errors.Join(
		replace(to.Key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600),
		replace(to.Certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644),
	); err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func replace(path string, content []byte, mode os.FileMode) error {
	if err := os.WriteFile(path+".new", content, mode); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// read reads a pair that belongs together.
func read(p Pair) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	text, err := os.ReadFile(p.Certificate)
	if err != nil {
		return nil, nil, err
	}
	secret, err := os.ReadFile(p.Key)
	if err != nil {
		return nil, nil, err
	}
	certBlock, _ := pem.Decode(text)
	keyBlock, _ := pem.Decode(secret)
	if certBlock == nil || keyBlock == nil {
		return nil, nil, fmt.Errorf("%s or its key is not PEM", p.Certificate)
	}
	cert, err := x509.ParseCertificate(certBlock.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", p.Certificate, err)
	}
	private, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", p.Key, err)
	}
	key, ok := private.(*ecdsa.PrivateKey)
	if !ok || !key.PublicKey.Equal(cert.PublicKey) {
		return nil, nil, fmt.Errorf("%s is not the key of %s", p.Key, p.Certificate)
	}
	return cert, key, nil
}
