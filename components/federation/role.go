package federation

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/federation/condition"
	"github.com/avila-devops/saas/components/federation/permission"
)

// newRole makes a role of exactly what the program's resources take, and gives
// it to the account.
func (f *Federation) newRole(ctx *pulumi.Context, name string, args *Args, r realm, member pulumi.StringInput) error {
	return f.give(ctx, name, args, member, role{
		id: roleID(args.Stack, r.short), title: "CI " + r.short + " (" + args.Stack + ")",
		description: "What the program's resources take to " + r.short + "; changed by a person, not by CI.",
		permissions: r.permissions,
	})
}

// newGranting lets CI change the project's grants, of the named roles alone.
func (f *Federation) newGranting(ctx *pulumi.Context, name string, args *Args, member pulumi.StringInput) error {
	return f.give(ctx, name, args, member, role{
		id: roleID(args.Stack, "grant"), title: "CI grant (" + args.Stack + ")",
		description: "Gives and takes roles in the project; the grant of it says which.",
		permissions: permission.Grants(), condition: condition.OnlyRoles(permission.Grantable()),
	})
}

type role struct {
	id, title, description, condition string
	permissions                       []string
}

func (f *Federation) give(ctx *pulumi.Context, name string, args *Args, member pulumi.StringInput, r role) error {
	made, err := projects.NewIAMCustomRole(ctx, name+"-role", &projects.IAMCustomRoleArgs{
		Project:     args.IAM,
		RoleId:      pulumi.String(r.id),
		Title:       pulumi.String(r.title),
		Description: pulumi.String(r.description),
		Permissions: pulumi.ToStringArray(r.permissions),
		Stage:       pulumi.String("GA"),
	}, pulumi.Parent(f))
	if err != nil {
		return fmt.Errorf("create the role %s: %w", r.id, err)
	}
	grant := &projects.IAMMemberArgs{Project: args.Project, Role: made.Name, Member: member}
	if r.condition != "" {
		grant.Condition = projects.IAMMemberConditionArgs{
			Title: pulumi.String("named roles only"), Description: pulumi.String("Roles that the program gives in the project."),
			Expression: pulumi.String(r.condition),
		}
	}
	if _, err := projects.NewIAMMember(ctx, name+"-grant", grant, pulumi.Parent(f)); err != nil {
		return fmt.Errorf("grant the role %s: %w", r.id, err)
	}
	return nil
}

// roleID is a role's id: letters, digits, underscores and dots.
func roleID(stack, short string) string {
	return "saas_" + strings.ReplaceAll(stack, "-", "_") + "_" + short
}
