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
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// mostSQLCerts is how many client certificates an instance keeps.
// https://cloud.google.com/sql/docs/postgres/configure-ssl-instance
const mostSQLCerts = 10

var sqlCertRules = map[string]*rule{
	sslCertType: {
		api: sqlAPI,
		// The id holds the fingerprint, so the certificate is made with it.
		id:       issueSQLCert,
		replaces: []string{"commonName", "instance", "project"},
		refs:     []reference{{path: "instance", to: sqlInstanceType}},
		check: func(in resource.PropertyMap) []problem {
			if name := text(in, "commonName"); has(in, "commonName") && !unknown(in, "commonName") && (name == "" || len(name) > 64) {
				return []problem{{"commonName", "must have 1 to 64 characters"}}
			}
			return nil
		},
		create: checkSQLCert,
	},
}

// checkSQLCert refuses what an instance does not keep. Each instance has a
// client CA of its own, a replica too.
func checkSQLCert(o *op) error {
	all, err := o.live(sslCertType)
	if err != nil {
		return err
	}
	var there int
	for _, other := range all {
		if text(other.Properties, "instance") != o.text("instance") || other.Project != o.project.ID {
			continue
		}
		there++
		if text(other.Properties, "commonName") == o.text("commonName") {
			return refuse(409, "sslCertAlreadyExists", "choose another common name", "The SSL certificate %s already exists on instance %s", o.text("commonName"), o.text("instance"))
		}
	}
	if there >= mostSQLCerts {
		return refuse(403, "sslCertsLimitReached", "delete one that nobody uses any more", "The limit of %d client certificates of instance %s is reached", mostSQLCerts, o.text("instance"))
	}
	return nil
}

// issueSQLCert makes the certificate, its key and the id. Google shows the key
// this once.
func issueSQLCert(o *op) (string, error) {
	instance, err := o.named(sqlInstanceType, o.text("instance"))
	if err != nil {
		return "", err
	}
	if instance == nil { // checkReferences says so
		return o.expand("projects/{project}/instances/{instance}/sslCerts/none"), nil
	}
	issued, err := newClientCertificate(o.text("commonName"), instance.ID, o.now)
	if err != nil {
		return "", err
	}
	o.replace("cert", issued.cert)
	o.replace("privateKey", issued.key)
	o.replace("serverCaCert", strings.Join(texts(instance.Properties, "serverCaCerts.cert"), ""))
	o.replace("sha1Fingerprint", issued.fingerprint)
	o.replace("certSerialNumber", issued.serial)
	o.replace("createTime", issued.from.Format(time.RFC3339))
	o.replace("expirationTime", issued.until.Format(time.RFC3339))
	return o.expand("projects/{project}/instances/{instance}/sslCerts/") + issued.fingerprint, nil
}

// clientCertificate is one that a client proves itself with, in PEM.
type clientCertificate struct {
	cert, key, fingerprint, serial string
	from, until                    time.Time
}

// newClientCertificate makes a certificate that can be read and presented like
// a real one, signed by a CA whose key is thrown away.
func newClientCertificate(commonName, instance string, now time.Time) (clientCertificate, error) {
	fail := func(err error) (clientCertificate, error) {
		return clientCertificate{}, fmt.Errorf("issue the client certificate %s: %w", commonName, err)
	}
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fail(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fail(err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return fail(err)
	}
	issuer := pkix.Name{CommonName: "Google Cloud SQL Client CA " + instance, Organization: []string{"Google, Inc"}, Country: []string{"US"}}
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: issuer, IsCA: true, BasicConstraintsValid: true}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: commonName, Organization: issuer.Organization, Country: issuer.Country},
		NotBefore:   now.Add(-time.Minute).UTC().Truncate(time.Second),
		NotAfter:    now.AddDate(10, 0, 0).UTC().Truncate(time.Second),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, key.Public(), signer)
	if err != nil {
		return fail(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fail(err)
	}
	sum := sha1.Sum(der) //nolint:gosec // Google's APIs name certificates by it
	return clientCertificate{
		cert: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		key:  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})), fingerprint: hex.EncodeToString(sum[:]),
		serial: serial.String(), from: template.NotBefore, until: template.NotAfter,
	}, nil
}
