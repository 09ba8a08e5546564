package app

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/identity"
)

// metadataServer is where pods get tokens of their account of Google Cloud, on
// clusters with Dataplane V2.
// https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
const metadataServer = "169.254.169.254/32"

func newAccount(ctx *pulumi.Context, name string, args *Args, child []pulumi.ResourceOption) (pulumi.StringOutput, error) {
	meta := metav1.ObjectMetaArgs{Name: pulumi.String(args.Service), Namespace: args.Namespace, Labels: labels(args)}
	if args.GoogleAccount != nil {
		meta.Annotations = pulumi.StringMap{identity.Annotation: args.GoogleAccount}
	}
	account, err := corev1.NewServiceAccount(ctx, name+"-account", &corev1.ServiceAccountArgs{
		Metadata:                     meta,
		AutomountServiceAccountToken: pulumi.Bool(false),
	}, child...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("create the service account: %w", err)
	}
	return account.Metadata.Name().Elem(), nil
}

// newMetadataPolicy lets the pods fetch tokens of their account; its namespace
// lets nothing out by itself.
func newMetadataPolicy(ctx *pulumi.Context, name string, args *Args, child []pulumi.ResourceOption) error {
	_, err := networkingv1.NewNetworkPolicy(ctx, name+"-metadata", &networkingv1.NetworkPolicyArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(args.Service + "-metadata"), Namespace: args.Namespace, Labels: labels(args)},
		Spec: networkingv1.NetworkPolicySpecArgs{
			PodSelector: metav1.LabelSelectorArgs{MatchLabels: selector(args)},
			PolicyTypes: pulumi.ToStringArray([]string{"Egress"}),
			Egress: networkingv1.NetworkPolicyEgressRuleArray{networkingv1.NetworkPolicyEgressRuleArgs{
				To:    networkingv1.NetworkPolicyPeerArray{networkingv1.NetworkPolicyPeerArgs{IpBlock: networkingv1.IPBlockArgs{Cidr: pulumi.String(metadataServer)}}},
				Ports: networkingv1.NetworkPolicyPortArray{tcp(80)},
			}},
		},
	}, child...)
	if err != nil {
		return fmt.Errorf("let the pods fetch tokens: %w", err)
	}
	return nil
}
