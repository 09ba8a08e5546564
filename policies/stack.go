package main

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/policyx"

	"github.com/avila-devops/saas/policies/control"
	"github.com/avila-devops/saas/policies/kms"
	"github.com/avila-devops/saas/policies/registry"
)

// stackControls lists every control that takes the whole graph, by area.
func stackControls() []control.Stack {
	return append(append([]control.Stack{}, kms.Stack...), registry.Stack...)
}

func stackPolicies() []policyx.Policy {
	var policies []policyx.Policy
	for _, c := range stackControls() {
		policies = append(policies, policyx.NewStackValidationPolicy(c.ID, policyx.StackValidationPolicyArgs{
			Description:      c.Title + " (" + c.Source + ")",
			EnforcementLevel: policyx.EnforcementLevelMandatory,
			ValidateStack: func(_ context.Context, args policyx.StackValidationArgs) error {
				var all []control.Resource
				for _, r := range args.Resources {
					all = append(all, control.Resource{Type: r.Type, URN: r.URN, Properties: r.Properties})
				}
				for _, fault := range c.Judge(all) {
					args.Manager.ReportViolation(c.Message(fault), fault.URN)
				}
				return nil
			},
		}))
	}
	return policies
}
