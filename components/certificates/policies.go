package certificates

import (
	"fmt"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Labels by which the chart tells its pods apart.
const (
	componentLabel = "app.kubernetes.io/component"
	instanceLabel  = "app.kubernetes.io/instance"
	namespaceLabel = "kubernetes.io/metadata.name"
)

// metadataServer is where pods get tokens of their account of Google Cloud, on
// clusters with Dataplane V2.
// https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
const metadataServer = "169.254.169.254/32"

// private are the addresses that authorities and Google's APIs do not have.
var private = []string{"10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"}

// newPolicies opens what cert-manager needs of a namespace that is closed. It
// returns the ids of what it made.
func newPolicies(ctx *pulumi.Context, name string, args *Args, child []pulumi.ResourceOption) ([]any, error) {
	controlPlane := blocks(args.ControlPlane.String())
	resolvers := make([]string, len(nameServers))
	for i, server := range nameServers {
		resolvers[i] = server + "/32"
	}
	world := networkingv1.NetworkPolicyPeerArray{networkingv1.NetworkPolicyPeerArgs{
		IpBlock: networkingv1.IPBlockArgs{Cidr: pulumi.String("0.0.0.0/0"), Except: pulumi.ToStringArray(private)},
	}}
	// The control plane reaches pods from its own range, or through the agents
	// that it keeps in the cluster.
	// https://cloud.google.com/kubernetes-engine/docs/how-to/konnectivity
	callers := append(networkingv1.NetworkPolicyPeerArray{networkingv1.NetworkPolicyPeerArgs{
		NamespaceSelector: matching(namespaceLabel, "kube-system"), PodSelector: matching("k8s-app", "konnectivity-agent"),
	}}, controlPlane...)
	scrapers := networkingv1.NetworkPolicyPeerArray{networkingv1.NetworkPolicyPeerArgs{NamespaceSelector: matching(namespaceLabel, args.Scrapers)}}

	var made []any
	for _, policy := range []struct {
		object string
		spec   networkingv1.NetworkPolicySpecArgs
	}{
		{"control-plane", out(metav1.LabelSelectorArgs{}, to(controlPlane, "TCP", 443))},
		{"issue", out(
			matching(componentLabel, "controller"),
			to(world, "TCP", 443), // authorities, and Cloud DNS
			to(blocks(resolvers...), "UDP", 53), to(blocks(resolvers...), "TCP", 53),
			to(blocks(metadataServer), "TCP", 80),
		)},
		{"webhook", in(matching(componentLabel, "webhook"), callers, securePort)},
		{"metrics", in(metav1.LabelSelectorArgs{}, scrapers, metricsPort)},
	} {
		policy, err := networkingv1.NewNetworkPolicy(ctx, name+"-"+policy.object, &networkingv1.NetworkPolicyArgs{
			Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(policy.object), Namespace: args.Namespace},
			Spec:     policy.spec,
		}, child...)
		if err != nil {
			return nil, fmt.Errorf("create the network policy: %w", err)
		}
		made = append(made, policy.ID())
	}
	return made, nil
}

func out(pods metav1.LabelSelectorArgs, rules ...networkingv1.NetworkPolicyEgressRuleArgs) networkingv1.NetworkPolicySpecArgs {
	spec := networkingv1.NetworkPolicySpecArgs{PodSelector: pods, PolicyTypes: pulumi.ToStringArray([]string{"Egress"})}
	egress := networkingv1.NetworkPolicyEgressRuleArray{}
	for _, rule := range rules {
		egress = append(egress, rule)
	}
	spec.Egress = egress
	return spec
}

func in(pods metav1.LabelSelectorArgs, from networkingv1.NetworkPolicyPeerArray, port int) networkingv1.NetworkPolicySpecArgs {
	return networkingv1.NetworkPolicySpecArgs{
		PodSelector: pods, PolicyTypes: pulumi.ToStringArray([]string{"Ingress"}),
		Ingress: networkingv1.NetworkPolicyIngressRuleArray{networkingv1.NetworkPolicyIngressRuleArgs{From: from, Ports: ports("TCP", port)}},
	}
}

func to(peers networkingv1.NetworkPolicyPeerArray, protocol string, port int) networkingv1.NetworkPolicyEgressRuleArgs {
	return networkingv1.NetworkPolicyEgressRuleArgs{To: peers, Ports: ports(protocol, port)}
}

func ports(protocol string, port int) networkingv1.NetworkPolicyPortArray {
	return networkingv1.NetworkPolicyPortArray{networkingv1.NetworkPolicyPortArgs{Protocol: pulumi.String(protocol), Port: pulumi.Int(port)}}
}

func blocks(ranges ...string) networkingv1.NetworkPolicyPeerArray {
	var peers networkingv1.NetworkPolicyPeerArray
	for _, block := range ranges {
		peers = append(peers, networkingv1.NetworkPolicyPeerArgs{IpBlock: networkingv1.IPBlockArgs{Cidr: pulumi.String(block)}})
	}
	return peers
}

func matching(label, value string) metav1.LabelSelectorArgs {
	return metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{label: pulumi.String(value)}}
}
