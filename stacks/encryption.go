package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/encryption"
	"github.com/avila-devops/saas/components/project"
	"github.com/avila-devops/saas/stacks/spec"
)

// What the keys encrypt. The name of a key is part of the state's contract.
const (
	keyGKE      encryption.Use = "gke" // secrets in etcd, and the nodes' boot disks
	keySQL      encryption.Use = "sql"
	keyRedis    encryption.Use = "redis"
	keyStorage  encryption.Use = "storage"
	keyRegistry encryption.Use = "registry"
	keySecrets  encryption.Use = "secrets"
	keyBackup   encryption.Use = "backup"
	keyLogs     encryption.Use = "logs"
	keyPubSub   encryption.Use = "pubsub"
	keyAttest   encryption.Use = "attest" // signs what CI says of images
)

// newEncryption makes keys in every region: a service uses keys of the region
// that it runs in. Storage, logs, registry and what attests images are in the
// first region alone.
func (e *Environment) newEncryption(ctx *pulumi.Context) error {
	for i, region := range e.spec.Regions {
		users := map[encryption.Use][]encryption.User{
			keyGKE:     {e.user("gke", "", spec.AgentGKE), e.user("compute", "", spec.AgentCompute)},
			keySQL:     {e.user("sql", project.SQLAdmin, spec.AgentSQL)},
			keyBackup:  {e.user("gkebackup", project.GKEBackup, spec.AgentBackup)},
			keyRedis:   {e.user("redis", project.Redis, spec.AgentRedis)},
			keySecrets: {e.user("secrets", project.SecretManager, spec.AgentSecrets)},
			keyPubSub:  {e.user("pubsub", project.PubSub, spec.AgentPubSub)},
		}
		var signing []encryption.Use
		if i == 0 {
			users[keyStorage] = []encryption.User{e.user("storage", "", spec.AgentStorage)}
			users[keyLogs] = []encryption.User{e.user("storage", "", spec.AgentStorage)}
			users[keyRegistry] = []encryption.User{e.user("registry", project.ArtifactRegistry, spec.AgentRegistry)}
			signing = append(signing, keyAttest)
		}
		keys, err := encryption.New(ctx, "keys-"+string(region.Name), &encryption.Args{
			Project: e.project.With(project.KMS),
			Region:  string(region.Name),
			Users:   users,
			Signing: signing,
			Labels:  e.spec.Labels("keys"),
			Protect: e.spec.Protected(),
		}, pulumi.Parent(e))
		if err != nil {
			return fmt.Errorf("region %s: %w", region.Name, err)
		}
		e.keys[region.Name] = keys
	}
	return nil
}

// user is a service agent. Agents that Google makes with their API are named
// once that API is on; the others come from the project component, which asks
// for them.
func (e *Environment) user(name string, api project.API, agent spec.Agent) encryption.User {
	if email, asked := e.project.Agent(api); asked {
		return encryption.User{Name: name, Email: email}
	}
	enabled := map[spec.Agent]project.API{
		spec.AgentGKE: project.Container, spec.AgentCompute: project.Compute, spec.AgentStorage: project.Storage,
	}[agent]
	address := e.spec.ServiceAgent(agent)
	email := e.project.With(enabled).ApplyT(func(string) string { return address }).(pulumi.StringOutput)
	return encryption.User{Name: name, Email: email}
}
