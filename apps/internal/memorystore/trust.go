package memorystore

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync"
)

// trust judges a server by the instance's authority. Memorystore's server
// certificate names the instance's address in its common name only, which Go
// does not read; but the authority is the instance's own and signs no other, so
// that its signature names the peer.
type trust struct {
	file string

	mu   sync.Mutex
	last *x509.CertPool // the file's last usable content
}

// newTrust returns a configuration that follows the file: it is read at each
// handshake, since an instance's authority is renewed while services run.
func newTrust(file string) (*tls.Config, error) {
	t := &trust{file: file}
	pool, err := t.read()
	if err != nil {
		return nil, err
	}
	t.last = pool
	return &tls.Config{
		MinVersion:         tls.VersionTLS12, // Memorystore has no TLS 1.3 on every version
		InsecureSkipVerify: true,             //nolint:gosec // VerifyConnection verifies the chain; only the name is not asked for
		VerifyConnection:   t.verify,
	}, nil
}

func (t *trust) read() (*x509.CertPool, error) {
	content, err := os.ReadFile(t.file)
	if err != nil {
		return nil, fmt.Errorf("redis CA: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		return nil, fmt.Errorf("redis CA: %s holds no PEM certificate; write the instance's server CA certificates into it", t.file)
	}
	return pool, nil
}

// pool returns the authority as the file has it, or as it last was readable.
func (t *trust) pool() *x509.CertPool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if fresh, err := t.read(); err == nil {
		t.last = fresh
	}
	return t.last
}

func (t *trust) verify(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("redis: the server showed no certificate")
	}
	between := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{
		Roots: t.pool(), Intermediates: between,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	if err != nil {
		return fmt.Errorf("redis: the server's certificate is not of the instance's authority in %s: %w", t.file, err)
	}
	return nil
}
