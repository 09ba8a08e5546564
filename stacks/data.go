package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/cache"
	"github.com/avila-devops/saas/components/database"
	"github.com/avila-devops/saas/components/project"
	"github.com/avila-devops/saas/stacks/spec"
)

// databaseName is the database that holds a schema for each tenant.
const databaseName = "saas"

// Consumers of the database that have client certificates: the poolers of each
// region, and of the primary the provisioning Job and the exporter.
const (
	consumerProvisioner = "provisioner"
	consumerExporter    = "exporter"
)

func consumerPooler(region spec.RegionName) string { return "pooler-" + string(region) }

// newDatabase puts a replica beside the primary, which reads of the primary's
// region use, and one in each other region, which can take over. After a
// failover it keeps what the former primary left until that is released.
func (e *Environment) newDatabase(ctx *pulumi.Context) (err error) {
	shape := e.spec.Database
	args := &database.Args{
		Project:        e.project.With(project.SQLAdmin),
		Network:        e.network.Private,
		Database:       databaseName,
		Version:        shape.Version,
		Edition:        database.Edition(shape.Edition),
		Tier:           shape.Tier,
		DiskGB:         shape.DiskGB,
		DiskLimitGB:    shape.DiskLimitGB,
		Backups:        shape.Backups,
		LogDays:        shape.LogDays,
		MaxConnections: shape.MaxConnections(),
		QuietFrom:      shape.Quiet.From,
		QuietTo:        shape.Quiet.To,
		Logins:         database.Logins,
		Generations:    shape.Certificates,
	}
	for _, instance := range e.spec.Instances() {
		args.Instances = append(args.Instances, e.instance(instance))
	}
	e.database, err = database.New(ctx, "database", args, pulumi.Parent(e))
	return err
}

func (e *Environment) instance(instance spec.Instance) database.Instance {
	made := database.Instance{
		Name:    instance.Name,
		Region:  string(instance.Region),
		Range:   e.network.Subnets[string(instance.Region)].Managed,
		Key:     e.keys[instance.Region].Key(keySQL),
		Master:  instance.Master,
		Founder: instance.Founder,
		Labels:  e.spec.InstanceLabels(instance),
		Protect: instance.Protect,
	}
	for _, region := range instance.Clients {
		made.Clients = append(made.Clients, consumerPooler(region))
	}
	if instance.Master == "" {
		made.BackupRegion = string(e.spec.Database.BackupRegion(instance.Region))
		made.Clients = append(made.Clients, consumerProvisioner, consumerExporter)
	}
	return made
}

func (e *Environment) newCaches(ctx *pulumi.Context) error {
	for _, region := range e.spec.Regions {
		made, err := cache.New(ctx, "cache-"+string(region.Name), &cache.Args{
			Project:  e.project.With(project.Redis),
			Region:   string(region.Name),
			Network:  e.network.Private,
			Range:    e.network.Subnets[string(region.Name)].Managed,
			Key:      e.keys[region.Name].Key(keyRedis),
			Version:  e.spec.Cache.Version,
			MemoryGB: e.spec.Cache.MemoryGB,
			Replicas: e.spec.Cache.Replicas,
			Snapshot: e.spec.Cache.Snapshots,
			Protect:  e.spec.Protected(),
		}, pulumi.Parent(e))
		if err != nil {
			return fmt.Errorf("region %s: %w", region.Name, err)
		}
		e.caches[region.Name] = made
	}
	return nil
}
