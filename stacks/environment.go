package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/app"
	"github.com/avila-devops/saas/components/audit"
	"github.com/avila-devops/saas/components/backup"
	"github.com/avila-devops/saas/components/cache"
	"github.com/avila-devops/saas/components/cdn"
	"github.com/avila-devops/saas/components/certificates"
	"github.com/avila-devops/saas/components/cluster"
	"github.com/avila-devops/saas/components/database"
	"github.com/avila-devops/saas/components/dns"
	"github.com/avila-devops/saas/components/edge"
	"github.com/avila-devops/saas/components/encryption"
	"github.com/avila-devops/saas/components/gateway"
	"github.com/avila-devops/saas/components/namespace"
	"github.com/avila-devops/saas/components/network"
	"github.com/avila-devops/saas/components/project"
	"github.com/avila-devops/saas/components/registry"
	"github.com/avila-devops/saas/components/storage"
	"github.com/avila-devops/saas/stacks/spec"
)

// Type is the root component's type token, and part of the state's contract.
const Type = "saas:index:Environment"

// Environment is the root of everything that a stack owns.
type Environment struct {
	pulumi.ResourceState

	spec *spec.Environment

	project  *project.Project
	network  *network.Network
	keys     map[spec.RegionName]*encryption.Keys
	clusters map[spec.RegionName]*cluster.Cluster
	spaces   map[spec.RegionName]*namespace.Namespace
	database *database.Database
	caches   map[spec.RegionName]*cache.Cache
	logs     *storage.Logs // accesses to the other buckets
	media    *storage.Media
	archive  *storage.Logs // a copy of every log entry
	audit    *audit.Audit
	backups  map[spec.RegionName]*backup.Backup
	registry *registry.Registry

	databaseSpaces map[spec.RegionName]*namespace.Namespace

	certificates map[spec.RegionName]*certificates.Certificates

	trust
	apps     map[spec.RegionName]map[string]*app.App
	gateways map[spec.RegionName]*gateway.Gateway
	edge     *edge.Edge
	dns      *dns.DNS
	cdn      *cdn.CDN
}

// NewEnvironment declares an environment.
func NewEnvironment(ctx *pulumi.Context, env *spec.Environment) (*Environment, error) {
	e := &Environment{
		spec:     env,
		keys:     map[spec.RegionName]*encryption.Keys{},
		clusters: map[spec.RegionName]*cluster.Cluster{},
		spaces:   map[spec.RegionName]*namespace.Namespace{},
		caches:   map[spec.RegionName]*cache.Cache{},
		backups:  map[spec.RegionName]*backup.Backup{},

		databaseSpaces: map[spec.RegionName]*namespace.Namespace{},
		certificates:   map[spec.RegionName]*certificates.Certificates{},
		apps:           map[spec.RegionName]map[string]*app.App{},
		gateways:       map[spec.RegionName]*gateway.Gateway{},
	}
	inputs := pulumi.Map{"name": pulumi.String(env.Name), "domain": pulumi.String(env.Domain)}
	if err := ctx.RegisterComponentResourceV2(Type, env.Name, inputs, e, labelled(env), adoption(env)); err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	steps := []struct {
		what string
		make func(*pulumi.Context) error
	}{
		{"project", e.newProject},
		{"network", e.newNetwork},
		{"encryption", e.newEncryption},
		{"access logs", e.newAccessLogs},
		{"storage", e.newStorage},
		{"audit", e.newAudit},
		{"federation", e.newFederation},
		{"database", e.newDatabase},
		{"cache", e.newCaches},
		{"clusters", e.newClusters},
		{"backups", e.newBackups},
		{"registry", e.newRegistry},
		{"admission", e.newAdmission},
		{"access", e.newAccess},
		{"identities", e.newIdentities},
		{"namespaces", e.newNamespaces},
		{"database namespaces", e.newDatabaseNamespaces},
		{"credentials", e.newCredentials},
		{"zone", e.newZone},
		{"certificates", e.newCertificates},
		{"apps", e.newApps},
		{"gateways", e.newGateways},
		{"edge", e.newEdge},
		{"hosts", e.newHosts},
		{"cdn", e.newCDN},
	}
	for _, step := range steps {
		if err := step.make(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return e, ctx.RegisterResourceOutputs(e, pulumi.Map{})
}

func (e *Environment) newProject(ctx *pulumi.Context) (err error) {
	e.project, err = project.New(ctx, "project", &project.Args{ID: e.spec.ProjectID}, pulumi.Parent(e))
	return err
}

func (e *Environment) newNetwork(ctx *pulumi.Context) (err error) {
	args := &network.Args{
		Project: e.project.With(project.Compute),
		Peering: e.project.With(project.ServiceNetworking),
		DNS:     e.project.With(project.DNS),
	}
	for _, region := range e.spec.Regions {
		plan := region.Plan()
		args.Regions = append(args.Regions, network.Region{
			Name: string(region.Name), Nodes: plan.Nodes, Pods: plan.Pods, Services: plan.Services, Managed: plan.Managed,
		})
	}
	e.network, err = network.New(ctx, "network", args, pulumi.Parent(e))
	return err
}
