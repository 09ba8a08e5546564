// Package edge holds the controls over what the internet reaches: load
// balancers, Cloud Armor, TLS policies and firewall rules.
package edge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

const (
	backendService = "gcp:compute/backendService:BackendService"
	backendBucket  = "gcp:compute/backendBucket:BackendBucket"
	securityPolicy = "gcp:compute/securityPolicy:SecurityPolicy"
	sslPolicy      = "gcp:compute/sSLPolicy:SSLPolicy"
	httpsProxy     = "gcp:compute/targetHttpsProxy:TargetHttpsProxy"
	httpProxy      = "gcp:compute/targetHttpProxy:TargetHttpProxy"
	urlMap         = "gcp:compute/uRLMap:URLMap"
	forwardingRule = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
	firewall       = "gcp:compute/firewall:Firewall"
)

// Controls are the area's controls.
var Controls = []control.Control{
	{
		ID: "edge-cloud-armor", Title: "Cloud Armor stands before every public backend service", Source: "X1, CKV_GCP_73",
		Remedy: "set securityPolicy",
		Types:  []string{backendService},
		Judge:  armored,
	},
	{
		ID: "edge-cloud-armor-cache", Title: "Cloud Armor stands before every cache of a bucket", Source: "X1, CKV_GCP_73",
		Remedy: "set edgeSecurityPolicy",
		Types:  []string{backendBucket},
		Judge:  func(m property.Map) []control.Finding { return given(m, "edgeSecurityPolicy") },
	},
	{
		ID: "edge-rate-rule", Title: "A Cloud Armor policy in front of a service limits how often one address may come", Source: "X1",
		Remedy: "add a rule with action throttle or rate_based_ban that denies what exceeds it",
		Types:  []string{securityPolicy},
		Judge:  rateRule,
	},
	{
		ID: "edge-strong-tls", Title: "A TLS policy has RESTRICTED ciphers and TLS 1.2 or later", Source: "CIS GCP 5.0 3.9, CKV_GCP_4",
		Remedy: "set profile to RESTRICTED and minTlsVersion to TLS_1_2",
		Types:  []string{sslPolicy},
		Judge:  strongTLS,
	},
	{
		ID: "edge-tls-policy", Title: "A load balancer that ends TLS does so by a policy of ours", Source: "CIS GCP 5.0 3.9, CKV_GCP_4",
		Remedy: "set sslPolicy: Google's default speaks TLS 1.0",
		Types:  []string{httpsProxy},
		Judge:  func(m property.Map) []control.Finding { return given(m, "sslPolicy") },
	},
	{
		ID: "edge-logged", Title: "A load balancer logs every connection", Source: "CKV2_GCP_38, Lei 12.965/2014 art. 15",
		Remedy: "set logConfig.enable to true and sampleRate to 1",
		Types:  []string{backendService},
		Judge:  logged,
	},
	{
		ID: "edge-ports", Title: "The internet reaches ports 80 and 443 and no others", Source: "X1",
		Remedy: "set portRange to 80 or 443",
		Types:  []string{forwardingRule},
		Judge:  ports,
	},
	{
		ID: "edge-firewall", Title: "No firewall rule lets the internet in past the load balancer", Source: "X1; CIS GCP 5.0 3.6, 3.7; CKV_GCP_2, CKV_GCP_3, CKV2_GCP_12",
		Remedy: "name private ranges, or 130.211.0.0/22 and 35.191.0.0/16 for the load balancers, in sourceRanges",
		Types:  []string{firewall},
		Judge:  closed,
	},
}

// StackControls are the area's controls over a whole stack.
var StackControls = []control.StackControl{{
	ID: "edge-http-redirects", Title: "A plain HTTP proxy does nothing but redirect to HTTPS", Source: "X1, CKV_GCP_4",
	Remedy: "give the HTTP proxy a URL map with defaultUrlRedirect.httpsRedirect and no other route",
	Judge:  redirects,
}}

// given wants a reference written down.
func given(m property.Map, name string) []control.Finding {
	if value := control.At(m, name); !value.IsComputed() && (!value.IsString() || value.AsString() == "") {
		return []control.Finding{{Property: name, Fault: "is not set"}}
	}
	return nil
}

