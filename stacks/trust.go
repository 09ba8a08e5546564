package stacks

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/access"
	"github.com/avila-devops/saas/components/admission"
	"github.com/avila-devops/saas/components/federation"
	"github.com/avila-devops/saas/components/federation/condition"
	"github.com/avila-devops/saas/components/identity"
	"github.com/avila-devops/saas/components/project"
	"github.com/avila-devops/saas/components/registry"
	"github.com/avila-devops/saas/stacks/spec"
)

// trust is whom the environment trusts, and what for.
type trust struct {
	federation *federation.Federation
	admission  *admission.Admission
	identities map[string]*identity.Identity // by workload
}

func (e *Environment) newFederation(ctx *pulumi.Context) (err error) {
	hub := e.spec.GitHub
	e.federation, err = federation.New(ctx, "github", &federation.Args{
		IAM:       e.project.WithAll(project.IAM, project.IAMCredentials, project.SecurityTokens),
		Project:   e.project.With(project.ResourceManager),
		ProjectID: e.spec.ProjectID,
		Number:    e.spec.ProjectNumber,
		Stack:     e.spec.Name,
		Plan:      e.spec.AccountID("ci-plan"),
		Build:     e.spec.AccountID("ci-build"),
		Apply:     e.spec.AccountID("ci-apply"),
		Repository: condition.Repository{
			OwnerID: hub.OwnerID, ID: hub.RepositoryID, Name: hub.Repository, Branch: hub.Branch, Environment: hub.Environment,
		},
	}, pulumi.Parent(e))
	return err
}

// deployer and builder are CI's accounts that apply and that build, as IAM
// members.
func (e *Environment) deployer() pulumi.StringOutput {
	return pulumi.Sprintf("serviceAccount:%s", e.federation.ApplyAccount)
}

func (e *Environment) builder() pulumi.StringOutput {
	return pulumi.Sprintf("serviceAccount:%s", e.federation.BuildAccount)
}

func (e *Environment) newRegistry(ctx *pulumi.Context) (err error) {
	primary := e.spec.Primary().Name
	readers := map[string]pulumi.StringInput{}
	for region, made := range e.clusters {
		readers[string(region)] = pulumi.Sprintf("serviceAccount:%s", made.NodeAccount)
	}
	var mirrors []registry.Mirror
	for _, mirror := range spec.Mirrors {
		mirrors = append(mirrors, registry.Mirror(mirror))
	}
	e.registry, err = registry.New(ctx, "registry", &registry.Args{
		Project: e.project.WithAll(project.ArtifactRegistry, project.ContainerScanning),
		Region:  string(primary),
		ID:      spec.RegistryID,
		Key:     e.keys[primary].Key(keyRegistry),
		Readers: readers,
		Writers: map[string]pulumi.StringInput{"ci": e.builder()},
		Mirrors: mirrors,
		Labels:  e.spec.Labels("registry"),
		Protect: e.spec.Protected(),
	}, pulumi.Parent(e))
	return err
}

func (e *Environment) newAdmission(ctx *pulumi.Context) (err error) {
	e.admission, err = admission.New(ctx, "admission", &admission.Args{
		Project:  e.project.With(project.BinaryAuthorization),
		Analysis: e.project.With(project.ContainerAnalysis),
		Key:      e.keys[e.spec.Primary().Name].Key(keyAttest),
		Signers:  map[string]pulumi.StringInput{"ci": e.builder()},
		Admitted: e.spec.Admitted(),
	}, pulumi.Parent(e))
	return err
}

func (e *Environment) newAccess(ctx *pulumi.Context) error {
	args := &access.Args{
		Project: e.project.WithAll(project.ResourceManager, project.Fleet, project.ConnectGateway),
		Members: []access.Member{
			{Name: "ci-apply", Member: e.deployer(), Level: access.Admin},
			{Name: "ci-plan", Member: pulumi.Sprintf("serviceAccount:%s", e.federation.PlanAccount), Level: access.Reader},
		},
		Clusters: map[string]pulumi.ProviderResource{},
	}
	for level, members := range map[access.Level][]string{access.Admin: e.spec.Operators.Admins, access.Reader: e.spec.Operators.Readers} {
		for _, member := range members {
			args.Members = append(args.Members, access.Member{Name: memberName(member), Member: pulumi.String(member), Level: level})
		}
	}
	for region, made := range e.clusters {
		args.Clusters[string(region)] = made.Provider
	}
	_, err := access.New(ctx, "access", args, pulumi.Parent(e))
	return err
}

// memberName is an IAM member as part of a resource's name:
// group-platform-aviladevops-com-br.
func memberName(member string) string {
	return strings.Trim(strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			return c
		case c >= 'A' && c <= 'Z':
			return c + 'a' - 'A'
		}
		return '-'
	}, member), "-")
}

// newIdentities makes the accounts of the workloads that need one. The pool
// that they are trusted by comes with the first cluster.
func (e *Environment) newIdentities(ctx *pulumi.Context) error {
	e.identities = map[string]*identity.Identity{}
	for _, wanted := range e.spec.Identities() {
		args := &identity.Args{
			Project:   e.project.With(project.IAM),
			Pool:      e.clusters[e.spec.Primary().Name].WorkloadPool,
			AccountID: e.spec.AccountID(wanted.Workload),
			Namespace: e.spec.Name,
			Workload:  wanted.Workload,
		}
		for _, grant := range wanted.Grants {
			switch grant.On {
			case spec.MediaBucket:
				args.Objects = append(args.Objects, identity.Objects{
					Name: memberName(grant.Prefix), Bucket: e.media.Bucket, Prefix: grant.Prefix, Role: grant.Role,
				})
			default:
				return fmt.Errorf("%s: nothing is known of the resource %q", wanted.Workload, grant.On)
			}
		}
		made, err := identity.New(ctx, "identity-"+wanted.Workload, args, pulumi.Parent(e))
		if err != nil {
			return err
		}
		e.identities[wanted.Workload] = made
	}
	return nil
}
