// Package database makes Cloud SQL for PostgreSQL: a primary that survives the
// loss of a zone, read replicas, and the account that provisioning starts
// from. Pooling in front of it is not here.
package database

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:database:Database"

// Args is the shape of the database.
type Args struct {
	Project pulumi.StringInput // with SQLAdmin on
	Secrets pulumi.StringInput // the project, with SecretManager on
	Network pulumi.StringInput // reachable by private services access

	Database string // name of the database inside the instance
	Version  string
	Edition  string
	Tier     string
	DiskGB   int
	Backups  int // daily backups kept

	Primary      Place
	Replicas     []Place // at least one in the primary's region, and one in each other
	SecretKey    pulumi.StringInput
	SecretRegion string

	Protect bool
}

// Place is where an instance lies.
type Place struct {
	Region string
	Range  pulumi.StringInput // name of the private services range
	Key    pulumi.StringInput // granted to Cloud SQL's agent, in the same region
}

// Database is the primary with its replicas.
type Database struct {
	pulumi.ResourceState

	Instance   pulumi.StringOutput `pulumi:"instance"`
	Connection pulumi.StringOutput `pulumi:"connection"` // project:region:instance
	Host       pulumi.StringOutput `pulumi:"host"`       // private address of the primary
	Secret     pulumi.StringOutput `pulumi:"secret"`     // where the provisioning password lies

	ReplicaHosts map[string]pulumi.StringOutput // by region, the nearest to read from
}

func (a *Args) validate() error {
	var errs []error
	if a.Project == nil || a.Secrets == nil || a.Network == nil || a.SecretKey == nil {
		errs = append(errs, errors.New("Args.Project, Secrets, Network and SecretKey are required"))
	}
	for _, place := range append([]Place{a.Primary}, a.Replicas...) {
		if place.Region == "" || place.Range == nil || place.Key == nil {
			errs = append(errs, fmt.Errorf("place %q: Region, Range and Key are required", place.Region))
		}
	}
	return errors.Join(errs...)
}

// New makes the database.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Database, error) {
	if args == nil {
		return nil, fmt.Errorf("database.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("database.New %q: %w", name, err)
	}
	d := &Database{ReplicaHosts: map[string]pulumi.StringOutput{}}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"region": pulumi.String(args.Primary.Region)}, d, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	primary, err := d.newPrimary(ctx, name, args)
	if err != nil {
		return nil, err
	}
	d.Instance, d.Connection, d.Host = primary.Name, primary.ConnectionName, primary.PrivateIpAddress
	for _, place := range args.Replicas {
		replica, err := d.newReplica(ctx, name, args, primary, place)
		if err != nil {
			return nil, fmt.Errorf("replica in %s: %w", place.Region, err)
		}
		d.ReplicaHosts[place.Region] = replica.PrivateIpAddress
	}
	_, err = sql.NewDatabase(ctx, name+"-database", &sql.DatabaseArgs{
		Project: primary.Project, Instance: primary.Name, Name: pulumi.String(args.Database),
		Charset: pulumi.String("UTF8"), Collation: pulumi.String("en_US.UTF8"),
		// Gone with its instance; dropping it first would fail on its owner's objects.
		DeletionPolicy: pulumi.String("ABANDON"),
	}, pulumi.Parent(d), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("create the database %s: %w", args.Database, err)
	}
	if err := d.newProvisioner(ctx, name, args, primary); err != nil {
		return nil, err
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{
		"instance": d.Instance, "connection": d.Connection, "host": d.Host, "secret": d.Secret,
	})
}
