package namespace

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newBounds makes the quota of the namespace and the defaults of a container.
// It returns the ids of what it made.
func newBounds(ctx *pulumi.Context, name string, namespace pulumi.StringInput, quota Quota, child []pulumi.ResourceOption) ([]any, error) {
	made, err := corev1.NewResourceQuota(ctx, name+"-quota", &corev1.ResourceQuotaArgs{
		Metadata: metav1.ObjectMetaArgs{Namespace: namespace},
		Spec: corev1.ResourceQuotaSpecArgs{Hard: pulumi.StringMap{
			"pods":            pulumi.String(fmt.Sprint(quota.Pods)),
			"requests.cpu":    pulumi.String(fmt.Sprint(quota.CPU)),
			"requests.memory": pulumi.String(fmt.Sprintf("%dGi", quota.MemoryGiB)),
			"limits.memory":   pulumi.String(fmt.Sprintf("%dGi", quota.MemoryGiB)),
			// Addresses of their own would open the namespace past the edge.
			"services.loadbalancers": pulumi.String("0"),
			"services.nodeports":     pulumi.String("0"),
		}},
	}, child...)
	if err != nil {
		return nil, fmt.Errorf("create the quota: %w", err)
	}
	limits, err := corev1.NewLimitRange(ctx, name+"-limits", &corev1.LimitRangeArgs{
		Metadata: metav1.ObjectMetaArgs{Namespace: namespace},
		Spec: corev1.LimitRangeSpecArgs{Limits: corev1.LimitRangeItemArray{corev1.LimitRangeItemArgs{
			Type:           pulumi.String("Container"),
			DefaultRequest: pulumi.StringMap{"cpu": pulumi.String("50m"), "memory": pulumi.String("64Mi")},
			Default:        pulumi.StringMap{"memory": pulumi.String("128Mi")},
		}}},
	}, child...)
	if err != nil {
		return nil, fmt.Errorf("create the limit range: %w", err)
	}
	return []any{made.ID(), limits.ID()}, nil
}
