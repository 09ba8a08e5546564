package postgres

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
)

// errNoCertificate says that a server proved nothing.
var errNoCertificate = errors.New("the server sent no certificate")

// secure returns the TLS settings of one new connection, from the files as
// they are now.
func (s Settings) secure(host string) (*tls.Config, error) {
	if s.TLS == Off {
		return nil, nil //nolint:nilnil // pgx takes nil for a connection in the clear
	}
	pem, err := os.ReadFile(s.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read the certificates that sign the server's: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate in PEM; write the authority's there", s.CAFile)
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots, ServerName: host}
	if s.TLS == VerifyCA {
		cfg.InsecureSkipVerify = true // the chain is verified below; only the name is not
		cfg.VerifyConnection = func(state tls.ConnectionState) error { return verifyChain(state, roots) }
	}
	if s.CertFile == "" {
		return cfg, nil
	}
	pair, err := tls.LoadX509KeyPair(s.CertFile, s.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("read the certificate that this service shows: %w", err)
	}
	cfg.Certificates = []tls.Certificate{pair}
	return cfg, nil
}

// verifyChain is what verify-ca means: signed by our authority, whatever the
// name.
func verifyChain(state tls.ConnectionState, roots *x509.CertPool) error {
	if len(state.PeerCertificates) == 0 {
		return errNoCertificate
	}
	opts := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
	for _, c := range state.PeerCertificates[1:] {
		opts.Intermediates.AddCert(c)
	}
	_, err := state.PeerCertificates[0].Verify(opts)
	return err //nolint:wrapcheck // crypto/tls reports it as the handshake's
}

// password reads the password as it is now; none is a login by certificate.
func (s Settings) password() (string, error) {
	if s.PasswordFile == "" {
		return "", nil
	}
	text, err := os.ReadFile(s.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("read the password of %s: %w", s.Login, err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}
