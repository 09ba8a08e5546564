// Package audit sees to it that what happens in an environment is written
// down, kept, and told to somebody: audit logs of every service, a copy of all
// log entries in a bucket that is given, alerts on the changes that package
// watch lists, checks of the public hosts from outside, the budget, and the
// people whom Google writes to. What the apps and the clusters report of
// themselves is not here.
package audit

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/monitoring"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:audit:Audit"

// Args says what is kept where, and who is told.
type Args struct {
	Project    pulumi.StringInput // with ResourceManager on
	Logging    pulumi.StringInput // the project, with Logging on
	Monitoring pulumi.StringInput // the project, with Monitoring on
	Budgets    pulumi.StringInput // the project, with BillingBudgets on
	Contacting pulumi.StringInput // the project, with EssentialContacts on

	ProjectID     string
	ProjectNumber string
	Region        string             // where log entries are kept
	Bucket        pulumi.StringInput // keeps a copy of every log entry

	Alerts   []string // e-mail addresses
	Contacts []Contact
	Hosts    map[string]Host // by a name that a change of the others leaves alone
	Budget   Budget
}

// Contact is somebody whom Google writes to.
type Contact struct {
	Email, Language string
	Categories      []string
}

// Host is a public host that is checked from outside.
type Host struct {
	Name   string
	Tenant string // empty for the platform's own
	// Empty: any answer below 500 is good, as nothing is promised at /.
	Empty bool
}

// Budget is what a month may cost.
type Budget struct {
	BillingAccount string
	MonthlyBRL     int
}

// Audit is the record of an environment.
type Audit struct {
	pulumi.ResourceState

	// Writer is the identity by which entries are copied to the bucket.
	Writer pulumi.StringOutput `pulumi:"writer"`

	channels pulumi.StringArray // in the order of Args.Alerts
}

func (a *Args) validate() error {
	var errs []error
	for what, input := range map[string]pulumi.StringInput{
		"Project": a.Project, "Logging": a.Logging, "Monitoring": a.Monitoring, "Budgets": a.Budgets, "Contacting": a.Contacting, "Bucket": a.Bucket,
	} {
		if input == nil {
			errs = append(errs, fmt.Errorf("field %s of Args is required", what))
		}
	}
	if a.ProjectID == "" || a.ProjectNumber == "" || a.Region == "" {
		errs = append(errs, errors.New("Args.ProjectID, ProjectNumber and Region are required"))
	}
	if len(a.Alerts) == 0 {
		errs = append(errs, errors.New("Args.Alerts is empty: an alert that reaches nobody is none"))
	}
	if len(a.Hosts) > mostChecks {
		errs = append(errs, fmt.Errorf("Args.Hosts has %d hosts: Cloud Monitoring has room for %d uptime checks in a project; give the tenants beyond them a stack of their own", len(a.Hosts), mostChecks))
	}
	return errors.Join(errs...)
}

// New makes the record.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Audit, error) {
	if args == nil {
		return nil, fmt.Errorf("audit.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("audit.New %q: %w", name, err)
	}
	a := &Audit{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"region": pulumi.String(args.Region)}, a, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	for _, step := range []struct {
		what string
		make func(*pulumi.Context, string, *Args) error
	}{
		{"audit logs", a.newAuditLogs},
		{"archive", a.newArchive},
		{"log bucket", a.newLogBucket},
		{"channels", a.newChannels},
		{"watches", a.newWatches},
		{"uptime checks", a.newChecks},
		{"budget", a.newBudget},
		{"contacts", a.newContacts},
	} {
		if err := step.make(ctx, name, args); err != nil {
			return nil, fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{"writer": a.Writer})
}

// newChannels makes a channel for each address that alerts go to.
func (a *Audit) newChannels(ctx *pulumi.Context, name string, args *Args) error {
	for _, address := range args.Alerts {
		channel, err := monitoring.NewNotificationChannel(ctx, name+"-channel-"+slug(address), &monitoring.NotificationChannelArgs{
			Project:     args.Monitoring,
			DisplayName: pulumi.String(address),
			Description: pulumi.String("Alerts of the environment."),
			Type:        pulumi.String("email"),
			Labels:      pulumi.StringMap{"email_address": pulumi.String(address)},
		}, pulumi.Parent(a))
		if err != nil {
			return fmt.Errorf("%s: %w", address, err)
		}
		a.channels = append(a.channels, channel.ID().ToStringOutput())
	}
	return nil
}

// slug writes an address with letters, digits and hyphens alone, for a name.
func slug(address string) string {
	out := []byte(address)
	for i, c := range out {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			out[i] = '-'
		}
	}
	return string(out)
}
