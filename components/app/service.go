package app

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func newService(ctx *pulumi.Context, name string, args *Args, child []pulumi.ResourceOption) (pulumi.StringOutput, error) {
	service, err := corev1.NewService(ctx, name+"-service", &corev1.ServiceArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(args.Service), Namespace: args.Namespace, Labels: labels(args)},
		Spec: corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: selector(args),
			Ports: corev1.ServicePortArray{
				corev1.ServicePortArgs{Name: pulumi.String("http"), Port: pulumi.Int(args.Port), TargetPort: pulumi.String("http"), Protocol: pulumi.String("TCP")},
				corev1.ServicePortArgs{Name: pulumi.String("admin"), Port: pulumi.Int(args.Admin), TargetPort: pulumi.String("admin"), Protocol: pulumi.String("TCP")},
			},
		},
	}, child...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("create the service: %w", err)
	}
	return service.Metadata.Name().Elem(), nil
}

// newPolicy opens the service to its callers, and its metrics to Prometheus.
// Kubelet probes come from the node, which no policy refuses.
func newPolicy(ctx *pulumi.Context, name string, args *Args, child []pulumi.ResourceOption) error {
	var callers networkingv1.NetworkPolicyPeerArray
	for _, caller := range args.Callers {
		peer := networkingv1.NetworkPolicyPeerArgs{
			PodSelector: metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{nameLabel: pulumi.String(caller.Name)}},
		}
		if caller.Namespace != "" {
			peer.NamespaceSelector = namespaceNamed(caller.Namespace)
		}
		callers = append(callers, peer)
	}
	var ingress networkingv1.NetworkPolicyIngressRuleArray
	if len(callers) > 0 { // a rule with no peer would admit everyone
		ingress = append(ingress, networkingv1.NetworkPolicyIngressRuleArgs{From: callers, Ports: networkingv1.NetworkPolicyPortArray{tcp(args.Port)}})
	}
	if args.Scrapers != "" {
		ingress = append(ingress, networkingv1.NetworkPolicyIngressRuleArgs{
			From:  networkingv1.NetworkPolicyPeerArray{networkingv1.NetworkPolicyPeerArgs{NamespaceSelector: namespaceNamed(args.Scrapers)}},
			Ports: networkingv1.NetworkPolicyPortArray{tcp(args.Admin)},
		})
	}
	_, err := networkingv1.NewNetworkPolicy(ctx, name+"-callers", &networkingv1.NetworkPolicyArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(args.Service), Namespace: args.Namespace, Labels: labels(args)},
		Spec: networkingv1.NetworkPolicySpecArgs{
			PodSelector: metav1.LabelSelectorArgs{MatchLabels: selector(args)},
			PolicyTypes: pulumi.ToStringArray([]string{"Ingress"}),
			Ingress:     ingress,
		},
	}, child...)
	if err != nil {
		return fmt.Errorf("create the network policy: %w", err)
	}
	return nil
}

func namespaceNamed(name string) metav1.LabelSelectorArgs {
	return metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{"kubernetes.io/metadata.name": pulumi.String(name)}}
}

func tcp(port int) networkingv1.NetworkPolicyPortArgs {
	return networkingv1.NetworkPolicyPortArgs{Protocol: pulumi.String("TCP"), Port: pulumi.Int(port)}
}
