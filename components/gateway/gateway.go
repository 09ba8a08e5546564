// Package gateway runs nginx at the edge of one cluster: configuration,
// Deployment, autoscaler, disruption budget, network policies, and the Service
// whose pods Google's load balancer reaches through endpoint groups. What nginx
// is told stands in package nginxconf; the load balancer is package edge's.
package gateway

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/gateway/nginxconf"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:gateway:Gateway"

// Name is what the gateway is called in its cluster.
const Name = "gateway"

// Where nginx listens. The load balancer's firewall and health check know the
// same numbers.
const (
	HTTPSPort  = 8443
	HTTPPort   = 8080
	HealthPort = 8081
	HealthPath = "/healthz"
)

// CertificateSecret is what the Secret with the certificate of the domain, and
// of all hosts under it, is called.
const CertificateSecret = "gateway-tls"

// Args says what is behind the gateway, and within which bounds it runs.
type Args struct {
	Provider  pulumi.ProviderResource // of the cluster
	Namespace pulumi.StringInput      // ready for workloads
	Image     string                  // by digest
	Nginx     nginxconf.Version       // that the image holds
	// Certificate is the Secret with tls.crt and tls.key, known once somebody
	// issues them. Pods wait until it is there.
	Certificate pulumi.StringInput

	// Groups names the endpoint groups of port 443 and port 80 in each zone.
	Groups Groups
	// Balancers are the ranges from which the load balancer and its health
	// checks connect.
	Balancers []netip.Prefix

	ClientRate, ClientBurst int // requests of one client: a minute, and at once
	Apex                    []string
	Tenants                 []nginxconf.Tenant
	Services                []Service

	MinReplicas, MaxReplicas int
	TargetCPU                int // percent of the request
	MilliCPU, MemoryMiB      int
}

// Groups are names of endpoint groups.
type Groups struct{ HTTPS, HTTP string }

// Service is an app behind the gateway.
type Service struct {
	nginxconf.Service
	Namespace string // of its pods
	Port      int    // of its pods
	// Host is the name of its Service, known once it can be resolved: nginx does
	// not start while a name cannot.
	Host pulumi.StringInput
}

// Gateway is the gateway of one cluster.
type Gateway struct {
	pulumi.ResourceState

	// HTTPSGroup and HTTPGroup are the names of the endpoint groups, known once
	// pods are ready in them.
	HTTPSGroup pulumi.StringOutput `pulumi:"httpsGroup"`
	HTTPGroup  pulumi.StringOutput `pulumi:"httpGroup"`
}

func (a *Args) validate() error {
	var errs []error
	if a.Provider == nil || a.Namespace == nil || a.Certificate == nil {
		errs = append(errs, errors.New("Args.Provider, Namespace and Certificate are required"))
	}
	if !strings.Contains(a.Image, "@sha256:") {
		errs = append(errs, fmt.Errorf("Args.Image %q names no digest", a.Image))
	}
	if a.Groups.HTTPS == "" || a.Groups.HTTP == "" || a.Groups.HTTPS == a.Groups.HTTP {
		errs = append(errs, fmt.Errorf("Args.Groups %+v: each port needs a group of its own", a.Groups))
	}
	if a.MinReplicas < 2 || a.MaxReplicas < a.MinReplicas {
		errs = append(errs, fmt.Errorf("Args.MinReplicas %d, MaxReplicas %d: at least 2, and in order", a.MinReplicas, a.MaxReplicas))
	}
	for _, s := range a.Services {
		if s.Host == nil || s.Namespace == "" || s.Port == 0 {
			errs = append(errs, fmt.Errorf("Args.Services %s: Host, Namespace and Port are required", s.Name))
		}
	}
	return errors.Join(errs...)
}

// New runs the gateway: the Service first, as a pod is told of its endpoint
// group only when the group is known before it starts.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Gateway, error) {
	if args == nil {
		return nil, fmt.Errorf("gateway.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("gateway.New %q: %w", name, err)
	}
	text, err := nginxconf.Render(args.traffic())
	if err != nil {
		return nil, fmt.Errorf("gateway.New %q: %w", name, err)
	}
	g := &Gateway{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"image": pulumi.String(args.Image)}, g, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	child := []pulumi.ResourceOption{pulumi.Parent(g), pulumi.Provider(args.Provider)}
	service, err := newService(ctx, name, args, child)
	if err != nil {
		return nil, err
	}
	before := []any{args.Namespace, service}
	policies, err := newPolicies(ctx, name, args, child)
	if err != nil {
		return nil, err
	}
	account, err := newAccount(ctx, name, args, child)
	if err != nil {
		return nil, err
	}
	config, err := newConfig(ctx, name, args, text, child)
	if err != nil {
		return nil, err
	}
	for _, s := range args.Services {
		before = append(before, s.Host)
	}
	namespace := pulumi.All(append(before, policies...)...).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
	ready, err := newDeployment(ctx, name, args, namespace, account, config, child)
	if err != nil {
		return nil, err
	}
	if err := newScaling(ctx, name, args, child); err != nil {
		return nil, err
	}
	g.HTTPSGroup, g.HTTPGroup = once(args.Groups.HTTPS, service, ready), once(args.Groups.HTTP, service, ready)
	return g, ctx.RegisterResourceOutputs(g, pulumi.Map{"httpsGroup": g.HTTPSGroup, "httpGroup": g.HTTPGroup})
}

// once is a value that is known when others are.
func once(value string, others ...any) pulumi.StringOutput {
	return pulumi.All(others...).ApplyT(func([]any) string { return value }).(pulumi.StringOutput)
}

// Files in the container.
const (
	configDir      = "/etc/gateway"
	configFile     = "nginx.conf"
	certificateDir = "/etc/gateway-tls"
	scratchDir     = "/tmp"
)

// workers is the number of nginx's processes; one keeps two cores busy with
// TLS long before the autoscaler's target.
const workers = 2

// traffic is what nginx is told.
func (a *Args) traffic() *nginxconf.Args {
	out := &nginxconf.Args{
		Nginx: a.Nginx, Workers: workers, HTTPS: HTTPSPort, HTTP: HTTPPort, Health: HealthPort,
		Certificate: certificateDir + "/tls.crt", Key: certificateDir + "/tls.key",
		Scratch: scratchDir, AccessLog: "/dev/stdout", ErrorLog: "/dev/stderr",
		Balancers: slices.Clone(a.Balancers), ClientRate: a.ClientRate, ClientBurst: a.ClientBurst,
		Apex: a.Apex, Tenants: a.Tenants,
	}
	for _, s := range a.Services {
		out.Services = append(out.Services, s.Service)
	}
	return out
}

// labels are on every object of the gateway.
func labels() pulumi.StringMap {
	return pulumi.StringMap{
		nameLabel:                      pulumi.String(Name),
		"app.kubernetes.io/part-of":    pulumi.String("saas"),
		"app.kubernetes.io/managed-by": pulumi.String("pulumi"),
	}
}

// nameLabel is the label by which policies and selectors know the pods.
const nameLabel = "app.kubernetes.io/name"

// selector is the least that tells the gateway's pods apart.
func selector() pulumi.StringMap { return pulumi.StringMap{nameLabel: pulumi.String(Name)} }
