package database

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// A Login is a user of PostgreSQL, made for one purpose.
//
// The API makes every user a member of cloudsqlsuperuser, and the provider has
// no argument against it: until the provisioning Job has revoked that, and has
// granted each login what its purpose needs, no login may be handed to
// workloads that trust it to be weak.
type Login struct {
	Name    string
	Purpose string // why it exists, for readers of the code and of audits
}

// The logins of every environment.
const (
	Provisioner = "provisioner"
	App         = "app"
	PgBouncer   = "pgbouncer" // named in the flag cloudsql.pg_shadow_select_role
	Exporter    = "exporter"
)

// Logins lists them.
var Logins = []Login{
	{Provisioner, "makes the tenants' roles, schemas and grants; used by the provisioning Job alone"},
	{App, "the apps' own; owns nothing, has neither SUPERUSER nor BYPASSRLS, takes a tenant's role inside each transaction"},
	{PgBouncer, "reads password hashes by pg_shadow, so that the poolers can check logins; reads no table"},
	{Exporter, "reads statistics (pg_monitor) for Prometheus; reads no table"},
}

func (d *Database) newPasswords(ctx *pulumi.Context, name string, logins []Login) error {
	for _, login := range logins {
		password, err := random.NewRandomPassword(ctx, name+"-"+login.Name, &random.RandomPasswordArgs{
			Length: pulumi.Int(40), Special: pulumi.Bool(true), OverrideSpecial: pulumi.String("-_.~"),
			MinLower: pulumi.Int(1), MinUpper: pulumi.Int(1), MinNumeric: pulumi.Int(1), MinSpecial: pulumi.Int(1),
		}, pulumi.Parent(d))
		if err != nil {
			return fmt.Errorf("make the password of %s: %w", login.Name, err)
		}
		d.Passwords[login.Name] = password.Result
	}
	return nil
}

// newLogins makes the users in an instance that takes writes. In a promoted
// one they exist by replication, and the API sets their passwords anew, to
// what they are.
func (d *Database) newLogins(ctx *pulumi.Context, name string, logins []Login, instance *sql.DatabaseInstance) error {
	for _, login := range logins {
		_, err := sql.NewUser(ctx, name+"-"+login.Name, &sql.UserArgs{
			Project: instance.Project, Instance: instance.Name,
			Name: pulumi.String(login.Name), Password: d.Passwords[login.Name],
			// A role that owns objects cannot be dropped; it goes with the instance.
			DeletionPolicy: pulumi.String("ABANDON"),
		}, pulumi.Parent(d))
		if err != nil {
			return fmt.Errorf("create the user %s: %w", login.Name, err)
		}
	}
	return nil
}
