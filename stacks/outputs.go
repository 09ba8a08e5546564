package stacks

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/federation"
)

// Names of the stack's outputs: what other programs and people read.
const (
	OutputDomain      = "domain"
	OutputClusters    = "clusters"    // region → cluster name
	OutputCommands    = "commands"    // region → command that lets kubectl reach the cluster
	OutputKubeconfigs = "kubeconfigs" // region → kubeconfig without credentials
	OutputPrimary     = "primary"     // region that takes writes
	OutputDatabase    = "database"    // connection name of the primary
	OutputDatabases   = "databases"   // instance of the program → its name in Cloud SQL, for gcloud
	OutputWriters     = "writers"     // region → address that its poolers write to
	OutputReaders     = "readers"     // region → address that its poolers read from
	OutputCaches      = "caches"      // region → host:port
	OutputCacheReads  = "cacheReads"  // region → host:port of the read replicas
	OutputMedia       = "mediaBucket"
	OutputRegistry    = "registry"  // where images are pushed
	OutputPasswords   = "passwords" // login → password; secret
	OutputConsole     = "console"   // what → page of the Google Cloud console
	OutputAuditLogs   = "auditLogsBucket"
	OutputBackups     = "backupPlans"    // region → plan that copies the cluster
	OutputRestores    = "restorePlans"   // region → plan that brings a copy back
	OutputTenantFiles = "tenantAccounts" // tenant → account that reaches its files
	OutputGitHub      = "github"         // what the workflows need: providers, accounts, tokenLifetime
	OutputAttestation = "attestation"    // what CI signs with: attestor, keyVersion
	OutputNotices     = "notices"        // region → subscription with GKE's notices
	OutputEdge        = "edgeAddress"
	OutputNameServers = "nameServers" // that the domain is to be delegated to
	OutputCDN         = "cdnAddress"
	OutputStatic      = "staticBucket"
	OutputCDNSigner   = "cdnSigner" // secret with which apps sign the CDN's URLs
)

func (e *Environment) export(ctx *pulumi.Context) {
	for name, value := range e.Outputs() {
		ctx.Export(name, value)
	}
}

// Outputs are the stack's outputs by name.
func (e *Environment) Outputs() pulumi.Map {
	outputs := pulumi.Map{
		OutputDomain:   pulumi.String(e.spec.Domain),
		OutputMedia:    e.media.Bucket,
		OutputRegistry: pulumi.String(e.spec.Registry()),
		OutputConsole:  pulumi.ToStringMap(e.spec.ConsoleLinks()),

		OutputAuditLogs:   e.archive.Bucket,
		OutputTenantFiles: e.media.Accounts,
	}
	for _, part := range []pulumi.Map{e.clusterOutputs(), e.databaseOutputs(), e.cacheOutputs(), e.backupOutputs(), e.trustOutputs(), e.edgeOutputs()} {
		maps.Copy(outputs, part)
	}
	return outputs
}

func (e *Environment) clusterOutputs() pulumi.Map {
	names, commands, kubeconfigs := pulumi.StringMap{}, pulumi.StringMap{}, pulumi.StringMap{}
	for region, made := range e.clusters {
		names[string(region)] = made.Name
		commands[string(region)] = pulumi.Sprintf("gcloud container fleet memberships get-credentials %s --project %s", made.Name, e.spec.ProjectID)
		kubeconfigs[string(region)] = made.Kubeconfig
	}
	return pulumi.Map{OutputClusters: names, OutputCommands: commands, OutputKubeconfigs: kubeconfigs}
}

func (e *Environment) databaseOutputs() pulumi.Map {
	names, writers, readers, passwords := pulumi.StringMap{}, pulumi.StringMap{}, pulumi.StringMap{}, pulumi.StringMap{}
	for name, made := range e.database.Instances {
		names[name] = made.Name
	}
	for _, region := range e.spec.Regions {
		writers[string(region.Name)] = e.database.Instances[e.spec.Writer(region.Name)].Host
		readers[string(region.Name)] = e.database.Instances[e.spec.Reader(region.Name)].Host
	}
	for login, password := range e.database.Passwords {
		passwords[login] = password
	}
	primary := e.spec.Database.Primary
	return pulumi.Map{
		OutputPrimary:   pulumi.String(primary),
		OutputDatabase:  e.database.Instances[e.spec.Writer(primary)].Connection,
		OutputDatabases: names,
		OutputWriters:   writers,
		OutputReaders:   readers,
		OutputPasswords: pulumi.ToSecret(passwords),
	}
}

func (e *Environment) cacheOutputs() pulumi.Map {
	caches, reads := pulumi.StringMap{}, pulumi.StringMap{}
	for region, made := range e.caches {
		caches[string(region)] = pulumi.Sprintf("%s:%d", made.Host, made.Port)
		reads[string(region)] = pulumi.Sprintf("%s:%d", made.ReadHost, made.Port)
	}
	return pulumi.Map{OutputCaches: caches, OutputCacheReads: reads}
}

func (e *Environment) backupOutputs() pulumi.Map {
	backups, restores := pulumi.StringMap{}, pulumi.StringMap{}
	for region, made := range e.backups {
		backups[string(region)] = made.Plan
		restores[string(region)] = made.Restore
	}
	return pulumi.Map{OutputBackups: backups, OutputRestores: restores}
}

func (e *Environment) trustOutputs() pulumi.Map {
	notices := pulumi.StringMap{}
	for region, made := range e.clusters {
		notices[string(region)] = made.Notices
	}
	return pulumi.Map{
		OutputGitHub: pulumi.StringMap{
			"planProvider": e.federation.PlanProvider, "planAccount": e.federation.PlanAccount,
			"buildProvider": e.federation.BuildProvider, "buildAccount": e.federation.BuildAccount,
			"applyProvider": e.federation.ApplyProvider, "applyAccount": e.federation.ApplyAccount,
			"tokenLifetime": pulumi.String(federation.TokenLifetime),
		},
		OutputAttestation: pulumi.StringMap{"attestor": e.admission.Attestor, "keyVersion": e.admission.KeyVersion},
		OutputNotices:     notices,
	}
}

func (e *Environment) edgeOutputs() pulumi.Map {
	return pulumi.Map{
		OutputEdge:        e.edge.Address,
		OutputNameServers: e.dns.NameServers,
		OutputCDN:         e.cdn.Address,
		OutputStatic:      e.cdn.Bucket,
		OutputCDNSigner:   e.cdn.Signer,
	}
}
