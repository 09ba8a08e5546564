package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/pubsub"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// keptNotices is how long a notice waits for someone to read it: seven days,
// the most that Pub/Sub keeps what is not acknowledged by default.
const keptNotices = "604800s"

// newNotices makes the topic that GKE tells of upgrades and of vulnerabilities
// in, and a subscription that keeps what is told. It returns the topic.
func (c *Cluster) newNotices(ctx *pulumi.Context, name string, args *Args) (pulumi.StringOutput, error) {
	topic, err := pubsub.NewTopic(ctx, name+"-notices", &pubsub.TopicArgs{
		Project:    args.PubSub,
		KmsKeyName: args.NoticeKey,
		Labels:     pulumi.ToStringMap(args.Labels),
		// Messages stay where the cluster is.
		MessageStoragePolicy: pubsub.TopicMessageStoragePolicyArgs{
			AllowedPersistenceRegions: pulumi.ToStringArray([]string{args.Region}),
		},
		MessageRetentionDuration: pulumi.String(keptNotices),
	}, pulumi.Parent(c))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("create the notices' topic: %w", err)
	}
	subscription, err := pubsub.NewSubscription(ctx, name+"-notices", &pubsub.SubscriptionArgs{
		Project:                  topic.Project,
		Topic:                    topic.ID(),
		Labels:                   pulumi.ToStringMap(args.Labels),
		AckDeadlineSeconds:       pulumi.Int(60),
		MessageRetentionDuration: pulumi.String(keptNotices),
		// Empty: never. By default a subscription that nobody reads is deleted.
		ExpirationPolicy: pubsub.SubscriptionExpirationPolicyArgs{Ttl: pulumi.String("")},
	}, pulumi.Parent(c))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("subscribe to the notices: %w", err)
	}
	c.Notices = subscription.ID().ToStringOutput()
	return topic.ID().ToStringOutput(), nil
}

// notices says what GKE tells of: that an upgrade can be had, that one begins,
// and that a vulnerability concerns the cluster.
// https://cloud.google.com/kubernetes-engine/docs/concepts/cluster-notifications
func notices(topic pulumi.StringInput) container.ClusterNotificationConfigArgs {
	return container.ClusterNotificationConfigArgs{Pubsub: container.ClusterNotificationConfigPubsubArgs{
		Enabled: pulumi.Bool(true),
		Topic:   topic,
		Filter: container.ClusterNotificationConfigPubsubFilterArgs{
			EventTypes: pulumi.ToStringArray([]string{"UPGRADE_AVAILABLE_EVENT", "UPGRADE_EVENT", "SECURITY_BULLETIN_EVENT"}),
		},
	}}
}

func exclusions(wanted []Exclusion) container.ClusterMaintenancePolicyMaintenanceExclusionArray {
	var out container.ClusterMaintenancePolicyMaintenanceExclusionArray
	for _, e := range wanted {
		out = append(out, container.ClusterMaintenancePolicyMaintenanceExclusionArgs{
			ExclusionName: pulumi.String(e.Name), StartTime: pulumi.String(e.Start), EndTime: pulumi.String(e.End),
			ExclusionOptions: container.ClusterMaintenancePolicyMaintenanceExclusionExclusionOptionsArgs{Scope: pulumi.String(e.Scope)},
		})
	}
	return out
}
