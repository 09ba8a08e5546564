package cdn

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/certificatemanager"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Seconds that a resolver may keep a record.
const (
	hostSeconds  = 300
	proofSeconds = 300
)

// newCertificate has Google issue and renew the host's certificate, by a record
// in our zone that proves it ours. It returns the map that the proxy looks
// hosts up in: other names get no certificate.
func (c *CDN) newCertificate(ctx *pulumi.Context, name string, args *Args) (pulumi.StringInput, error) {
	proof, err := certificatemanager.NewDnsAuthorization(ctx, name+"-proof", &certificatemanager.DnsAuthorizationArgs{
		Project:     args.Certificates,
		Description: pulumi.String("Proves that " + args.Host + " is ours."),
		Domain:      pulumi.String(args.Host),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("ask for the proof of %s: %w", args.Host, err)
	}
	shown, err := dns.NewRecordSet(ctx, name+"-proof", &dns.RecordSetArgs{
		Project: args.ZoneProject, ManagedZone: args.Zone,
		Name:    wanted(proof, func(r record) *string { return r.Name }),
		Type:    wanted(proof, func(r record) *string { return r.Type }),
		Ttl:     pulumi.Int(proofSeconds),
		Rrdatas: pulumi.StringArray{wanted(proof, func(r record) *string { return r.Data })},
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("show the proof of %s: %w", args.Host, err)
	}
	// Before the record is there the authority would ask in vain, and wait.
	authorized := pulumi.All(proof.ID(), shown.ID()).ApplyT(func(v []any) string { return string(v[0].(pulumi.ID)) }).(pulumi.StringOutput)
	certificate, err := certificatemanager.NewCertificate(ctx, name+"-certificate", &certificatemanager.CertificateArgs{
		Project:     args.Certificates,
		Description: pulumi.String("Certificate of " + args.Host + "."),
		Managed: certificatemanager.CertificateManagedArgs{
			Domains: pulumi.ToStringArray([]string{args.Host}), DnsAuthorizations: pulumi.StringArray{authorized},
		},
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("create the certificate: %w", err)
	}
	hosts, err := certificatemanager.NewCertificateMapResource(ctx, name+"-hosts", &certificatemanager.CertificateMapResourceArgs{
		Project:     args.Certificates,
		Description: pulumi.String("Certificates of the CDN, by host."),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("create the certificate map: %w", err)
	}
	entry, err := certificatemanager.NewCertificateMapEntry(ctx, name+"-host", &certificatemanager.CertificateMapEntryArgs{
		Project:     args.Certificates,
		Description: pulumi.String("The certificate of " + args.Host + "."),
		Map:         hosts.Name, Hostname: pulumi.String(args.Host), Certificates: pulumi.StringArray{certificate.ID()},
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("enter %s into the certificate map: %w", args.Host, err)
	}
	return pulumi.All(hosts.ID(), entry.ID()).ApplyT(func(v []any) string {
		return "//certificatemanager.googleapis.com/" + string(v[0].(pulumi.ID))
	}).(pulumi.StringOutput), nil
}

// record is what Google wants to see in the zone.
type record = certificatemanager.DnsAuthorizationDnsResourceRecord

// wanted is a part of the one record that proves a host ours.
func wanted(proof *certificatemanager.DnsAuthorization, part func(record) *string) pulumi.StringOutput {
	return proof.DnsResourceRecords.ApplyT(func(records []record) (string, error) {
		if len(records) != 1 || part(records[0]) == nil {
			return "", fmt.Errorf("the proof wants %d records, not the one that Certificate Manager documents", len(records))
		}
		return *part(records[0]), nil
	}).(pulumi.StringOutput)
}

// newName gives the host its address.
func (c *CDN) newName(ctx *pulumi.Context, name string, args *Args, address pulumi.StringInput) error {
	_, err := dns.NewRecordSet(ctx, name+"-name", &dns.RecordSetArgs{
		Project: args.ZoneProject, ManagedZone: args.Zone,
		Name: pulumi.String(args.Host + "."), Type: pulumi.String("A"), Ttl: pulumi.Int(hostSeconds), Rrdatas: pulumi.StringArray{address},
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("create the record of %s: %w", args.Host, err)
	}
	return nil
}
