package edge

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// rangesPerRule is how many ranges a rule of Cloud Armor can name.
	// https://cloud.google.com/armor/quotas
	rangesPerRule = 10
	// connectionsPerMinute is above the gateway's limit of requests, so that a
	// client that opens a connection for each request reads the gateway's answer
	// rather than being cut off, and far below what a flood needs.
	connectionsPerMinute = 1200

	firstDeny    = 1000
	ratePriority = 10000
	leastRule    = 2147483647 // the rule that every policy must have
)

// newArmor refuses denied ranges and throttles connections in front of the
// gateway's own limit. A proxy load balancer sees connections only: what is
// asked for is the gateway's to judge.
func (e *Edge) newArmor(ctx *pulumi.Context, name string, args *Args) (pulumi.StringInput, error) {
	var rules compute.SecurityPolicyRuleTypeArray
	names := slices.Sorted(maps.Keys(args.Deny))
	for i, batch := range slices.Collect(slices.Chunk(names, rangesPerRule)) {
		var ranges []string
		for _, who := range batch {
			ranges = append(ranges, args.Deny[who].String())
		}
		rules = append(rules, compute.SecurityPolicyRuleTypeArgs{
			Priority: pulumi.Int(firstDeny + i), Action: pulumi.String("deny(403)"), Description: pulumi.String("Refused ranges."), Match: from(ranges...),
		})
	}
	rules = append(rules,
		compute.SecurityPolicyRuleTypeArgs{
			Priority: pulumi.Int(ratePriority), Action: pulumi.String("throttle"), Description: pulumi.String("Connections of one address."), Match: from("*"),
			RateLimitOptions: compute.SecurityPolicyRuleRateLimitOptionsArgs{
				ConformAction: pulumi.String("allow"), ExceedAction: pulumi.String("deny(429)"), EnforceOnKey: pulumi.String("IP"),
				RateLimitThreshold: compute.SecurityPolicyRuleRateLimitOptionsRateLimitThresholdArgs{
					Count: pulumi.Int(connectionsPerMinute), IntervalSec: pulumi.Int(60),
				},
			},
		},
		compute.SecurityPolicyRuleTypeArgs{
			Priority: pulumi.Int(leastRule), Action: pulumi.String("allow"), Description: pulumi.String("All others."), Match: from("*"),
		},
	)
	policy, err := compute.NewSecurityPolicy(ctx, name+"-armor", &compute.SecurityPolicyArgs{
		Project:     args.Project,
		Description: pulumi.String("Who may connect to the gateways, and how often."),
		Type:        pulumi.String("CLOUD_ARMOR"),
		Rules:       rules,
	}, pulumi.Parent(e))
	if err != nil {
		return nil, fmt.Errorf("create the Cloud Armor policy: %w", err)
	}
	return policy.SelfLink, nil
}

func from(ranges ...string) compute.SecurityPolicyRuleMatchArgs {
	return compute.SecurityPolicyRuleMatchArgs{
		VersionedExpr: pulumi.String("SRC_IPS_V1"),
		Config:        compute.SecurityPolicyRuleMatchConfigArgs{SrcIpRanges: pulumi.ToStringArray(ranges)},
	}
}
