package registry

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/artifactregistry"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Mirror is a registry of others that a repository of ours keeps copies of.
type Mirror struct {
	ID   string // the repository's; fixed, as image references hold it
	Host string // the registry
	URI  string // https address; empty for Docker Hub, which the API knows by name
}

// newMirror makes a repository that fetches what it does not have. It is
// protected like our own: what others took down is only there.
func (r *Registry) newMirror(ctx *pulumi.Context, name string, args *Args, mirror Mirror) (pulumi.IDOutput, error) {
	upstream := artifactregistry.RepositoryRemoteRepositoryConfigDockerRepositoryArgs{}
	if mirror.URI == "" {
		upstream.PublicRepository = pulumi.String("DOCKER_HUB")
	} else {
		upstream.CustomRepository = artifactregistry.RepositoryRemoteRepositoryConfigDockerRepositoryCustomRepositoryArgs{Uri: pulumi.String(mirror.URI)}
	}
	repository, err := artifactregistry.NewRepository(ctx, name, &artifactregistry.RepositoryArgs{
		Project:      args.Project,
		Location:     pulumi.String(args.Region),
		RepositoryId: pulumi.String(mirror.ID),
		Description:  pulumi.Sprintf("Copies of images of %s.", mirror.Host),
		Format:       pulumi.String("DOCKER"),
		Mode:         pulumi.String("REMOTE_REPOSITORY"),
		KmsKeyName:   args.Key,
		Labels:       pulumi.ToStringMap(args.Labels),
		RemoteRepositoryConfig: artifactregistry.RepositoryRemoteRepositoryConfigArgs{
			Description:      pulumi.String("Fetches from " + mirror.Host + "."),
			DockerRepository: upstream,
		},
		CleanupPolicyDryRun: pulumi.Bool(false),
		CleanupPolicies:     mirrorCleanup(),
	}, pulumi.Parent(r), pulumi.Protect(args.Protect))
	if err != nil {
		return pulumi.IDOutput{}, fmt.Errorf("create the repository: %w", err)
	}
	return repository.ID(), r.give(ctx, name, repository, "reader", "roles/artifactregistry.reader", args.Readers)
}
