// The policy pack: every control, wired to the engine. A control that a
// resource breaks stops the preview or the update. With -list it prints the
// controls and judges nothing.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/policyx"

	"github.com/avila-devops/saas/policies/cloudsql"
	"github.com/avila-devops/saas/policies/control"
	"github.com/avila-devops/saas/policies/dns"
	"github.com/avila-devops/saas/policies/edge"
	"github.com/avila-devops/saas/policies/gateway"
	"github.com/avila-devops/saas/policies/gke"
	"github.com/avila-devops/saas/policies/podsecurity"
)

// controls lists every control, by area.
func controls() []control.Control {
	return slices.Concat(gke.Controls, cloudsql.Controls, podsecurity.Controls, edge.Controls, dns.Controls, gateway.Controls)
}

func main() {
	list := flag.Bool("list", false, "print the controls and exit")
	flag.Parse()
	if *list {
		print(os.Stdout)
		return
	}
	if err := policyx.Main(func(*pulumi.Context) (policyx.PolicyPack, error) { return pack() }); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func print(to io.Writer) {
	table := tabwriter.NewWriter(to, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "CONTROL\tDEMANDS\tSOURCE")
	for _, c := range controls() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", c.ID, c.Title, c.Source)
	}
	table.Flush() //nolint:errcheck // a broken pipe ends the listing, as it should
}

func pack() (policyx.PolicyPack, error) {
	var policies []policyx.Policy
	for _, c := range controls() {
		if c.JudgeStack != nil {
			policies = append(policies, ofStack(c))
			continue
		}
		policies = append(policies, policyx.NewResourceValidationPolicy(c.ID, policyx.ResourceValidationPolicyArgs{
			Description:      c.Title + " (" + c.Source + ")",
			EnforcementLevel: policyx.EnforcementLevelMandatory,
			ValidateResource: func(_ context.Context, args policyx.ResourceValidationArgs) error {
				for _, message := range judge(c, args.Resource) {
					args.Manager.ReportViolation(message, args.Resource.URN)
				}
				return nil
			},
		}))
	}
	return policyx.NewPolicyPack("avila", semver.MustParse("0.1.0"), policyx.EnforcementLevelMandatory, policies)
}

// ofStack is the policy of a control that judges a stack as a whole.
func ofStack(c control.Control) policyx.Policy {
	return policyx.NewStackValidationPolicy(c.ID, policyx.StackValidationPolicyArgs{
		Description:      c.Title + " (" + c.Source + ")",
		EnforcementLevel: policyx.EnforcementLevelMandatory,
		ValidateStack: func(_ context.Context, args policyx.StackValidationArgs) error {
			var all []control.Resource
			for _, r := range args.Resources {
				all = append(all, control.Resource{URN: r.URN, Type: r.Type, Name: r.Name, Properties: r.Properties, Dependencies: dependencies(r)})
			}
			for _, found := range c.JudgeStack(all) {
				args.Manager.ReportViolation(c.Message(found.Finding), found.URN)
			}
			return nil
		},
	})
}

// dependencies are what the engine says that a resource, or one of its
// properties, came from.
func dependencies(r policyx.AnalyzerResource) []string {
	all := slices.Clone(r.Dependencies)
	for _, urns := range r.PropertyDependencies {
		all = append(all, urns...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// judge returns a message for each way in which the resource breaks the
// control.
func judge(c control.Control, resource policyx.AnalyzerResource) []string {
	if c.Judge == nil || !c.Covers(resource.Type) {
		return nil
	}
	var messages []string
	for _, finding := range c.Judge(resource.Properties) {
		messages = append(messages, c.Message(finding))
	}
	return messages
}
