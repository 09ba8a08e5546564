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

	"github.com/avila-devops/saas/policies/audit"
	"github.com/avila-devops/saas/policies/backup"
	"github.com/avila-devops/saas/policies/cloudsql"
	"github.com/avila-devops/saas/policies/control"
	"github.com/avila-devops/saas/policies/dns"
	"github.com/avila-devops/saas/policies/edge"
	"github.com/avila-devops/saas/policies/gateway"
	"github.com/avila-devops/saas/policies/gke"
	"github.com/avila-devops/saas/policies/iam"
	"github.com/avila-devops/saas/policies/kms"
	"github.com/avila-devops/saas/policies/label"
	"github.com/avila-devops/saas/policies/podsecurity"
	"github.com/avila-devops/saas/policies/redis"
	"github.com/avila-devops/saas/policies/region"
	"github.com/avila-devops/saas/policies/registry"
	"github.com/avila-devops/saas/policies/storage"
)

// controls lists every control, by area.
func controls() []control.Control {
	return slices.Concat(
		gke.Controls,
		cloudsql.Controls,
		podsecurity.Controls,
		storage.Controls,
		redis.Controls,
		iam.Controls,
		kms.Controls,
		registry.Controls,
		region.Controls,
		edge.Controls,
		dns.Controls,
		gateway.Controls,
	)
}

// stackControls lists every control over a whole stack, by area.
func stackControls() []control.StackControl {
	return slices.Concat(
		audit.StackControls,
		storage.StackControls,
		backup.StackControls,
		label.StackControls,
		cloudsql.StackControls,
		kms.StackControls,
		registry.StackControls,
		edge.StackControls,
	)
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
	for _, c := range stackControls() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", c.ID, c.Title, c.Source)
	}
	table.Flush() //nolint:errcheck // a broken pipe ends the listing, as it should
}

func pack() (policyx.PolicyPack, error) {
	var policies []policyx.Policy
	for _, c := range controls() {
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
	for _, c := range stackControls() {
		policies = append(policies, policyx.NewStackValidationPolicy(c.ID, policyx.StackValidationPolicyArgs{
			Description:      c.Title + " (" + c.Source + ")",
			EnforcementLevel: policyx.EnforcementLevelMandatory,
			ValidateStack: func(_ context.Context, args policyx.StackValidationArgs) error {
				for _, finding := range c.Judge(stackOf(args.Resources)) {
					args.Manager.ReportViolation(c.Message(finding), finding.URN)
				}
				return nil
			},
		}))
	}
	return policyx.NewPolicyPack("avila", semver.MustParse("0.1.0"), policyx.EnforcementLevelMandatory, policies)
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
	if !c.Covers(resource.Type) {
		return nil
	}
	var messages []string
	for _, finding := range c.Judge(resource.Properties) {
		messages = append(messages, c.Message(finding))
	}
	return messages
}

// stackOf is the engine's view of a stack as controls take it.
func stackOf(resources []policyx.AnalyzerResource) control.Stack {
	stack := make(control.Stack, len(resources))
	for i, r := range resources {
		stack[i] = control.Resource{URN: r.URN, Type: r.Type, Name: r.Name, Properties: r.Properties, Dependencies: dependencies(r)}
	}
	return stack
}
