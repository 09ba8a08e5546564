package database

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// authorities are the server CAs of an instance that clients are to trust, in
// PEM, the oldest first: while one takes over from another, both. A client
// certificate names one too, and it stays what it was on the day that the
// certificate was made; the instance names the one in use alone.
func (d *Database) authorities(ctx *pulumi.Context, instance *sql.DatabaseInstance) pulumi.StringOutput {
	// By its link, which is known once the instance is there: its name is known
	// before, and a preview would ask for what does not exist.
	found := sql.GetCaCertsOutput(ctx, sql.GetCaCertsOutputArgs{
		Project: instance.Project.ToStringPtrOutput(), Instance: instance.SelfLink,
	}, pulumi.Parent(d))
	return found.Certs().ApplyT(bundle).(pulumi.StringOutput)
}

func bundle(certs []sql.GetCaCertsCert) string {
	slices.SortStableFunc(certs, func(a, b sql.GetCaCertsCert) int { return strings.Compare(a.CreateTime, b.CreateTime) })
	var out strings.Builder
	for _, cert := range certs {
		out.WriteString(strings.TrimSpace(cert.Cert) + "\n")
	}
	return out.String()
}
