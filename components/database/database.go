// Package database makes Cloud SQL for PostgreSQL: instances of which one takes
// writes and the others replicate it, the logins of each purpose, and a client
// certificate for each consumer. Which instances there are, and which of them
// is primary, is decided in stacks/spec. Pooling in front of them, and the roles
// of tenants inside, are not here.
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
	Network pulumi.StringInput // reachable by private services access

	Database string // name of the database inside the instances
	Version  string
	Edition  Edition
	Tier     string

	DiskGB, DiskLimitGB int
	Backups             int // daily backups kept
	LogDays             int // days of write-ahead log
	MaxConnections      int
	QuietFrom, QuietTo  string // month-day, a period without maintenance

	Instances   []Instance // each after its master
	Logins      []Login
	Generations []int // of client certificates; the first is handed out
}

// Edition is a Cloud SQL edition; only the plus one has a data cache.
type Edition string

// EnterprisePlus is the edition with a data cache.
const EnterprisePlus Edition = "ENTERPRISE_PLUS"

// Instance is one instance. One without a Master takes writes.
type Instance struct {
	Name   string // names its resources: never changes, whatever its role
	Region string
	Range  pulumi.StringInput // name of the private services range
	Key    pulumi.StringInput // granted to Cloud SQL's agent, in the same region

	Master       string            // Name of the instance that it replicates
	Founder      bool              // makes the database; later primaries have it by replication
	BackupRegion string            // where backups lie once it takes writes
	Clients      []string          // consumers with a certificate for it
	Labels       map[string]string // user labels
	Protect      bool
}

// Database is all instances, with what it takes to reach them.
type Database struct {
	pulumi.ResourceState

	Instances map[string]*Made               // by Instance.Name
	Passwords map[string]pulumi.StringOutput // by Login.Name; secret
}

// Made is an instance that exists.
type Made struct {
	Name       pulumi.StringOutput
	Connection pulumi.StringOutput // project:region:instance
	Host       pulumi.StringOutput // private address
	Clients    map[string]Client   // by consumer
}

func (a *Args) validate() error {
	var errs []error
	if a.Project == nil || a.Network == nil {
		errs = append(errs, errors.New("Args.Project and Network are required"))
	}
	seen := map[string]bool{}
	for _, instance := range a.Instances {
		if instance.Name == "" || instance.Region == "" || instance.Range == nil || instance.Key == nil {
			errs = append(errs, fmt.Errorf("instance %q: Name, Region, Range and Key are required", instance.Name))
		}
		if instance.Master != "" && !seen[instance.Master] {
			errs = append(errs, fmt.Errorf("instance %q: its master %q does not stand before it", instance.Name, instance.Master))
		}
		if instance.Master == "" && (instance.BackupRegion == "" || instance.BackupRegion == instance.Region) {
			errs = append(errs, fmt.Errorf("instance %q: BackupRegion %q must be a second region", instance.Name, instance.BackupRegion))
		}
		seen[instance.Name] = true
	}
	if len(a.Instances) == 0 || len(a.Generations) == 0 {
		errs = append(errs, errors.New("Args.Instances or Generations is empty"))
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
	d := &Database{Instances: map[string]*Made{}, Passwords: map[string]pulumi.StringOutput{}}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{}, d, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	if err := d.newPasswords(ctx, name, args.Logins); err != nil {
		return nil, err
	}
	instances := map[string]*sql.DatabaseInstance{}
	for _, instance := range args.Instances {
		made, err := d.newInstance(ctx, name+"-"+instance.Name, args, instance, instances[instance.Master])
		if err != nil {
			return nil, fmt.Errorf("instance %s: %w", instance.Name, err)
		}
		instances[instance.Name] = made
		if err := d.fill(ctx, name+"-"+instance.Name, args, instance, made); err != nil {
			return nil, fmt.Errorf("instance %s: %w", instance.Name, err)
		}
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{})
}

// fill makes what lies in an instance. A replica gets databases and logins
// from its master, and certificates of its own: each instance has its own
// client CA.
func (d *Database) fill(ctx *pulumi.Context, name string, args *Args, instance Instance, made *sql.DatabaseInstance) error {
	out := &Made{Name: made.Name, Connection: made.ConnectionName, Host: made.PrivateIpAddress}
	d.Instances[instance.Name] = out
	if instance.Founder {
		if err := d.newDatabase(ctx, name+"-database", args, instance, made); err != nil {
			return err
		}
	}
	if instance.Master == "" {
		if err := d.newLogins(ctx, name, args.Logins, made); err != nil {
			return err
		}
	}
	var err error
	out.Clients, err = d.newClients(ctx, name, instance.Clients, args.Generations, made)
	return err
}

func (d *Database) newDatabase(ctx *pulumi.Context, name string, args *Args, instance Instance, made *sql.DatabaseInstance) error {
	_, err := sql.NewDatabase(ctx, name, &sql.DatabaseArgs{
		Project: made.Project, Instance: made.Name, Name: pulumi.String(args.Database),
		Charset: pulumi.String("UTF8"), Collation: pulumi.String("en_US.UTF8"),
		// Gone with its instance; dropping it first would fail on its owner's objects.
		DeletionPolicy: pulumi.String("ABANDON"),
	}, pulumi.Parent(d), pulumi.Protect(instance.Protect))
	if err != nil {
		return fmt.Errorf("create the database %s: %w", args.Database, err)
	}
	return nil
}
