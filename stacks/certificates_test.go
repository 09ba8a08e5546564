package stacks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/stacks/graph"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

const (
	certificateType = "kubernetes:cert-manager.io/v1:Certificate"
	issuerType      = "kubernetes:cert-manager.io/v1:ClusterIssuer"
	releaseType     = "kubernetes:helm.sh/v3:Release"
)

// deep reads a value by names joined by dots.
func deep(inputs resource.PropertyMap, path string) string {
	value := resource.NewProperty(inputs)
	for name := range strings.SplitSeq(path, ".") {
		if !value.IsObject() {
			return ""
		}
		value = value.ObjectValue()[resource.PropertyKey(name)]
	}
	if value.IsString() {
		return value.StringValue()
	}
	return value.String()
}

// ASVS: v5.0.0-12.2.2.
func TestTheGatewaysCertificateIsIssuedAndMounted(t *testing.T) {
	t.Parallel()
	for stack, domain := range map[string]string{"staging": "staging.aviladevops.com.br", "prod": "aviladevops.com.br"} {
		resources := run(t, spectest.StackFile(t, stack), false)
		gateways := 0
		for _, r := range only(resources, "kubernetes:apps/v1:Deployment") {
			region, is := strings.CutPrefix(strings.TrimSuffix(r.Name, "-deployment"), "gateway-")
			if !is {
				continue
			}
			gateways++
			wildcard := named(t, resources, "certificates-"+region+"-gateway").Inputs
			if text := r.Inputs["spec"].String(); !strings.Contains(text, deep(wildcard, "spec.secretName")) || deep(wildcard, "metadata.namespace") != "gateway" {
				t.Errorf("%s %s does not mount %s", stack, r.Name, deep(wildcard, "spec.secretName"))
			}
			if !slices.ContainsFunc(r.After, func(u resource.URN) bool { return u.Name() == "certificates-"+region+"-gateway" }) {
				t.Errorf("%s %s does not come after its certificate is asked for", stack, r.Name)
			}
			var hosts []string
			for _, host := range wildcard["spec"].ObjectValue()["dnsNames"].ArrayValue() {
				hosts = append(hosts, host.StringValue())
			}
			if !slices.Equal(hosts, []string{domain, "*." + domain}) {
				t.Errorf("%s: the certificate is for %v", stack, hosts)
			}
			for path, want := range map[string]string{
				"duration": "2160h0m0s", "renewBefore": "720h0m0s", "privateKey.algorithm": "ECDSA", "privateKey.rotationPolicy": "Always",
				"issuerRef.name": "lets-encrypt", "issuerRef.kind": "ClusterIssuer",
			} {
				if got := deep(wildcard, "spec."+path); got != want {
					t.Errorf("%s: %s of the gateway's certificate is %q, want %q", stack, path, got, want)
				}
			}
			issuer := named(t, resources, "certificates-"+region+"-public").Inputs
			if got := issuer["spec"].String(); !strings.Contains(got, "acme-v02.api.letsencrypt.org") || !strings.Contains(got, "dns-zone-1234567") {
				t.Errorf("%s: the issuer is %s", stack, got)
			}
		}
		if gateways == 0 {
			t.Errorf("%s: no gateway was judged", stack)
		}
	}
}

// ASVS: v5.0.0-12.3.3, v5.0.0-12.3.4.
func TestEveryServiceIsCertifiedToItsPeersForADay(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		peers := 0
		for _, r := range only(resources, certificateType) {
			if !strings.HasSuffix(deep(r.Inputs, "spec.secretName"), "-mtls") {
				continue
			}
			peers++
			if deep(r.Inputs, "spec.duration") != "24h0m0s" || deep(r.Inputs, "spec.renewBefore") != "8h0m0s" || deep(r.Inputs, "spec.issuerRef.name") != "mesh" {
				t.Errorf("%s is %v", r.Name, r.Inputs["spec"])
			}
		}
		if services := len(only(resources, releaseType)) * 2; peers != services {
			t.Errorf("%d certificates for peers, want %d: landing's and the gateway's in each region", peers, services)
		}
	})
}

// TestImagesOfTheChartAreAdmitted holds what the chart is told to run against
// what admission lets in.
func TestImagesOfTheChartAreAdmitted(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		admitted := named(t, resources, "admission-policy").Inputs["admissionWhitelistPatterns"].String()
		for _, r := range only(resources, releaseType) {
			for _, part := range []string{"", "webhook.", "cainjector.", "startupapicheck."} {
				image := deep(r.Inputs, "values."+part+"image.repository") + "@" + deep(r.Inputs, "values."+part+"image.digest")
				if !strings.Contains(image, "@sha256:") || !strings.Contains(admitted, image) {
					t.Errorf("%s runs %q, which is not admitted", r.Name, image)
				}
			}
		}
		if len(only(resources, issuerType)) == 0 {
			t.Error("the program has no issuer")
		}
	})
}
