package audit

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/monitoring"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// mostChecks is how many uptime checks a project may have:
// cloud.google.com/monitoring/quotas.
const mostChecks = 100

// checkFrom are the places that a host is checked from: near our users, and
// far enough apart to tell an outage of ours from one of theirs. Cloud
// Monitoring wants three locations or more.
var checkFrom = []string{"SOUTH_AMERICA", "USA", "EUROPE"}

// tenantLabel marks what belongs to one tenant.
const tenantLabel = "tenant"

// newChecks checks each public host over TLS, with its certificate, and tells
// somebody when more than one place gets no good answer.
func (a *Audit) newChecks(ctx *pulumi.Context, name string, args *Args) error {
	for _, key := range slices.Sorted(maps.Keys(args.Hosts)) {
		if err := a.newCheck(ctx, name+"-"+key, args, args.Hosts[key]); err != nil {
			return fmt.Errorf("%s: %w", args.Hosts[key].Name, err)
		}
	}
	return nil
}

func (a *Audit) newCheck(ctx *pulumi.Context, name string, args *Args, host Host) error {
	check, err := monitoring.NewUptimeCheckConfig(ctx, name+"-uptime", &monitoring.UptimeCheckConfigArgs{
		Project:         args.Monitoring,
		DisplayName:     pulumi.String(host.Name),
		Period:          pulumi.String("60s"),
		Timeout:         pulumi.String("10s"),
		SelectedRegions: pulumi.ToStringArray(checkFrom),
		CheckerType:     pulumi.String("STATIC_IP_CHECKERS"),
		MonitoredResource: monitoring.UptimeCheckConfigMonitoredResourceArgs{
			Type:   pulumi.String("uptime_url"),
			Labels: pulumi.StringMap{"project_id": pulumi.String(args.ProjectID), "host": pulumi.String(host.Name)},
		},
		HttpCheck: monitoring.UptimeCheckConfigHttpCheckArgs{
			Path:                        pulumi.String("/"),
			Port:                        pulumi.Int(443),
			UseSsl:                      pulumi.Bool(true),
			ValidateSsl:                 pulumi.Bool(true),
			RequestMethod:               pulumi.String("GET"),
			AcceptedResponseStatusCodes: good(host),
		},
		UserLabels: tenantLabels(host),
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("create the check: %w", err)
	}
	const twoPlaces = 1 // more than one
	_, err = monitoring.NewAlertPolicy(ctx, name+"-down", &monitoring.AlertPolicyArgs{
		Project:     args.Monitoring,
		DisplayName: pulumi.String(host.Name + " does not answer"),
		Severity:    pulumi.String("CRITICAL"),
		Combiner:    pulumi.String("OR"),
		Conditions: monitoring.AlertPolicyConditionArray{monitoring.AlertPolicyConditionArgs{
			DisplayName: pulumi.String("More than one place gets no good answer"),
			ConditionThreshold: monitoring.AlertPolicyConditionConditionThresholdArgs{
				Filter: pulumi.Sprintf(`metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND metric.labels.check_id="%s" AND resource.type="uptime_url"`,
					check.UptimeCheckId),
				Comparison:     pulumi.String("COMPARISON_GT"),
				ThresholdValue: pulumi.Float64(twoPlaces),
				Duration:       pulumi.String("120s"),
				Aggregations: monitoring.AlertPolicyConditionConditionThresholdAggregationArray{
					monitoring.AlertPolicyConditionConditionThresholdAggregationArgs{
						AlignmentPeriod:    pulumi.String("120s"),
						PerSeriesAligner:   pulumi.String("ALIGN_NEXT_OLDER"),
						CrossSeriesReducer: pulumi.String("REDUCE_COUNT_FALSE"),
						GroupByFields:      pulumi.ToStringArray([]string{"resource.label.host"}),
					},
				},
			},
		}},
		AlertStrategy:        monitoring.AlertPolicyAlertStrategyArgs{AutoClose: pulumi.String(closeAfter)},
		NotificationChannels: a.channels,
		Documentation: document(host.Name+" does not answer", "## "+host.Name+" does not answer\n\n"+
			"Places outside our network get no good answer over TLS.\n\n"+
			"**What to do.** Open https://"+host.Name+"/ yourself. If only this host fails, look at its tenant and its DNS record; if all fail, "+
			"look at the load balancer's backends and the gateway's pods, and at status.cloud.google.com. An expired certificate shows as a failure of validation."),
		UserLabels: tenantLabels(host),
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("create the alert: %w", err)
	}
	return nil
}

// good lists the answers that count as up.
func good(host Host) monitoring.UptimeCheckConfigHttpCheckAcceptedResponseStatusCodeArray {
	classes := []string{"STATUS_CLASS_2XX", "STATUS_CLASS_3XX"}
	if host.Empty {
		classes = append(classes, "STATUS_CLASS_4XX")
	}
	var codes monitoring.UptimeCheckConfigHttpCheckAcceptedResponseStatusCodeArray
	for _, class := range classes {
		codes = append(codes, monitoring.UptimeCheckConfigHttpCheckAcceptedResponseStatusCodeArgs{StatusClass: pulumi.String(class)})
	}
	return codes
}

func tenantLabels(host Host) pulumi.StringMapInput {
	if host.Tenant == "" {
		return nil
	}
	return pulumi.StringMap{tenantLabel: pulumi.String(host.Tenant)}
}
