// Package registry makes the Artifact Registry repository that holds our own
// images.
package registry

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/artifactregistry"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:registry:Registry"

// Args says where the repository lies. ID is fixed, as image references hold it.
type Args struct {
	Project pulumi.StringInput // with ArtifactRegistry on
	Region  string
	ID      string
	Key     pulumi.StringInput // granted to Artifact Registry's agent
	Readers map[string]pulumi.StringInput
	Protect bool
}

// Registry is the repository.
type Registry struct {
	pulumi.ResourceState

	Repository pulumi.StringOutput `pulumi:"repository"` // the repository's full name
}

func (a *Args) validate() error {
	if a.Project == nil || a.Key == nil || a.Region == "" || a.ID == "" {
		return errors.New("Args.Project, Key, Region and ID are required")
	}
	return nil
}

// New makes the repository, with tags that cannot be moved, and lets Readers
// (IAM members by a name for each) pull from it.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Registry, error) {
	if args == nil {
		return nil, fmt.Errorf("registry.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("registry.New %q: %w", name, err)
	}
	r := &Registry{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"region": pulumi.String(args.Region)}, r, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	repository, err := artifactregistry.NewRepository(ctx, name+"-images", &artifactregistry.RepositoryArgs{
		Project:      args.Project,
		Location:     pulumi.String(args.Region),
		RepositoryId: pulumi.String(args.ID),
		Description:  pulumi.String("Images of our own apps, named by digest."),
		Format:       pulumi.String("DOCKER"),
		KmsKeyName:   args.Key,
		DockerConfig: artifactregistry.RepositoryDockerConfigArgs{ImmutableTags: pulumi.Bool(true)},
	}, pulumi.Parent(r), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("create the repository: %w", err)
	}
	r.Repository = repository.ID().ToStringOutput()
	for _, reader := range slices.Sorted(maps.Keys(args.Readers)) {
		_, err := artifactregistry.NewRepositoryIamMember(ctx, name+"-reader-"+reader, &artifactregistry.RepositoryIamMemberArgs{
			Project:    repository.Project,
			Location:   repository.Location,
			Repository: repository.RepositoryId,
			Role:       pulumi.String("roles/artifactregistry.reader"),
			Member:     args.Readers[reader],
		}, pulumi.Parent(r))
		if err != nil {
			return nil, fmt.Errorf("let %s read: %w", reader, err)
		}
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{"repository": r.Repository})
}
