package cdn

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// rangesPerRule is how many ranges a rule of Cloud Armor can name.
	// https://cloud.google.com/armor/quotas
	rangesPerRule = 10
	firstDeny     = 1000
	leastRule     = 2147483647 // the rule that every policy must have
)

// newArmor refuses denied ranges before the cache answers. Edge policies know
// no rates: what is asked for again costs the bucket nothing.
func (c *CDN) newArmor(ctx *pulumi.Context, name string, args *Args) (pulumi.StringInput, error) {
	rule := func(priority int, action, description string, ranges ...string) compute.SecurityPolicyRuleTypeArgs {
		return compute.SecurityPolicyRuleTypeArgs{
			Priority: pulumi.Int(priority), Action: pulumi.String(action), Description: pulumi.String(description),
			Match: compute.SecurityPolicyRuleMatchArgs{
				VersionedExpr: pulumi.String("SRC_IPS_V1"),
				Config:        compute.SecurityPolicyRuleMatchConfigArgs{SrcIpRanges: pulumi.ToStringArray(ranges)},
			},
		}
	}
	var rules compute.SecurityPolicyRuleTypeArray
	for i, batch := range slices.Collect(slices.Chunk(slices.Sorted(maps.Keys(args.Deny)), rangesPerRule)) {
		var ranges []string
		for _, who := range batch {
			ranges = append(ranges, args.Deny[who].String())
		}
		rules = append(rules, rule(firstDeny+i, "deny(403)", "Refused ranges.", ranges...))
	}
	policy, err := compute.NewSecurityPolicy(ctx, name+"-armor", &compute.SecurityPolicyArgs{
		Project:     args.Project,
		Description: pulumi.String("Who may ask the CDN."),
		Type:        pulumi.String("CLOUD_ARMOR_EDGE"),
		Rules:       append(rules, rule(leastRule, "allow", "All others.", "*")),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("create the Cloud Armor policy: %w", err)
	}
	return policy.SelfLink, nil
}

// newBalancer answers on 443.
func (c *CDN) newBalancer(ctx *pulumi.Context, name string, args *Args, backends []*compute.BackendBucket, certificates, address pulumi.StringInput) error {
	ciphers, err := compute.NewSSLPolicy(ctx, name+"-tls", &compute.SSLPolicyArgs{
		Project:       args.Project,
		Description:   pulumi.String("Forward secrecy and authenticated encryption only."),
		Profile:       pulumi.String("RESTRICTED"),
		MinTlsVersion: pulumi.String("TLS_1_2"),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("create the TLS policy: %w", err)
	}
	routes, err := compute.NewURLMap(ctx, name+"-routes", routes(args, backends), pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("create the URL map: %w", err)
	}
	proxy, err := compute.NewTargetHttpsProxy(ctx, name+"-https", &compute.TargetHttpsProxyArgs{
		Project:        args.Project,
		Description:    pulumi.String("Ends TLS for " + args.Host + "."),
		UrlMap:         routes.SelfLink,
		SslPolicy:      ciphers.SelfLink,
		CertificateMap: certificates,
		QuicOverride:   pulumi.String("ENABLE"),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("create the HTTPS proxy: %w", err)
	}
	return c.newRule(ctx, name+"-https", args, "443", proxy.SelfLink, address)
}

// routes sends each class of content to its backend; what no path names goes to
// the last. Google runs the tests before it takes the map.
func routes(args *Args, backends []*compute.BackendBucket) *compute.URLMapArgs {
	rest := backends[len(backends)-1].SelfLink
	rules, tests := compute.URLMapPathMatcherPathRuleArray{}, compute.URLMapTestArray{}
	for i, class := range classes {
		path := "/index.html"
		if class.path != "" {
			rules = append(rules, compute.URLMapPathMatcherPathRuleArgs{
				Paths: pulumi.ToStringArray([]string{class.path}), Service: backends[i].SelfLink,
			})
			path = strings.TrimSuffix(class.path, "*") + "file"
		}
		tests = append(tests, compute.URLMapTestArgs{
			Description: pulumi.String(class.what), Host: pulumi.String(args.Host), Path: pulumi.String(path), Service: backends[i].SelfLink,
		})
	}
	return &compute.URLMapArgs{
		Project:        args.Project,
		Description:    pulumi.String("Classes of content, by path."),
		DefaultService: rest,
		HostRules:      compute.URLMapHostRuleArray{compute.URLMapHostRuleArgs{Hosts: pulumi.ToStringArray([]string{args.Host}), PathMatcher: pulumi.String("content")}},
		PathMatchers:   compute.URLMapPathMatcherArray{compute.URLMapPathMatcherArgs{Name: pulumi.String("content"), DefaultService: rest, PathRules: rules}},
		Tests:          tests,
	}
}

// newRedirect answers on 80, with where to go.
func (c *CDN) newRedirect(ctx *pulumi.Context, name string, args *Args, address pulumi.StringInput) error {
	routes, err := compute.NewURLMap(ctx, name+"-redirect", &compute.URLMapArgs{
		Project:     args.Project,
		Description: pulumi.String("Sends everybody to HTTPS."),
		DefaultUrlRedirect: compute.URLMapDefaultUrlRedirectArgs{
			HttpsRedirect: pulumi.Bool(true), StripQuery: pulumi.Bool(false), RedirectResponseCode: pulumi.String("PERMANENT_REDIRECT"),
		},
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("create the redirecting URL map: %w", err)
	}
	proxy, err := compute.NewTargetHttpProxy(ctx, name+"-http", &compute.TargetHttpProxyArgs{
		Project:     args.Project,
		Description: pulumi.String("Redirects, and serves nothing."),
		UrlMap:      routes.SelfLink,
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("create the HTTP proxy: %w", err)
	}
	return c.newRule(ctx, name+"-http", args, "80", proxy.SelfLink, address)
}

func (c *CDN) newRule(ctx *pulumi.Context, name string, args *Args, port string, target, address pulumi.StringInput) error {
	_, err := compute.NewGlobalForwardingRule(ctx, name, &compute.GlobalForwardingRuleArgs{
		Project:             args.Project,
		Description:         pulumi.String("Port " + port + " of " + args.Host + "."),
		IpAddress:           address,
		IpProtocol:          pulumi.String("TCP"),
		PortRange:           pulumi.String(port),
		LoadBalancingScheme: pulumi.String("EXTERNAL_MANAGED"),
		Target:              target,
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("create the forwarding rule of port %s: %w", port, err)
	}
	return nil
}
