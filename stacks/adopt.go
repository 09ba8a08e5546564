package stacks

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/stacks/spec"
)

// adoption lets the environment take over resources that it did not make. One
// that the configuration names keeps that name; one that it adopts is imported
// by its id instead of being created. Which resources that may be is decided in
// [spec.Environment.Adoptable].
func adoption(env *spec.Environment) pulumi.ResourceOption {
	return pulumi.Transformations([]pulumi.ResourceTransformation{
		func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			opts := args.Opts[:len(args.Opts):len(args.Opts)]
			name, named := env.Names[args.Name]
			if named = named && rename(args.Props, name); named {
				// Google fixes a description for ever, and this one was written by
				// somebody else: to want our own would mean a replacement.
				opts = append(opts, pulumi.IgnoreChanges([]string{"description"}))
			}
			id, adopted := env.Adopt[args.Name]
			if adopted = adopted && (named || isRecord(args.Props)); adopted {
				opts = append(opts, pulumi.Import(pulumi.ID(id)))
			}
			if !named && !adopted {
				return nil
			}
			return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: opts}
		},
	})
}

// isRecord tells DNS records, whose name is that of their host.
func isRecord(props pulumi.Input) bool {
	_, ok := props.(*dns.RecordSetArgs)
	return ok
}

// rename sets the name of a resource of a type that can be adopted.
func rename(props pulumi.Input, name string) bool {
	switch args := props.(type) {
	case *compute.NetworkArgs:
		args.Name = pulumi.String(name)
	case *compute.SubnetworkArgs:
		args.Name = pulumi.String(name)
	case *dns.ManagedZoneArgs:
		args.Name = pulumi.String(name)
	default:
		return false
	}
	return true
}
