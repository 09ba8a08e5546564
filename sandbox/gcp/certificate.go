package gcp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // Google's APIs name certificates by it
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// authority is the certificate of a managed instance's CA, as the APIs show it.
type authority struct {
	pem, fingerprint, serial, commonName string
	from, until                          time.Time
}

// newAuthority makes a CA that can be read and trusted like a real one. Its
// key is thrown away: nothing in the sandbox serves with it.
func newAuthority(commonName string, now time.Time) (authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, fmt.Errorf("make the CA of %s: %w", commonName, err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return authority{}, fmt.Errorf("make the CA of %s: %w", commonName, err)
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: commonName, Organization: []string{"Google, Inc"}, Country: []string{"US"}},
		NotBefore:             now.Add(-time.Minute).UTC().Truncate(time.Second),
		NotAfter:              now.AddDate(10, 0, 0).UTC().Truncate(time.Second),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return authority{}, fmt.Errorf("make the CA of %s: %w", commonName, err)
	}
	sum := sha1.Sum(der) //nolint:gosec // Google's APIs name certificates by it
	return authority{
		pem:         string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		fingerprint: hex.EncodeToString(sum[:]), serial: serial.String(), commonName: template.Subject.String(),
		from: template.NotBefore, until: template.NotAfter,
	}, nil
}
