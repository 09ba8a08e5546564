package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/federation"
)

// Names of the stack's outputs: what other programs and people read.
const (
	OutputDomain      = "domain"
	OutputClusters    = "clusters"    // region → cluster name
	OutputKubeconfigs = "kubeconfigs" // region → kubeconfig without credentials
	OutputDatabase    = "database"    // connection name, as the Cloud SQL proxy wants it
	OutputCaches      = "caches"      // region → host:port
	OutputMedia       = "mediaBucket"
	OutputRegistry    = "registry"    // where images are pushed
	OutputGitHub      = "github"      // what the workflows need: providers, accounts, tokenLifetime
	OutputAttestation = "attestation" // what CI signs with: attestor, keyVersion
	OutputNotices     = "notices"     // region → subscription with GKE's notices
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
	notices := pulumi.StringMap{}
	for region, made := range e.clusters {
		notices[string(region)] = made.Notices
	}
	ctx.Export(OutputGitHub, pulumi.StringMap{
		"planProvider": e.federation.PlanProvider, "planAccount": e.federation.PlanAccount,
		"buildProvider": e.federation.BuildProvider, "buildAccount": e.federation.BuildAccount,
		"applyProvider": e.federation.ApplyProvider, "applyAccount": e.federation.ApplyAccount,
		"tokenLifetime": pulumi.String(federation.TokenLifetime),
	})
	ctx.Export(OutputAttestation, pulumi.StringMap{"attestor": e.admission.Attestor, "keyVersion": e.admission.KeyVersion})
	ctx.Export(OutputNotices, notices)
	ctx.Export(OutputDomain, pulumi.String(e.spec.Domain))
	ctx.Export(OutputClusters, clusters)
	ctx.Export(OutputKubeconfigs, kubeconfigs)
	ctx.Export(OutputDatabase, e.database.Connection)
	ctx.Export(OutputCaches, caches)
	ctx.Export(OutputMedia, e.media.Bucket)
	ctx.Export(OutputRegistry, pulumi.String(e.spec.Registry()))
}