func armored(m property.Map) []control.Finding {
	if scheme := control.At(m, "loadBalancingScheme"); scheme.IsString() && strings.HasPrefix(scheme.AsString(), "INTERNAL") {
		return nil
	}
	return given(m, "securityPolicy")
}

// rateRule leaves edge policies alone: they know no rates, and what stands
// behind them is a cache.
func rateRule(m property.Map) []control.Finding {
	if kind := control.At(m, "type"); kind.IsString() && kind.AsString() == "CLOUD_ARMOR_EDGE" {
		return nil
	}
	rules := control.At(m, "rules")
	if rules.HasComputed() {
		return nil
	}
	if rules.IsArray() {
		for _, rule := range rules.AsArray().AsSlice() {
			if !rule.IsMap() {
				continue
			}
			action, exceed := control.At(rule.AsMap(), "action"), control.At(rule.AsMap(), "rateLimitOptions", "exceedAction")
			if action.IsString() && (action.AsString() == "throttle" || action.AsString() == "rate_based_ban") &&
				exceed.IsString() && strings.HasPrefix(exceed.AsString(), "deny(") {
				return nil
			}
		}
	}
	return []control.Finding{{Property: "rules", Fault: "limit nobody's rate"}}
}

func strongTLS(m property.Map) []control.Finding {
	var findings []control.Finding
	for _, wanted := range []struct{ name, value string }{{"profile", "RESTRICTED"}, {"minTlsVersion", "TLS_1_2"}} {
		value := control.At(m, wanted.name)
		switch {
		case value.IsComputed():
		case !value.IsString():
			findings = append(findings, control.Finding{Property: wanted.name, Fault: "is not set"})
		case value.AsString() != wanted.value:
			findings = append(findings, control.Finding{Property: wanted.name, Fault: fmt.Sprintf("is %q", value.AsString())})
		}
	}
	return findings
}

func logged(m property.Map) []control.Finding {
	findings := control.MustBe(true, m, "logConfig.enable", "logConfig", "enable")
	if rate := control.At(m, "logConfig", "sampleRate"); rate.IsNumber() && rate.AsNumber() != 1 {
		findings = append(findings, control.Finding{Property: "logConfig.sampleRate", Fault: fmt.Sprintf("is %v", rate.AsNumber())})
	}
	return findings
}

func ports(m property.Map) []control.Finding {
	scheme, port := control.At(m, "loadBalancingScheme"), control.At(m, "portRange")
	if scheme.IsString() && strings.HasPrefix(scheme.AsString(), "INTERNAL") || port.IsComputed() {
		return nil
	}
	if !port.IsString() {
		return []control.Finding{{Property: "portRange", Fault: "is not set, which means all ports"}}
	}
	if !slices.Contains([]string{"80", "443", "80-80", "443-443"}, port.AsString()) {
		return []control.Finding{{Property: "portRange", Fault: fmt.Sprintf("is %q", port.AsString())}}
	}
	return nil
}

// redirects follows each HTTP proxy to its URL map by what the proxy's inputs
// came from: a preview knows that before the map has an address.
func redirects(stack control.Stack) []control.StackFinding {
	maps := map[string]property.Map{}
	for _, r := range stack {
		if r.Type == urlMap {
			maps[r.URN] = r.Properties
		}
	}
	var findings []control.StackFinding
	for _, proxy := range stack {
		if proxy.Type != httpProxy {
			continue
		}
		fault := "names a URL map that is not of this stack"
		for _, dependency := range proxy.Dependencies {
			if m, ok := maps[dependency]; ok {
				fault = routes(m)
				break
			}
		}
		if fault != "" {
			findings = append(findings, proxy.Finding("urlMap", fault))
		}
	}
	return findings
}

// routes says what a URL map does besides redirecting to HTTPS.
func routes(m property.Map) string {
	redirect := control.At(m, "defaultUrlRedirect", "httpsRedirect")
	if !redirect.IsComputed() && (!redirect.IsBool() || !redirect.AsBool()) {
		return "names a URL map that does not redirect to HTTPS"
	}
	for _, name := range []string{"hostRules", "pathMatchers"} {
		if rules := control.At(m, name); rules.IsComputed() || rules.IsArray() && rules.AsArray().Len() > 0 {
			return "names a URL map that has " + name + " besides its redirect"
		}
	}
	return ""
}
