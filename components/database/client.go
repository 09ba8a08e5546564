package database

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Client is what one consumer needs to reach one instance, in PEM: the CAs to
// check the server against, and the certificate and key to prove itself with.
type Client struct {
	CA, Certificate, Key pulumi.StringOutput
}

// newClients makes a certificate of each generation for each consumer, and
// hands out the first generation's. Two stand side by side while one takes over
// from the other. docs/runbooks/client-certificates.md
func (d *Database) newClients(ctx *pulumi.Context, name string, consumers []string, generations []int, instance *sql.DatabaseInstance) (map[string]Client, error) {
	clients, authorities := map[string]Client{}, d.authorities(ctx, instance)
	for _, consumer := range consumers {
		for i, generation := range generations {
			common := consumer
			if generation > 1 {
				common = fmt.Sprintf("%s-g%d", consumer, generation)
			}
			cert, err := sql.NewSslCert(ctx, name+"-"+common, &sql.SslCertArgs{
				Project: instance.Project, Instance: instance.Name, CommonName: pulumi.String(common),
			}, pulumi.Parent(d))
			if err != nil {
				return nil, fmt.Errorf("make the client certificate %s: %w", common, err)
			}
			if i == 0 {
				clients[consumer] = Client{CA: authorities, Certificate: cert.Cert, Key: cert.PrivateKey}
			}
		}
	}
	return clients, nil
}
