package spec

import "fmt"

// Certificates says who issues the gateway's certificate.
type Certificates struct {
	// Directory is Let's Encrypt's production, or its staging, which browsers and
	// uptime checks do not trust, for experiments that would meet the limits of
	// production. https://letsencrypt.org/docs/rate-limits/
	Directory CertificateDirectory `config:"directory"`
	Contact   string               `config:"contact"` // e-mail address of the account with it
}

// CertificateDirectory is a directory of Let's Encrypt's.
type CertificateDirectory string

// The directories.
const (
	ProductionDirectory CertificateDirectory = "production"
	StagingDirectory    CertificateDirectory = "staging"
)

// directories are the addresses at which ACME begins.
// https://letsencrypt.org/docs/acme-protocol-updates/
var directories = map[CertificateDirectory]string{
	ProductionDirectory: "https://acme-v02.api.letsencrypt.org/directory",
	StagingDirectory:    "https://acme-staging-v02.api.letsencrypt.org/directory",
}

// DirectoryURL is where ACME begins.
func (c Certificates) DirectoryURL() string { return directories[c.Directory] }

// GatewayHosts are the names in the gateway's certificate: the domain, and
// every host under it.
func (e *Environment) GatewayHosts() []string { return []string{e.Domain, "*." + e.Domain} }

// PeerName is the name in a service's certificate, by which those whom it calls
// and who call it know it.
func PeerName(service, namespace string) string { return fmt.Sprintf("%s.%s.svc", service, namespace) }

func (c *Certificates) applyDefaults() {
	if c.Directory == "" {
		c.Directory = ProductionDirectory
	}
}

func (c Certificates) validate(ps *problems) {
	path := key("certificates")
	oneOf(ps, path+".directory", c.Directory, []CertificateDirectory{ProductionDirectory, StagingDirectory})
	match(ps, path+".contact", c.Contact, emailAddress, "is not an e-mail address", "write it like platform@example.com.br")
}
