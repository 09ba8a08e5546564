package namespace

import (
	"fmt"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newPolicies closes the namespace both ways, and lets its pods resolve names.
// Each service opens what it needs. It returns the ids of what it made.
func newPolicies(ctx *pulumi.Context, name string, namespace pulumi.StringInput, child []pulumi.ResourceOption) ([]any, error) {
	closed, err := networkingv1.NewNetworkPolicy(ctx, name+"-deny", &networkingv1.NetworkPolicyArgs{
		Metadata: metav1.ObjectMetaArgs{Namespace: namespace},
		Spec: networkingv1.NetworkPolicySpecArgs{
			PodSelector: metav1.LabelSelectorArgs{},
			PolicyTypes: pulumi.ToStringArray([]string{"Ingress", "Egress"}),
		},
	}, child...)
	if err != nil {
		return nil, fmt.Errorf("create the refusing network policy: %w", err)
	}
	dns, err := networkingv1.NewNetworkPolicy(ctx, name+"-dns", &networkingv1.NetworkPolicyArgs{
		Metadata: metav1.ObjectMetaArgs{Namespace: namespace},
		Spec: networkingv1.NetworkPolicySpecArgs{
			PodSelector: metav1.LabelSelectorArgs{},
			PolicyTypes: pulumi.ToStringArray([]string{"Egress"}),
			Egress: networkingv1.NetworkPolicyEgressRuleArray{networkingv1.NetworkPolicyEgressRuleArgs{
				To:    nameServers(),
				Ports: networkingv1.NetworkPolicyPortArray{port("UDP", 53), port("TCP", 53)},
			}},
		},
	}, child...)
	if err != nil {
		return nil, fmt.Errorf("create the name resolution policy: %w", err)
	}
	return []any{closed.ID(), dns.ID()}, nil
}

// nameServers are kube-dns, and the node-local cache in front of it, which
// runs on the host's network and so has no pod to select.
// https://cloud.google.com/kubernetes-engine/docs/how-to/nodelocal-dns-cache
func nameServers() networkingv1.NetworkPolicyPeerArray {
	return networkingv1.NetworkPolicyPeerArray{
		networkingv1.NetworkPolicyPeerArgs{
			NamespaceSelector: metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{"kubernetes.io/metadata.name": pulumi.String("kube-system")}},
			PodSelector:       metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{"k8s-app": pulumi.String("kube-dns")}},
		},
		networkingv1.NetworkPolicyPeerArgs{IpBlock: networkingv1.IPBlockArgs{Cidr: pulumi.String("169.254.20.10/32")}},
	}
}

func port(protocol string, number int) networkingv1.NetworkPolicyPortArgs {
	return networkingv1.NetworkPolicyPortArgs{Protocol: pulumi.String(protocol), Port: pulumi.Int(number)}
}
