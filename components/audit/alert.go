package audit

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/logging"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/monitoring"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/audit/watch"
)

// closeAfter is when an incident closes by itself once the condition has
// passed: half an hour, Cloud Monitoring's least.
const closeAfter = "1800s"

// newWatches makes a metric that counts the entries of each watch, and an
// alert on the first. Cloud Monitoring may take minutes to know a new metric: a
// first up that is told so is completed by the next.
func (a *Audit) newWatches(ctx *pulumi.Context, name string, args *Args) error {
	for _, w := range watch.All {
		if err := a.newWatch(ctx, name+"-"+w.ID, args, w); err != nil {
			return fmt.Errorf("%s: %w", w.ID, err)
		}
	}
	return nil
}

func (a *Audit) newWatch(ctx *pulumi.Context, name string, args *Args, w watch.Watch) error {
	metric, err := logging.NewMetric(ctx, name, &logging.MetricArgs{
		Project:     args.Logging,
		Description: pulumi.String(w.Title + " (" + w.Source + ")."),
		Filter:      pulumi.String(w.Filter),
		MetricDescriptor: logging.MetricMetricDescriptorArgs{
			MetricKind:  pulumi.String("DELTA"),
			ValueType:   pulumi.String("INT64"),
			Unit:        pulumi.String("1"),
			DisplayName: pulumi.String(w.Title),
		},
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("create the metric: %w", err)
	}
	_, err = monitoring.NewAlertPolicy(ctx, name+"-alert", &monitoring.AlertPolicyArgs{
		Project:     args.Monitoring,
		DisplayName: pulumi.String(w.Title),
		Severity:    pulumi.String("CRITICAL"),
		Combiner:    pulumi.String("OR"),
		Conditions: monitoring.AlertPolicyConditionArray{monitoring.AlertPolicyConditionArgs{
			DisplayName: pulumi.String("An entry of " + w.Source),
			ConditionThreshold: monitoring.AlertPolicyConditionConditionThresholdArgs{
				Filter:         pulumi.Sprintf(`metric.type="logging.googleapis.com/user/%s" AND resource.type="%s"`, metric.Name, w.Resource),
				Comparison:     pulumi.String("COMPARISON_GT"),
				ThresholdValue: pulumi.Float64(0),
				Duration:       pulumi.String("0s"),
				Aggregations: monitoring.AlertPolicyConditionConditionThresholdAggregationArray{
					monitoring.AlertPolicyConditionConditionThresholdAggregationArgs{
						AlignmentPeriod:    pulumi.String("60s"),
						PerSeriesAligner:   pulumi.String("ALIGN_DELTA"),
						CrossSeriesReducer: pulumi.String("REDUCE_SUM"),
					},
				},
			},
		}},
		AlertStrategy:        monitoring.AlertPolicyAlertStrategyArgs{AutoClose: pulumi.String(closeAfter)},
		NotificationChannels: a.channels,
		Documentation:        document(w.Title, w.Documentation()),
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("create the alert: %w", err)
	}
	return nil
}

// document is what somebody reads who is woken.
func document(subject, text string) monitoring.AlertPolicyDocumentationArgs {
	return monitoring.AlertPolicyDocumentationArgs{
		Subject:  pulumi.String(subject),
		Content:  pulumi.String(text),
		MimeType: pulumi.String("text/markdown"),
	}
}
