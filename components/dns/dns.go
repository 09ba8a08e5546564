// Package dns makes the environment's public zone: signed, with the
// authorities that may issue certificates for it, and an address for each host.
// Other components put records of their own into the zone.
package dns

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:dns:DNS"

// Authorities that issue the environment's certificates, as RFC 8659 names
// them: Google for the CDN's host, and Let's Encrypt for the gateway's
// wildcard.
const (
	google      = "pki.goog"
	letsEncrypt = "letsencrypt.org"
)

// Seconds that a resolver may keep a record.
const (
	hostSeconds      = 300
	authoritySeconds = 3600
)

// Args says which hosts there are.
type Args struct {
	Project pulumi.StringInput // with Cloud DNS on
	Domain  string
	Protect bool
}

// Host is a name in the zone and the address that it stands for.
type Host struct {
	Label   string // empty for the domain itself
	Address pulumi.StringInput
}

// DNS is the zone.
type DNS struct {
	pulumi.ResourceState

	// Zone is the zone's name in the project, and Project its project.
	Zone    pulumi.StringOutput `pulumi:"zone"`
	Project pulumi.StringOutput `pulumi:"project"`
	// NameServers are what the domain's registrar, or the zone above, delegates
	// to.
	NameServers pulumi.StringArrayOutput `pulumi:"nameServers"`

	name, domain string
}

// New makes the zone.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*DNS, error) {
	if args == nil {
		return nil, fmt.Errorf("dns.New %q: Args is nil", name)
	}
	if args.Project == nil || args.Domain == "" || strings.HasSuffix(args.Domain, ".") {
		return nil, fmt.Errorf("dns.New %q: %w", name, errors.New("Args.Project and Args.Domain (without a dot at its end) are required"))
	}
	d := &DNS{name: name, domain: args.Domain}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"domain": pulumi.String(args.Domain)}, d, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	// A zone that is made again has other name servers, and the domain is away
	// until its registrar knows them.
	zone, err := dns.NewManagedZone(ctx, name+"-zone", &dns.ManagedZoneArgs{
		Project:            args.Project,
		DnsName:            pulumi.String(args.Domain + "."),
		Description:        pulumi.String("Public names of the environment."),
		Visibility:         pulumi.String("public"),
		ForceDestroy:       pulumi.Bool(false),
		DnssecConfig:       signing(),
		CloudLoggingConfig: dns.ManagedZoneCloudLoggingConfigArgs{EnableLogging: pulumi.Bool(true)},
	}, pulumi.Parent(d), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("create the zone: %w", err)
	}
	d.Zone, d.Project, d.NameServers = zone.Name, zone.Project, zone.NameServers
	if err := d.newAuthorities(ctx); err != nil {
		return nil, err
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{"zone": d.Zone, "project": d.Project, "nameServers": d.NameServers})
}

// signing says how the zone is signed: ECDSA over P-256, which resolvers
// everywhere check and whose answers fit a datagram, and NSEC3, which does not
// list the tenants to whoever asks.
func signing() dns.ManagedZoneDnssecConfigArgs {
	spec := func(use string) dns.ManagedZoneDnssecConfigDefaultKeySpecArgs {
		return dns.ManagedZoneDnssecConfigDefaultKeySpecArgs{
			Algorithm: pulumi.String("ecdsap256sha256"), KeyLength: pulumi.Int(256), KeyType: pulumi.String(use),
		}
	}
	return dns.ManagedZoneDnssecConfigArgs{
		State: pulumi.String("on"), NonExistence: pulumi.String("nsec3"),
		DefaultKeySpecs: dns.ManagedZoneDnssecConfigDefaultKeySpecArray{spec("keySigning"), spec("zoneSigning")},
	}
}

// newAuthorities says who may issue certificates: for single hosts both, for
// the wildcard Let's Encrypt alone.
func (d *DNS) newAuthorities(ctx *pulumi.Context) error {
	return d.record(ctx, d.name+"-authorities", "", "CAA", authoritySeconds, pulumi.ToStringArray([]string{
		fmt.Sprintf(`0 issue "%s"`, google), fmt.Sprintf(`0 issue "%s"`, letsEncrypt), fmt.Sprintf(`0 issuewild "%s"`, letsEncrypt),
	}))
}

// Add gives a host its address. Each host is a resource of its own, so that one
// more changes no other.
func (d *DNS) Add(ctx *pulumi.Context, host Host) error {
	name := "-host-" + host.Label
	if host.Label == "" {
		name = "-apex"
	}
	return d.record(ctx, d.name+name, host.Label, "A", hostSeconds, pulumi.StringArray{host.Address})
}

func (d *DNS) record(ctx *pulumi.Context, name, label, kind string, seconds int, data pulumi.StringArrayInput) error {
	full := d.domain + "."
	if label != "" {
		full = label + "." + full
	}
	_, err := dns.NewRecordSet(ctx, name, &dns.RecordSetArgs{
		Project: d.Project, ManagedZone: d.Zone,
		Name: pulumi.String(full), Type: pulumi.String(kind), Ttl: pulumi.Int(seconds), Rrdatas: data,
	}, pulumi.Parent(d))
	if err != nil {
		return fmt.Errorf("create the %s record of %s: %w", kind, full, err)
	}
	return nil
}
