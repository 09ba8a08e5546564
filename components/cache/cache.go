// Package cache makes one region's Memorystore for Redis: cache, sessions and
// job queue of the apps in that region.
package cache

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

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
	Snapshot string // time between snapshots: ONE_HOUR
	// Protect is the only guard there is: Memorystore has no deletion
	// protection of its own.
	Protect bool
}

// Cache is the instance. Clients speak TLS, prove themselves with Auth and
// check the server against CAs: its certificate names its address only in the
// common name.
type Cache struct {
	pulumi.ResourceState

	Host     pulumi.StringOutput `pulumi:"host"`
	Port     pulumi.IntOutput    `pulumi:"port"`
	ReadHost pulumi.StringOutput `pulumi:"readHost"`
	Auth     pulumi.StringOutput `pulumi:"auth"` // secret
	CA       pulumi.StringOutput `pulumi:"ca"`   // PEM, several while Google rotates them
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

// firstSnapshot aligns the snapshots: half past the hour, away from the jobs
// that start on it.
const firstSnapshot = "2026-01-01T05:30:00Z"

// configs keep what has no expiry when memory runs out, and let the least used
// of the rest go: jobs stay, cached values give way (docs/adr/0012). A fifth of
// the memory is left to snapshots, replication and failover, as Google advises:
// https://cloud.google.com/memorystore/docs/redis/memory-management-best-practices
func configs(memoryGB int) pulumi.StringMap {
	return pulumi.StringMap{
		"maxmemory-policy": pulumi.String("volatile-lru"),
		"maxmemory-gb":     pulumi.String(strconv.FormatFloat(float64(memoryGB)*4/5, 'f', -1, 64)),
		"activedefrag":     pulumi.String("yes"),
	}
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
		RedisConfigs:          configs(args.MemoryGB),
		PersistenceConfig: redis.InstancePersistenceConfigArgs{
			PersistenceMode:      pulumi.String("RDB"),
			RdbSnapshotPeriod:    pulumi.String(args.Snapshot),
			RdbSnapshotStartTime: pulumi.String(firstSnapshot),
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
	c.CA = instance.ServerCaCerts.ApplyT(func(certs []redis.InstanceServerCaCert) string {
		var pems strings.Builder
		for _, cert := range certs {
			if cert.Cert != nil {
				pems.WriteString(*cert.Cert)
			}
		}
		return pems.String()
	}).(pulumi.StringOutput)
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"host": c.Host, "port": c.Port, "readHost": c.ReadHost, "auth": c.Auth, "ca": c.CA,
	})
}
