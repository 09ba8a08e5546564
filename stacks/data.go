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

// newDatabase puts a replica beside the primary, which reads of the primary's
// region use, and one in each other region, which can take over.
func (e *Environment) newDatabase(ctx *pulumi.Context) (err error) {
	primary, shape := e.spec.Primary().Name, e.spec.Database
	args := &database.Args{
		Project:      e.project.With(project.SQLAdmin),
		Secrets:      e.project.With(project.SecretManager),
		Network:      e.network.Private,
		Database:     databaseName,
		Version:      shape.Version,
		Edition:      string(shape.Edition),
		Tier:         shape.Tier,
		DiskGB:       shape.DiskGB,
		Backups:      shape.Backups,
		Primary:      e.place(primary),
		SecretKey:    e.keys[primary].Key(keySecrets),
		SecretRegion: string(primary),
		Protect:      e.spec.Protected(),
	}
	for _, region := range e.spec.Regions {
		args.Replicas = append(args.Replicas, e.place(region.Name))
	}
	e.database, err = database.New(ctx, "database", args, pulumi.Parent(e))
	return err
}

func (e *Environment) place(region spec.RegionName) database.Place {
	return database.Place{
		Region: string(region),
		Range:  e.network.Subnets[string(region)].Managed,
		Key:    e.keys[region].Key(keySQL),
	}
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
			Protect:  e.spec.Protected(),
		}, pulumi.Parent(e))
		if err != nil {
			return fmt.Errorf("region %s: %w", region.Name, err)
		}
		e.caches[region.Name] = made
	}
	return nil
}
