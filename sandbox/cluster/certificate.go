package cluster

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
	"time"

	"github.com/avila-devops/saas/sandbox/atomicfile"
)

// The cluster's own certificate authority, what it certified for the two
// servers on 127.0.0.1, and the key that signs service account tokens.
const (
	authorityFile  = "ca.crt"
	servingFile    = "serving.crt"
	servingKeyFile = "serving.key"
	accountKeyFile = "service-account.key"
)

const (
	certificateLife = 10 * 365 * 24 * time.Hour
	// renewBefore leaves a started cluster a valid certificate for as long as
	// anyone leaves a laptop on.
	renewBefore = 90 * 24 * time.Hour
)

// certify makes what is missing, damaged or about to expire. The authority's
// key is not kept: whenever one certificate is renewed, all are.
func (c Cluster) certify() error {
	if c.certified() != nil {
		if err := c.makeCertificates(); err != nil {
			return fmt.Errorf("make certificates: %w", err)
		}
	}
	if _, err := readKey(c.path(accountKeyFile)); err == nil {
		return nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	return writeKey(c.path(accountKeyFile), key)
}

// certified says what is wrong with the certificates on disk.
func (c Cluster) certified() error {
	authority, err := readCertificate(c.path(authorityFile))
	if err != nil {
		return err
	}
	serving, err := readCertificate(c.path(servingFile))
	if err != nil {
		return err
	}
	key, err := readKey(c.path(servingKeyFile))
	if err != nil {
		return err
	}
	if !key.PublicKey.Equal(serving.PublicKey) {
		return errors.New("the serving certificate is of another key")
	}
	roots := x509.NewCertPool()
	roots.AddCert(authority)
	_, err = serving.Verify(x509.VerifyOptions{Roots: roots, DNSName: "127.0.0.1", CurrentTime: time.Now().Add(renewBefore)})
	return err
}

func (c Cluster) makeCertificates() error {
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	servingKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	now := time.Now()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: c.String()},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	serving := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano() + 1), Subject: pkix.Name{CommonName: "127.0.0.1"},
		NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
		KeyUsage: x509.KeyUsageDigitalSignature,
		// The API server shows the same certificate to etcd as a client.
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	authorityText, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		return err
	}
	servingText, err := x509.CreateCertificate(rand.Reader, serving, authority, servingKey.Public(), authorityKey)
	if err != nil {
		return err
	}
	return errors.Join(
		writeKey(c.path(servingKeyFile), servingKey),
		writePEM(c.path(servingFile), "CERTIFICATE", servingText, 0o644),
		writePEM(c.path(authorityFile), "CERTIFICATE", authorityText, 0o644),
	)
}

func readPEM(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is not PEM", path)
	}
	return block.Bytes, nil
}

func readCertificate(path string) (*x509.Certificate, error) {
	text, err := readPEM(path)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(text)
}

func readKey(path string) (*ecdsa.PrivateKey, error) {
	text, err := readPEM(path)
	if err != nil {
		return nil, err
	}
	return x509.ParseECPrivateKey(text)
}

func writeKey(path string, key *ecdsa.PrivateKey) error {
	text, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return writePEM(path, "EC PRIVATE KEY", text, 0o600)
}

func writePEM(path, kind string, content []byte, mode os.FileMode) error {
	return atomicfile.Write(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), mode)
}
