package certificates

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/certificates/certmanager"
)

// Names of the issuers, and of the Secrets that they keep in cert-manager's
// namespace.
const (
	publicIssuer  = "lets-encrypt"
	accountSecret = "lets-encrypt-account" //nolint:gosec // the name of a Secret
	rootIssuer    = "mesh-root"
	meshIssuer    = "mesh"
	meshAuthority = "mesh-authority"
)

// The authority of services among each other lives five years and is renewed a
// year before. Its key stays: what it signed is believed by those who have the
// new certificate, and the reverse.
const (
	authorityHours = 5 * 365 * 24
	authorityEarly = 365 * 24
)

// newPublic lets the cluster ask Let's Encrypt.
func (c *Certificates) newPublic(ctx *pulumi.Context, args *Args, namespace pulumi.StringOutput) error {
	spec := pulumi.All(args.Zone, args.ZoneProject).ApplyT(func(v []any) (map[string]any, error) {
		return certmanager.Object(certmanager.IssuerSpec{ACME: &certmanager.ACME{
			Server: args.Directory, Email: args.Contact,
			PrivateKeySecretRef: certmanager.SecretRef{Name: accountSecret},
			Solvers: []certmanager.Solver{{
				Selector: certmanager.Selector{DNSZones: []string{args.Domain}},
				DNS01:    certmanager.DNS01{CloudDNS: certmanager.CloudDNS{HostedZoneName: v[0].(string), Project: v[1].(string)}},
			}},
		}})
	}).(pulumi.MapOutput)
	made, err := c.custom(ctx, "public", certmanager.KindClusterIssuer, once(pulumi.String(publicIssuer), namespace), nil, spec)
	c.Public = once(pulumi.String(publicIssuer), made)
	return err
}

// newMesh makes the authority of the cluster's services: a certificate that
// signs itself, and an issuer that signs with it. The issuer is for every
// namespace; who may declare a Certificate is a matter of RBAC, and the apps'
// accounts may not.
func (c *Certificates) newMesh(ctx *pulumi.Context, namespace pulumi.StringOutput) error {
	root, err := c.fixed(ctx, "root", certmanager.KindIssuer, rootIssuer, namespace, certmanager.IssuerSpec{SelfSigned: &certmanager.SelfSigned{}})
	if err != nil {
		return err
	}
	authority, err := c.fixed(ctx, "authority", certmanager.KindCertificate, meshAuthority, once(namespace, root), certmanager.CertificateSpec{
		SecretName: meshAuthority, CommonName: meshAuthority, IsCA: true,
		Duration: hours(authorityHours), RenewBefore: hours(authorityEarly),
		Usages:     []string{"digital signature", "cert sign", "crl sign"},
		PrivateKey: certmanager.ECDSA(certmanager.Never),
		IssuerRef:  certmanager.IssuerRef{Name: rootIssuer, Kind: certmanager.KindIssuer, Group: certmanager.Group},
	})
	if err != nil {
		return err
	}
	spec, err := certmanager.Object(certmanager.IssuerSpec{CA: &certmanager.CA{SecretName: meshAuthority}})
	if err != nil {
		return err
	}
	made, err := c.custom(ctx, "mesh", certmanager.KindClusterIssuer, once(pulumi.String(meshIssuer), authority), nil, pulumi.ToMap(spec))
	c.Mesh = once(pulumi.String(meshIssuer), made)
	return err
}

// fixed declares an object whose spec is known.
func (c *Certificates) fixed(ctx *pulumi.Context, name, kind, object string, namespace pulumi.StringInput, spec any) (pulumi.IDOutput, error) {
	fields, err := certmanager.Object(spec)
	if err != nil {
		return pulumi.IDOutput{}, err
	}
	return c.custom(ctx, name, kind, pulumi.String(object), namespace, pulumi.ToMap(fields))
}

func (c *Certificates) custom(ctx *pulumi.Context, name, kind string, object, namespace pulumi.StringInput, spec pulumi.MapInput) (pulumi.IDOutput, error) {
	meta := metav1.ObjectMetaArgs{Name: object.ToStringOutput().ToStringPtrOutput()}
	if namespace != nil {
		meta.Namespace = namespace.ToStringOutput().ToStringPtrOutput()
	}
	made, err := apiextensions.NewCustomResource(ctx, c.name+"-"+name, &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String(certmanager.Version), Kind: pulumi.String(kind), Metadata: meta,
		OtherFields: kubernetes.UntypedArgs{"spec": spec},
	}, c.child...)
	if err != nil {
		return pulumi.IDOutput{}, fmt.Errorf("create the %s %s: %w", kind, name, err)
	}
	return made.ID(), nil
}

// hours writes a duration as cert-manager does.
func hours(n int) string { return fmt.Sprintf("%dh0m0s", n) }
