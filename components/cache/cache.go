// Package cache makes one region's Memorystore for Redis: cache, sessions and
// job queue of the apps in that region.
package cache

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/redis"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:cache:Cache"

// Args is the shape of the instance.
type Args struct {
	Project  pulumi.StringInput // with Redis on
	Region   string
	Network  pulumi.StringInput // reachable by private services access
	Range    pulumi.StringInput // name of the range to take an address from
	Key      pulumi.StringInput // granted to Memorystore's agent
	Version  string
	MemoryGB int
	Replicas int
	// Protect is the only guard there is: Memorystore has no deletion
	// protection of its own.
	Protect bool
}

// Cache is the instance. Clients speak TLS, prove themselves with Auth and
// check the server against CAs: its certificate names its address only in the
// common name.
type Cache struct {
	pulumi.ResourceState

	Host     pulumi.StringOutput      `pulumi:"host"`
	Port     pulumi.IntOutput         `pulumi:"port"`
	ReadHost pulumi.StringOutput      `pulumi:"readHost"`
	Auth     pulumi.StringOutput      `pulumi:"auth"` // secret
	CAs      pulumi.StringArrayOutput `pulumi:"cas"`  // PEM, more than one while Google rotates them
}

func (a *Args) validate() error {
	var errs []error
	if a.Project == nil || a.Network == nil || a.Range == nil || a.Key == nil {
		errs = append(errs, errors.New("Args.Project, Network, Range and Key are required"))
	}
	if a.MemoryGB < 5 || a.Replicas < 1 {
		errs = append(errs, fmt.Errorf("Args.MemoryGB %d, Replicas %d: read replicas need 5 GB and at least one", a.MemoryGB, a.Replicas))
	}
	return errors.Join(errs...)
}

// New makes the instance.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Cache, error) {
	if args == nil {
		return nil, fmt.Errorf("cache.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("cache.New %q: %w", name, err)
	}
	c := &Cache{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"region": pulumi.String(args.Region)}, c, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	instance, err := redis.NewInstance(ctx, name+"-redis", &redis.InstanceArgs{
		Project:               args.Project,
		Region:                pulumi.String(args.Region),
		DisplayName:           pulumi.String("Cache, sessions and jobs in " + args.Region),
		Tier:                  pulumi.String("STANDARD_HA"),
		RedisVersion:          pulumi.String(args.Version),
		MemorySizeGb:          pulumi.Int(args.MemoryGB),
		ReadReplicasMode:      pulumi.String("READ_REPLICAS_ENABLED"),
		ReplicaCount:          pulumi.Int(args.Replicas),
		ConnectMode:           pulumi.String("PRIVATE_SERVICE_ACCESS"),
		AuthorizedNetwork:     args.Network,
		ReservedIpRange:       args.Range,
		AuthEnabled:           pulumi.Bool(true),
		TransitEncryptionMode: pulumi.String("SERVER_AUTHENTICATION"),
		CustomerManagedKey:    args.Key,
		// Jobs lie in Redis: a full instance must refuse writes, not drop them.
		RedisConfigs: pulumi.StringMap{"maxmemory-policy": pulumi.String("noeviction")},
		PersistenceConfig: redis.InstancePersistenceConfigArgs{
			PersistenceMode:   pulumi.String("RDB"),
			RdbSnapshotPeriod: pulumi.String("ONE_HOUR"),
		},
		MaintenancePolicy: redis.InstanceMaintenancePolicyArgs{
			WeeklyMaintenanceWindows: redis.InstanceMaintenancePolicyWeeklyMaintenanceWindowArray{
				redis.InstanceMaintenancePolicyWeeklyMaintenanceWindowArgs{
					Day: pulumi.String("SUNDAY"),
					// 06:00 UTC is 03:00 in São Paulo.
					StartTime: redis.InstanceMaintenancePolicyWeeklyMaintenanceWindowStartTimeArgs{
						Hours: pulumi.Int(6), Minutes: pulumi.Int(0), Seconds: pulumi.Int(0), Nanos: pulumi.Int(0),
					},
				},
			},
		},
	}, pulumi.Parent(c), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("create the instance: %w", err)
	}
	c.Host, c.Port, c.ReadHost, c.Auth = instance.Host, instance.Port, instance.ReadEndpoint, instance.AuthString
	c.CAs = instance.ServerCaCerts.ApplyT(func(certs []redis.InstanceServerCaCert) []string {
		var pems []string
		for _, cert := range certs {
			if cert.Cert != nil {
				pems = append(pems, *cert.Cert)
			}
		}
		return pems
	}).(pulumi.StringArrayOutput)
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"host": c.Host, "port": c.Port, "readHost": c.ReadHost, "auth": c.Auth, "cas": c.CAs,
	})
}
