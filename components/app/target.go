package app

import (
	"fmt"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newTargets lets the pods out to what they call; their namespace lets nothing
// out by itself.
func newTargets(ctx *pulumi.Context, name string, args *Args, child []pulumi.ResourceOption) error {
	if len(args.Targets) == 0 {
		return nil // a policy without rules would say the same as the namespace's own
	}
	var egress networkingv1.NetworkPolicyEgressRuleArray
	for _, target := range args.Targets {
		egress = append(egress, networkingv1.NetworkPolicyEgressRuleArgs{
			To: networkingv1.NetworkPolicyPeerArray{target.peer()}, Ports: networkingv1.NetworkPolicyPortArray{tcp(target.Port)},
		})
	}
	_, err := networkingv1.NewNetworkPolicy(ctx, name+"-targets", &networkingv1.NetworkPolicyArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(args.Service + "-targets"), Namespace: args.Namespace, Labels: labels(args)},
		Spec: networkingv1.NetworkPolicySpecArgs{
			PodSelector: metav1.LabelSelectorArgs{MatchLabels: selector(args)},
			PolicyTypes: pulumi.ToStringArray([]string{"Egress"}),
			Egress:      egress,
		},
	}, child...)
	if err != nil {
		return fmt.Errorf("let the pods out to what they call: %w", err)
	}
	return nil
}

func (t Target) peer() networkingv1.NetworkPolicyPeerArgs {
	if t.Range != "" {
		return networkingv1.NetworkPolicyPeerArgs{IpBlock: networkingv1.IPBlockArgs{Cidr: pulumi.String(t.Range)}}
	}
	return networkingv1.NetworkPolicyPeerArgs{
		NamespaceSelector: namespaceNamed(t.Namespace),
		PodSelector:       metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{nameLabel: pulumi.String(t.Name)}},
	}
}
