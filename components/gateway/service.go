package gateway

import (
	"encoding/json"
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Ports that the world connects to.
const (
	httpsPort = 443
	httpPort  = 80
)

// exposed is the value of the annotation that makes endpoint groups.
// https://cloud.google.com/kubernetes-engine/docs/how-to/standalone-neg
type exposed struct {
	Ports map[string]group `json:"exposed_ports"`
}

type group struct {
	Name string `json:"name"`
}

// newService has GKE keep an endpoint group for each port in each zone of the
// nodes. It opens no port of a node and no address of its own.
func newService(ctx *pulumi.Context, name string, args *Args, child []pulumi.ResourceOption) (pulumi.StringOutput, error) {
	annotation, err := json.Marshal(exposed{map[string]group{
		fmt.Sprint(httpsPort): {args.Groups.HTTPS}, fmt.Sprint(httpPort): {args.Groups.HTTP},
	}})
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("write the endpoint groups' annotation: %w", err)
	}
	service, err := corev1.NewService(ctx, name+"-service", &corev1.ServiceArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name: pulumi.String(Name), Namespace: args.Namespace, Labels: labels(),
			Annotations: pulumi.StringMap{
				"cloud.google.com/neg": pulumi.String(annotation),
				// Pods come after the Service, so it must not wait for them.
				"pulumi.com/skipAwait": pulumi.String("true"),
			},
		},
		Spec: corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: selector(),
			Ports: corev1.ServicePortArray{
				corev1.ServicePortArgs{Name: pulumi.String("https"), Port: pulumi.Int(httpsPort), TargetPort: pulumi.String("https"), Protocol: pulumi.String("TCP")},
				corev1.ServicePortArgs{Name: pulumi.String("http"), Port: pulumi.Int(httpPort), TargetPort: pulumi.String("http"), Protocol: pulumi.String("TCP")},
			},
		},
	}, child...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("create the service: %w", err)
	}
	return service.Metadata.Name().Elem(), nil
}

// newPolicies lets the load balancer in, and nginx out to the services. It
// returns the ids of what it made. Probes come from the node, which no policy
// refuses.
func newPolicies(ctx *pulumi.Context, name string, args *Args, child []pulumi.ResourceOption) ([]any, error) {
	var from networkingv1.NetworkPolicyPeerArray
	for _, block := range args.Balancers {
		from = append(from, networkingv1.NetworkPolicyPeerArgs{IpBlock: networkingv1.IPBlockArgs{Cidr: pulumi.String(block.String())}})
	}
	entry, err := newPolicy(ctx, name+"-balancer", Name+"-balancer", args, networkingv1.NetworkPolicySpecArgs{
		PodSelector: metav1.LabelSelectorArgs{MatchLabels: selector()},
		PolicyTypes: pulumi.ToStringArray([]string{"Ingress"}),
		Ingress: networkingv1.NetworkPolicyIngressRuleArray{networkingv1.NetworkPolicyIngressRuleArgs{
			From: from, Ports: networkingv1.NetworkPolicyPortArray{tcp(HTTPSPort), tcp(HTTPPort), tcp(HealthPort)},
		}},
	}, child)
	if err != nil {
		return nil, err
	}
	var egress networkingv1.NetworkPolicyEgressRuleArray
	for _, s := range args.Services {
		egress = append(egress, networkingv1.NetworkPolicyEgressRuleArgs{
			To: networkingv1.NetworkPolicyPeerArray{networkingv1.NetworkPolicyPeerArgs{
				NamespaceSelector: metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{"kubernetes.io/metadata.name": pulumi.String(s.Namespace)}},
				PodSelector:       metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{nameLabel: pulumi.String(s.Name)}},
			}},
			Ports: networkingv1.NetworkPolicyPortArray{tcp(s.Port)},
		})
	}
	exit, err := newPolicy(ctx, name+"-services", Name+"-services", args, networkingv1.NetworkPolicySpecArgs{
		PodSelector: metav1.LabelSelectorArgs{MatchLabels: selector()},
		PolicyTypes: pulumi.ToStringArray([]string{"Egress"}),
		Egress:      egress,
	}, child)
	if err != nil {
		return nil, err
	}
	return []any{entry, exit}, nil
}

func newPolicy(ctx *pulumi.Context, name, object string, args *Args, spec networkingv1.NetworkPolicySpecArgs, child []pulumi.ResourceOption) (pulumi.IDOutput, error) {
	policy, err := networkingv1.NewNetworkPolicy(ctx, name, &networkingv1.NetworkPolicyArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(object), Namespace: args.Namespace, Labels: labels()},
		Spec:     spec,
	}, child...)
	if err != nil {
		return pulumi.IDOutput{}, fmt.Errorf("create the network policy %s: %w", object, err)
	}
	return policy.ID(), nil
}

func tcp(port int) networkingv1.NetworkPolicyPortArgs {
	return networkingv1.NetworkPolicyPortArgs{Protocol: pulumi.String("TCP"), Port: pulumi.Int(port)}
}
