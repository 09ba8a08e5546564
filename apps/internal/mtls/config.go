package mtls

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Peers are the names of those on the other side: DNS names, or URIs such as
// spiffe://avila/ns/apps/sa/admin, exactly as their certificates have them.
type Peers []string

func (p Peers) check() error {
	if len(p) == 0 {
		return errors.New("mtls: no peer is named, so none could connect; name those that may")
	}
	for _, name := range p {
		u, err := url.Parse(name)
		if name == "" || strings.Contains(name, "*") || err != nil || strings.Contains(name, "/") && u.Scheme == "" {
			return fmt.Errorf("mtls: peer %q is neither a DNS name nor a URI; wildcards would admit names that nobody chose", name)
		}
	}
	return nil
}

// Server returns what a server needs to accept these peers and no others. A
// certificate that is renewed serves the next connection; those that stand keep
// theirs.
func (i *Identity) Server(peers Peers) (*tls.Config, error) {
	if err := peers.check(); err != nil {
		return nil, err
	}
	// A resumed session would keep a peer whose authority was withdrawn, so
	// there is none.
	c := &tls.Config{MinVersion: tls.VersionTLS13, SessionTicketsDisabled: true, ClientAuth: tls.RequireAnyClientCert, NextProtos: []string{"h2", "http/1.1"}}
	c.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &i.current.Load().cert, nil }
	c.VerifyConnection = i.judge(peers, x509.ExtKeyUsageClientAuth)
	return c, nil
}

// Client returns what a client needs to call these peers and no others. The
// peer is known by its certificate's name, not by the address it was called at.
func (i *Identity) Client(peers Peers) (*tls.Config, error) {
	if err := peers.check(); err != nil {
		return nil, err
	}
	c := &tls.Config{
		MinVersion:         tls.VersionTLS13,
		InsecureSkipVerify: true, //nolint:gosec // VerifyConnection verifies chain and name, against authorities that may change meanwhile
	}
	c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &i.current.Load().cert, nil }
	c.VerifyConnection = i.judge(peers, x509.ExtKeyUsageServerAuth)
	return c, nil
}

// judge verifies a peer's chain, against the authorities of this moment, and
// its name.
func (i *Identity) judge(peers Peers, usage x509.ExtKeyUsage) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 {
			return errors.New("mtls: the peer shows no certificate")
		}
		leaf := state.PeerCertificates[0]
		between := x509.NewCertPool()
		for _, c := range state.PeerCertificates[1:] {
			between.AddCert(c)
		}
		opt := x509.VerifyOptions{Roots: i.current.Load().pool, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{usage}}
		if _, err := leaf.Verify(opt); err != nil {
			return fmt.Errorf("mtls: the peer's certificate is refused: %w", err)
		}
		if !peers.include(leaf) {
			return fmt.Errorf("mtls: a peer named %.200q may not connect here; only %q may", names(leaf), []string(peers))
		}
		return nil
	}
}

// names are what a certificate says its owner is called. A common name is a
// text that authorities do not check.
func names(leaf *x509.Certificate) []string {
	all := slices.Clone(leaf.DNSNames)
	for _, u := range leaf.URIs {
		all = append(all, u.String())
	}
	return all
}

func (p Peers) include(leaf *x509.Certificate) bool {
	return slices.ContainsFunc(names(leaf), func(name string) bool { return slices.Contains(p, name) })
}
