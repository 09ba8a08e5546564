package spec

// Chart is a release of a Helm chart.
type Chart struct {
	Name       string
	Repository string
	Version    string
}

// CertManager issues and renews certificates in every cluster.
var CertManager = Chart{Name: "cert-manager", Repository: "https://charts.jetstack.io", Version: "v1.21.2"}

// Charts are the charts that clusters run. Their images are among the mirrored
// ones, and change with them.
var Charts = []Chart{CertManager}
