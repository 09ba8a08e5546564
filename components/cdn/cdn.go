// Package cdn serves files from caches near the people who read them: a bucket
// of the platform's static files, which nobody reads but the CDN, the tenants'
// media bucket, and an application load balancer with Cloud CDN in front of
// both, under a host of its own.
//
// Both buckets are private. Whoever is to read a file gets a signed URL or
// cookie from an app, for a file or for a prefix such as /assets/; the CDN
// checks the signature before it looks into its cache. The media bucket itself
// is package storage's.
package cdn

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:cdn:CDN"

// Args says what is served, and under which name.
type Args struct {
	Project      pulumi.StringInput // with Compute on
	Certificates pulumi.StringInput // the project, with Certificate Manager on
	Storage      pulumi.StringInput // the project, with Cloud Storage on
	Secrets      pulumi.StringInput // the project, with Secret Manager on
	// ProjectNumber names the agent by which the CDN reads the buckets.
	ProjectNumber string

	Host        string
	Zone        pulumi.StringInput // name of the DNS zone that holds Host
	ZoneProject pulumi.StringInput

	Region    string             // of the static bucket and the secret
	Key       pulumi.StringInput // granted to Cloud Storage's agent
	SecretKey pulumi.StringInput // granted to Secret Manager's agent
	Media     pulumi.StringInput // name of the tenants' bucket
	// AccessLogs is the bucket that is told who read what; nil logs nothing
	// beyond the load balancer's own log.
	AccessLogs pulumi.StringInput

	// SigningKeys are generations of the signing key: the first signs, the
	// others are still accepted while they are replaced.
	SigningKeys []int
	// Deny lists ranges whose requests are refused, by a name for each.
	Deny map[string]netip.Prefix

	Protect bool
}

// CDN is the host of static and media files.
type CDN struct {
	pulumi.ResourceState

	Address pulumi.StringOutput `pulumi:"address"`
	Bucket  pulumi.StringOutput `pulumi:"bucket"` // of the static files
	// Signer is the id of the secret with which apps sign URLs: a JSON object of
	// the key's name and its value.
	Signer pulumi.StringOutput `pulumi:"signer"`
}

// mostKeys is how many keys a backend can have.
// https://cloud.google.com/cdn/docs/using-signed-urls
const mostKeys = 3

func (a *Args) validate() error {
	var errs []error
	for name, value := range map[string]pulumi.StringInput{
		"Project": a.Project, "Certificates": a.Certificates, "Storage": a.Storage, "Secrets": a.Secrets, "Zone": a.Zone,
		"ZoneProject": a.ZoneProject, "Key": a.Key, "SecretKey": a.SecretKey, "Media": a.Media,
	} {
		if value == nil {
			errs = append(errs, fmt.Errorf("the argument %s is required", name))
		}
	}
	if a.ProjectNumber == "" || a.Host == "" || a.Region == "" {
		errs = append(errs, errors.New("Args.ProjectNumber, Host and Region are required"))
	}
	if len(a.SigningKeys) == 0 || len(a.SigningKeys) > mostKeys {
		errs = append(errs, fmt.Errorf("Args.SigningKeys %v: 1 to %d generations", a.SigningKeys, mostKeys))
	}
	return errors.Join(errs...)
}

// New makes the CDN.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*CDN, error) {
	if args == nil {
		return nil, fmt.Errorf("cdn.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("cdn.New %q: %w", name, err)
	}
	c := &CDN{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"host": pulumi.String(args.Host)}, c, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	bucket, err := c.newBucket(ctx, name, args)
	if err != nil {
		return nil, err
	}
	armor, err := c.newArmor(ctx, name, args)
	if err != nil {
		return nil, err
	}
	backends, err := c.newBackends(ctx, name, args, bucket.Name, armor)
	if err != nil {
		return nil, err
	}
	signed, err := c.newSigning(ctx, name, args, backends)
	if err != nil {
		return nil, err
	}
	if err := c.newReaders(ctx, name, args, bucket.Name, signed); err != nil {
		return nil, err
	}
	certificates, err := c.newCertificate(ctx, name, args)
	if err != nil {
		return nil, err
	}
	address, err := compute.NewGlobalAddress(ctx, name+"-address", &compute.GlobalAddressArgs{
		Project:     args.Project,
		Description: pulumi.String("The address of " + args.Host + "."),
		AddressType: pulumi.String("EXTERNAL"),
		IpVersion:   pulumi.String("IPV4"),
	}, pulumi.Parent(c), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("reserve the address: %w", err)
	}
	if err := c.newBalancer(ctx, name, args, backends, certificates, address.Address); err != nil {
		return nil, err
	}
	if err := c.newRedirect(ctx, name, args, address.Address); err != nil {
		return nil, err
	}
	if err := c.newName(ctx, name, args, address.Address); err != nil {
		return nil, err
	}
	c.Address, c.Bucket = address.Address, bucket.Name
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"address": c.Address, "bucket": c.Bucket, "signer": c.Signer})
}
