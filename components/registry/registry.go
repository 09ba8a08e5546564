// Package registry makes the Artifact Registry repositories that clusters pull
// from: one of our own images, and one for each registry of others that ours
// mirrors. Images are looked through for vulnerabilities as they arrive: the
// API for that is on in the project, and v7.38 of the provider has no switch of
// a repository for it.
package registry

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

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
	Key     pulumi.StringInput            // granted to Artifact Registry's agent
	Readers map[string]pulumi.StringInput // IAM members that pull, from all repositories
	Writers map[string]pulumi.StringInput // IAM members that push our own images
	Mirrors []Mirror
	Labels  map[string]string
	Protect bool
}

// Registry is the repository.
type Registry struct {
	pulumi.ResourceState

	Repository pulumi.StringOutput `pulumi:"repository"` // the repository's full name
	// Mirrored is the repository's name too, known once every mirror is there:
	// what runs an image of others takes it from here.
	Mirrored pulumi.StringOutput `pulumi:"mirrored"`
}

func (a *Args) validate() error {
	if a.Project == nil || a.Key == nil || a.Region == "" || a.ID == "" {
		return errors.New("Args.Project, Key, Region and ID are required")
	}
	var errs []error
	for _, m := range a.Mirrors {
		if m.ID == "" || m.ID == a.ID || m.Host == "" || m.URI != "" && !strings.HasPrefix(m.URI, "https://") {
			errs = append(errs, fmt.Errorf("mirror %q of %q at %q: give it an id of its own, a host, and an https address", m.ID, m.Host, m.URI))
		}
	}
	return errors.Join(errs...)
}

// New makes the repositories. Tags of our own cannot be moved.
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
		Labels:       pulumi.ToStringMap(args.Labels),
		DockerConfig: artifactregistry.RepositoryDockerConfigArgs{ImmutableTags: pulumi.Bool(true)},
		// Said, because the provider's default is a rehearsal that deletes nothing.
		CleanupPolicyDryRun: pulumi.Bool(false),
		CleanupPolicies:     ownCleanup(),
	}, pulumi.Parent(r), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("create the repository: %w", err)
	}
	r.Repository = repository.ID().ToStringOutput()
	if err := r.give(ctx, name, repository, "reader", "roles/artifactregistry.reader", args.Readers); err != nil {
		return nil, err
	}
	if err := r.give(ctx, name, repository, "writer", "roles/artifactregistry.writer", args.Writers); err != nil {
		return nil, err
	}
	ready := []any{r.Repository}
	for _, mirror := range args.Mirrors {
		made, err := r.newMirror(ctx, name+"-"+mirror.ID, args, mirror)
		if err != nil {
			return nil, fmt.Errorf("mirror of %s: %w", mirror.Host, err)
		}
		ready = append(ready, made)
	}
	r.Mirrored = pulumi.All(ready...).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{"repository": r.Repository, "mirrored": r.Mirrored})
}

// give lets members (by a name for each) have a role on a repository.
func (r *Registry) give(ctx *pulumi.Context, name string, repository *artifactregistry.Repository, what, role string, members map[string]pulumi.StringInput) error {
	for _, who := range slices.Sorted(maps.Keys(members)) {
		_, err := artifactregistry.NewRepositoryIamMember(ctx, name+"-"+what+"-"+who, &artifactregistry.RepositoryIamMemberArgs{
			Project:    repository.Project,
			Location:   repository.Location,
			Repository: repository.RepositoryId,
			Role:       pulumi.String(role),
			Member:     members[who],
		}, pulumi.Parent(r))
		if err != nil {
			return fmt.Errorf("let %s be %s: %w", who, what, err)
		}
	}
	return nil
}
