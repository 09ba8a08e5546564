package stacks

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Names of the stack's outputs: what other programs and people read.
const (
	OutputDomain      = "domain"
	OutputClusters    = "clusters"    // region → cluster name
	OutputKubeconfigs = "kubeconfigs" // region → kubeconfig without credentials
	OutputDatabase    = "database"    // connection name, as the Cloud SQL proxy wants it
	OutputCaches      = "caches"      // region → host:port
	OutputMedia       = "mediaBucket"
	OutputRegistry    = "registry" // where images are pushed
	OutputEdge        = "edgeAddress"
	OutputNameServers = "nameServers" // that the domain is to be delegated to
	OutputCDN         = "cdnAddress"
	OutputStatic      = "staticBucket"
	OutputCDNSigner   = "cdnSigner" // secret with which apps sign the CDN's URLs
)

func (e *Environment) export(ctx *pulumi.Context) {
	clusters, kubeconfigs, caches := pulumi.StringMap{}, pulumi.StringMap{}, pulumi.StringMap{}
	for region, made := range e.clusters {
		clusters[string(region)] = made.Name
		kubeconfigs[string(region)] = made.Kubeconfig
	}
	for region, made := range e.caches {
		caches[string(region)] = pulumi.Sprintf("%s:%d", made.Host, made.Port)
	}
	ctx.Export(OutputDomain, pulumi.String(e.spec.Domain))
	ctx.Export(OutputClusters, clusters)
	ctx.Export(OutputKubeconfigs, kubeconfigs)
	ctx.Export(OutputDatabase, e.database.Connection)
	ctx.Export(OutputCaches, caches)
	ctx.Export(OutputMedia, e.media.Bucket)
	ctx.Export(OutputRegistry, pulumi.String(e.spec.Registry()))
	ctx.Export(OutputEdge, e.edge.Address)
	ctx.Export(OutputNameServers, e.dns.NameServers)
	ctx.Export(OutputCDN, e.cdn.Address)
	ctx.Export(OutputStatic, e.cdn.Bucket)
	ctx.Export(OutputCDNSigner, e.cdn.Signer)
}
