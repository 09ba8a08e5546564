package certificates

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/certificates/certmanager"
)

// What the world sees lives as long as Let's Encrypt allows, and is renewed a
// month before. What services show each other lives a day, and is renewed at
// two thirds of it: there is nothing to revoke.
const (
	publicHours, publicEarly = 90 * 24, 30 * 24
	peerHours, peerEarly     = 24, 8
)

// Wildcard has the world's authority certify hosts, and returns the Secret that
// the certificate will lie in, known once it is asked for. Pods that mount it
// wait until it is there.
func (c *Certificates) Wildcard(ctx *pulumi.Context, name string, namespace pulumi.StringInput, secret string, hosts []string) (pulumi.StringOutput, error) {
	id, err := c.fixed(ctx, name, certmanager.KindCertificate, secret, once(namespace, c.Public), certmanager.CertificateSpec{
		SecretName: secret, DNSNames: hosts,
		Duration: hours(publicHours), RenewBefore: hours(publicEarly),
		Usages:     []string{"digital signature", "server auth"},
		PrivateKey: certmanager.ECDSA(certmanager.Always),
		IssuerRef:  certmanager.IssuerRef{Name: publicIssuer, Kind: certmanager.KindClusterIssuer, Group: certmanager.Group},
	})
	return once(pulumi.String(secret), id), err
}

// PeerSecret is where a service's certificate for its peers lies.
func PeerSecret(service string) string { return service + "-mtls" }

// Peer certifies a service to those that it calls and that call it, by one
// name. It returns the Secret, as [Certificates.Wildcard] does.
func (c *Certificates) Peer(ctx *pulumi.Context, name string, namespace pulumi.StringInput, service, identity string) (pulumi.StringOutput, error) {
	secret := PeerSecret(service)
	id, err := c.fixed(ctx, name, certmanager.KindCertificate, secret, once(namespace, c.Mesh), certmanager.CertificateSpec{
		SecretName: secret, DNSNames: []string{identity},
		Duration: hours(peerHours), RenewBefore: hours(peerEarly),
		Usages:     []string{"digital signature", "server auth", "client auth"},
		PrivateKey: certmanager.ECDSA(certmanager.Always),
		IssuerRef:  certmanager.IssuerRef{Name: meshIssuer, Kind: certmanager.KindClusterIssuer, Group: certmanager.Group},
	})
	return once(pulumi.String(secret), id), err
}
