// Package project turns on the Google APIs that an environment uses and makes
// the service agents that Google creates only when asked.
//
// Other components take the project's id from [Project.With], which is known
// only once the API is on: a resource of an API then follows the API by data,
// and no order has to be written down.
package project

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:project:Project"

// API is the host name of a Google API.
type API string

// The APIs that an environment uses.
const (
	ArtifactRegistry    API = "artifactregistry.googleapis.com"
	BillingBudgets      API = "billingbudgets.googleapis.com"
	BinaryAuthorization API = "binaryauthorization.googleapis.com"
	CertificateManager  API = "certificatemanager.googleapis.com"
	Compute             API = "compute.googleapis.com"
	ConnectGateway      API = "connectgateway.googleapis.com"
	Container           API = "container.googleapis.com"
	ContainerAnalysis   API = "containeranalysis.googleapis.com"
	// ContainerScanning looks for vulnerabilities in every image that is
	// pushed, in all repositories of the project.
	ContainerScanning API = "containerscanning.googleapis.com"
	DNS               API = "dns.googleapis.com"
	EssentialContacts API = "essentialcontacts.googleapis.com"
	Fleet             API = "gkehub.googleapis.com"
	GKEBackup         API = "gkebackup.googleapis.com"
	IAM               API = "iam.googleapis.com"
	// IAMCredentials and SecurityTokens turn a token of GitHub's into one of
	// Google's.
	IAMCredentials    API = "iamcredentials.googleapis.com"
	KMS               API = "cloudkms.googleapis.com"
	Logging           API = "logging.googleapis.com"
	Monitoring        API = "monitoring.googleapis.com"
	PubSub            API = "pubsub.googleapis.com"
	Redis             API = "redis.googleapis.com"
	ResourceManager   API = "cloudresourcemanager.googleapis.com"
	SecretManager     API = "secretmanager.googleapis.com"
	SecurityTokens    API = "sts.googleapis.com" //nolint:gosec // the name of an API, no credential
	ServiceNetworking API = "servicenetworking.googleapis.com"
	SQLAdmin          API = "sqladmin.googleapis.com"
	Storage           API = "storage.googleapis.com"
)

// APIs lists what New turns on.
var APIs = []API{
	ArtifactRegistry, BillingBudgets, BinaryAuthorization, CertificateManager, Compute, ConnectGateway, Container, ContainerAnalysis, ContainerScanning,
	DNS, EssentialContacts, Fleet, GKEBackup, IAM, IAMCredentials, KMS, Logging, Monitoring, PubSub, Redis,
	ResourceManager, SecretManager, SecurityTokens, ServiceNetworking, SQLAdmin, Storage,
}

// agentAPIs are the APIs whose agent does not exist until it is asked for. A
// grant to an agent that does not exist is refused.
var agentAPIs = []API{ArtifactRegistry, GKEBackup, PubSub, Redis, SecretManager, SQLAdmin}

// Args says which project.
type Args struct {
	ID string
}

// Project is a Google Cloud project that is ready to be used.
type Project struct {
	pulumi.ResourceState

	enabled map[API]pulumi.StringOutput
	agents  map[API]pulumi.StringOutput
}

// New turns the APIs on. They stay on when the environment goes: other
// programs may have come to need them.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Project, error) {
	if args == nil || args.ID == "" {
		return nil, fmt.Errorf("project.New %q: Args.ID is empty", name)
	}
	p := &Project{enabled: map[API]pulumi.StringOutput{}, agents: map[API]pulumi.StringOutput{}}
	err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"id": pulumi.String(args.ID)}, p, opts...)
	if err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	for _, api := range APIs {
		service, err := projects.NewService(ctx, name+"-"+api.short(), &projects.ServiceArgs{
			Project:          pulumi.String(args.ID),
			Service:          pulumi.String(string(api)),
			DisableOnDestroy: pulumi.Bool(false),
		}, pulumi.Parent(p))
		if err != nil {
			return nil, fmt.Errorf("enable %s: %w", api, err)
		}
		p.enabled[api] = service.Project
	}
	for _, api := range agentAPIs {
		agent, err := projects.NewServiceIdentity(ctx, name+"-"+api.short()+"-agent", &projects.ServiceIdentityArgs{
			Project: p.With(api),
			Service: pulumi.String(string(api)),
		}, pulumi.Parent(p))
		if err != nil {
			return nil, fmt.Errorf("create the service agent of %s: %w", api, err)
		}
		p.agents[api] = agent.Email
	}
	return p, ctx.RegisterResourceOutputs(p, pulumi.Map{})
}

// With is the project's id, known once the API is on. It panics on an API that
// is not in [APIs].
func (p *Project) With(api API) pulumi.StringOutput {
	id, ok := p.enabled[api]
	if !ok {
		panic("project: " + string(api) + " is not among APIs")
	}
	return id
}

// WithAll is the project's id, known once all of the APIs are on.
func (p *Project) WithAll(apis ...API) pulumi.StringOutput {
	on := make([]any, len(apis))
	for i, api := range apis {
		on[i] = p.With(api)
	}
	return pulumi.All(on...).ApplyT(func(ids []any) string { return ids[0].(string) }).(pulumi.StringOutput)
}

// Agent is the e-mail of the service agent of an API that has to be asked for
// one, known once the agent exists; ok is false for other APIs.
func (p *Project) Agent(api API) (email pulumi.StringOutput, ok bool) {
	email, ok = p.agents[api]
	return email, ok
}

func (a API) short() string { return strings.TrimSuffix(string(a), ".googleapis.com") }
