// Package gateway holds the controls over the way into a cluster: nothing but
// the gateway is reached from outside, and the gateway does what it must.
package gateway

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

// Controls are the area's controls.
var Controls = []control.Control{
	{
		ID: "gateway-service-internal", Title: "A Service has no address and no port outside its cluster", Source: "X1",
		Remedy: "use type ClusterIP; the load balancer reaches the gateway through endpoint groups",
		Types:  []string{"kubernetes:core/v1:Service"},
		Judge:  internal,
	},
	{
		ID: "gateway-nginx", Title: "nginx speaks TLS 1.3 alone, limits a client to 1000 requests a minute, and takes in no text but its own", Source: "X1, X5",
		Remedy: "render the configuration with components/gateway/nginxconf",
		Types:  []string{"kubernetes:core/v1:ConfigMap"},
		Judge:  configured,
	},
	{
		ID: "gateway-no-snippets", Title: "No object carries a snippet of nginx configuration", Source: "X1, CVE-2021-25742",
		Remedy: "remove the annotation; what nginx does stands in components/gateway/nginxconf",
		Judges: func(typ string) bool {
			return strings.HasPrefix(typ, "kubernetes:networking.k8s.io/") && strings.HasSuffix(typ, ":Ingress")
		},
		Judge: snippets,
	},
}

func internal(m property.Map) []control.Finding {
	var findings []control.Finding
	if kind := control.At(m, "spec", "type"); kind.IsString() && (kind.AsString() == "LoadBalancer" || kind.AsString() == "NodePort") {
		findings = append(findings, control.Finding{Property: "spec.type", Fault: fmt.Sprintf("is %q", kind.AsString())})
	}
	if addresses := control.At(m, "spec", "externalIPs"); addresses.IsArray() && addresses.AsArray().Len() > 0 {
		findings = append(findings, control.Finding{Property: "spec.externalIPs", Fault: "is set"})
	}
	return findings
}

func snippets(m property.Map) []control.Finding {
	annotations := control.At(m, "metadata", "annotations")
	if !annotations.IsMap() {
		return nil
	}
	var findings []control.Finding
	for name := range annotations.AsMap().AllStable {
		if strings.HasSuffix(name, "-snippet") || strings.HasSuffix(name, "-snippets") {
			findings = append(findings, control.Finding{Property: "metadata.annotations." + name, Fault: "is set"})
		}
	}
	return findings
}
