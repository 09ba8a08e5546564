package stacks

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/credential"
	"github.com/avila-devops/saas/components/database"
	"github.com/avila-devops/saas/components/namespace"
	"github.com/avila-devops/saas/components/project"
	"github.com/avila-devops/saas/stacks/spec"
)

// databaseNamespace is where the poolers, the exporter and the provisioning Job
// run: what can speak to the database itself is apart from the apps.
const databaseNamespace = "database"

func (e *Environment) newDatabaseNamespaces(ctx *pulumi.Context) error {
	for _, region := range e.spec.Regions {
		made, err := namespace.New(ctx, "database-"+string(region.Name), &namespace.Args{
			Provider: e.clusters[region.Name].Provider,
			Name:     databaseNamespace,
			Quota:    namespace.Quota(e.spec.PoolerQuota()),
		}, pulumi.Parent(e))
		if err != nil {
			return fmt.Errorf("region %s: %w", region.Name, err)
		}
		e.databaseSpaces[region.Name] = made
	}
	return nil
}

// newCredentials hands each consumer what it proves itself with. A consumer
// reads files alone: no password or key stands in an environment variable.
func (e *Environment) newCredentials(ctx *pulumi.Context) error {
	for _, region := range e.spec.Regions {
		apps, data := e.spaces[region.Name].Name, e.databaseSpaces[region.Name].Name
		for _, set := range []struct {
			name      string
			namespace pulumi.StringOutput
			files     map[string]pulumi.StringInput
		}{
			{"pooler-primary", data, e.client(e.spec.Writer(region.Name), consumerPooler(region.Name))},
			{"pooler-replica", data, e.client(e.spec.Reader(region.Name), consumerPooler(region.Name))},
			{"pooler-login", data, e.login(database.PgBouncer)},
			{"database-login", apps, e.login(database.App)},
			{"cache-login", apps, map[string]pulumi.StringInput{
				credential.Password: e.caches[region.Name].Auth, credential.CA: e.caches[region.Name].CA,
			}},
		} {
			if err := e.newCredential(ctx, region.Name, set.name, set.namespace, set.files); err != nil {
				return err
			}
		}
	}
	return e.newWriterCredentials(ctx)
}

// newWriterCredentials are for what runs beside the primary alone. A region
// that is out keeps its own: nothing there can be changed.
func (e *Environment) newWriterCredentials(ctx *pulumi.Context) error {
	for _, region := range e.spec.Regions {
		if region.Name != e.spec.Database.Primary && !e.spec.LostRegion(region.Name) {
			continue
		}
		for consumer, login := range map[string]string{consumerProvisioner: database.Provisioner, consumerExporter: database.Exporter} {
			files := e.client(e.spec.Writer(region.Name), consumer)
			maps.Copy(files, e.login(login))
			if err := e.newCredential(ctx, region.Name, consumer, e.databaseSpaces[region.Name].Name, files); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *Environment) newCredential(ctx *pulumi.Context, region spec.RegionName, name string, namespace pulumi.StringOutput, files map[string]pulumi.StringInput) error {
	_, err := credential.New(ctx, name+"-"+string(region), &credential.Args{
		Project:   e.project.With(project.SecretManager),
		Region:    string(region),
		SecretKey: e.keys[region].Key(keySecrets),
		Provider:  e.clusters[region].Provider,
		Namespace: namespace,
		Name:      name,
		Files:     files,
	}, pulumi.Parent(e))
	if err != nil {
		return fmt.Errorf("%s in %s: %w", name, region, err)
	}
	return nil
}

// client is what a consumer reaches an instance with.
func (e *Environment) client(instance, consumer string) map[string]pulumi.StringInput {
	made, ok := e.database.Instances[instance].Clients[consumer]
	if !ok {
		panic(fmt.Sprintf("stacks: %s has certificates for %v, not for %s", instance, slices.Sorted(maps.Keys(e.database.Instances[instance].Clients)), consumer))
	}
	return map[string]pulumi.StringInput{credential.CA: made.CA, credential.Certificate: made.Certificate, credential.Key: made.Key}
}

func (e *Environment) login(name string) map[string]pulumi.StringInput {
	return map[string]pulumi.StringInput{credential.User: pulumi.String(name), credential.Password: e.database.Passwords[name]}
}
