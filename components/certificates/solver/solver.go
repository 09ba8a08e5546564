// Package solver makes the account of Google Cloud by which cert-manager, in
// every cluster of the project, proves that the domain's names are ours: it may
// write records of one zone, and nothing else. cert-manager itself is package
// certificates'.
package solver

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/identity"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:certificates:Solver"

// permissions are what a challenge takes: see whether the record stands, change
// it, and see that the change is done. The zone is named, so none is looked up.
// Cloud DNS knows no grant on single records, as v7.38 has it.
// https://cloud.google.com/dns/docs/access-control
var permissions = []string{
	"dns.changes.create", "dns.changes.get", "dns.changes.list",
	"dns.managedZones.get",
	"dns.resourceRecordSets.create", "dns.resourceRecordSets.delete", "dns.resourceRecordSets.get",
	"dns.resourceRecordSets.list", "dns.resourceRecordSets.update",
}

// Args says whose account it is, and which zone it writes into.
type Args struct {
	Project     pulumi.StringInput // with IAM on
	Pool        pulumi.StringInput // the project's workload pool, as in package identity
	AccountID   string
	RoleID      string // fixed; IAM keeps the id of a role that is gone for weeks
	Namespace   string // cert-manager's, in every cluster
	Workload    string // its Kubernetes service account
	Zone        pulumi.StringInput
	ZoneProject pulumi.StringInput
}

// Solver is the account.
type Solver struct {
	pulumi.ResourceState

	Email pulumi.StringOutput `pulumi:"email"` // known once the account may write
}

// New makes the account.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Solver, error) {
	if args == nil {
		return nil, fmt.Errorf("solver.New %q: Args is nil", name)
	}
	if args.Project == nil || args.Zone == nil || args.ZoneProject == nil || args.RoleID == "" {
		return nil, fmt.Errorf("solver.New %q: %w", name, errors.New("Args.Project, Zone, ZoneProject and RoleID are required"))
	}
	s := &Solver{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{}, s, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	role, err := projects.NewIAMCustomRole(ctx, name+"-role", &projects.IAMCustomRoleArgs{
		Project:     args.Project,
		RoleId:      pulumi.String(args.RoleID),
		Title:       pulumi.String("Writes records of a zone"),
		Description: pulumi.String("What it takes to prove that names are ours; Google's own role for it also deletes zones."),
		Permissions: pulumi.ToStringArray(permissions),
		Stage:       pulumi.String("GA"),
	}, pulumi.Parent(s))
	if err != nil {
		return nil, fmt.Errorf("create the role %s: %w", args.RoleID, err)
	}
	account, err := identity.New(ctx, name+"-identity", &identity.Args{
		Project: args.Project, Pool: args.Pool, AccountID: args.AccountID, Namespace: args.Namespace, Workload: args.Workload,
		Zones: []identity.Zone{{Name: "zone", Zone: args.Zone, Project: args.ZoneProject, Role: role.Name}},
	}, pulumi.Parent(s))
	if err != nil {
		return nil, err
	}
	s.Email = account.Email
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"email": s.Email})
}
