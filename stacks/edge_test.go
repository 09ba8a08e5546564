package stacks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/stacks/graph"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

// only lists the resources of a type.
func only(resources []graph.Resource, typ string) []graph.Resource {
	return slices.DeleteFunc(slices.Clone(resources), func(r graph.Resource) bool { return r.Type != typ })
}

// named finds one resource by its name.
func named(t *testing.T, resources []graph.Resource, name string) graph.Resource {
	t.Helper()
	i := slices.IndexFunc(resources, func(r graph.Resource) bool { return r.Name == name })
	if i < 0 {
		t.Fatalf("there is no %s", name)
	}
	return resources[i]
}

func TestBackendsFollowTheGatewaysOfEveryRegion(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		gateways := slices.DeleteFunc(only(resources, "kubernetes:apps/v1:Deployment"), func(r graph.Resource) bool { return !strings.HasPrefix(r.Name, "gateway-") })
		backends := only(resources, "gcp:compute/backendService:BackendService")
		if len(gateways) == 0 || len(backends) != 2 {
			t.Fatalf("%d gateways and %d backend services", len(gateways), len(backends))
		}
		for _, backend := range backends {
			for _, gateway := range gateways {
				for _, before := range []string{gateway.Name, strings.TrimSuffix(gateway.Name, "deployment") + "service"} {
					if !slices.ContainsFunc(backend.After, func(u resource.URN) bool { return u.Name() == before }) {
						t.Errorf("%s does not wait for %s: its groups would not be there, and would not be released before it goes", backend.Name, before)
					}
				}
			}
			// A group in each zone of each region, and none twice.
			groups := map[string]bool{}
			for _, entry := range backend.Inputs["backends"].ArrayValue() {
				groups[entry.ObjectValue()["group"].StringValue()] = true
			}
			if len(groups) != 3*len(gateways) || len(groups) != len(backend.Inputs["backends"].ArrayValue()) {
				t.Errorf("%s has the groups %v, want one for each of 3 zones of %d regions", backend.Name, groups, len(gateways))
			}
		}
	})
}

func TestTheGatewaysOpenToTheBalancersAlone(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		door := named(t, resources, "edge-balancer").Inputs
		var ranges, tags []string
		for _, value := range door["sourceRanges"].ArrayValue() {
			ranges = append(ranges, value.StringValue())
		}
		for _, value := range door["targetTags"].ArrayValue() {
			tags = append(tags, value.StringValue())
		}
		if !slices.Equal(ranges, []string{"130.211.0.0/22", "35.191.0.0/16"}) || len(tags) == 0 {
			t.Errorf("the firewall admits %v to %v", ranges, tags)
		}
		for _, pool := range only(resources, "gcp:container/nodePool:NodePool") {
			for _, tag := range pool.Inputs["nodeConfig"].ObjectValue()["tags"].ArrayValue() {
				if !slices.Contains(tags, tag.StringValue()) {
					t.Errorf("the nodes %s of %s are not reached", tag.StringValue(), pool.Name)
				}
			}
		}
		for _, config := range only(resources, "kubernetes:core/v1:ConfigMap") {
			text := config.Inputs["data"].ObjectValue()["nginx.conf"]
			for _, block := range ranges {
				if text.IsString() && !strings.Contains(text.StringValue(), "set_real_ip_from "+block+";") {
					t.Errorf("%s does not believe %s", config.Name, block)
				}
			}
		}
	})
}

func TestATenantsStateDecidesWhatItsHostGets(t *testing.T) {
	t.Parallel()
	resources := run(t, spectest.With(t, "saas:tenants", `[{"id":"a"},{"id":"b","state":"suspended"},{"id":"c","state":"erased"}]`), false)
	text := named(t, resources, "gateway-southamerica-east1-config").Inputs["data"].ObjectValue()["nginx.conf"].StringValue()
	for host, row := range map[string]struct{ record, known bool }{"cliente-a": {true, true}, "cliente-b": {true, true}, "cliente-c": {false, false}} {
		record := slices.ContainsFunc(resources, func(r graph.Resource) bool { return r.Name == "dns-host-"+host })
		if known := strings.Contains(text, host+".example.com.br"); record != row.record || known != row.known {
			t.Errorf("%s: record %v, known to the gateway %v; want %v and %v", host, record, known, row.record, row.known)
		}
	}
	if limited := "tenant_6000 {"; strings.Contains(text[strings.Index(text, limited):strings.Index(text, "limit_req_zone $tenant")], "cliente-b") {
		t.Error("a suspended tenant has a rate")
	}
}

// ASVS: v5.0.0-11.2.2.
func TestAnotherSigningKeyIsAddedBeforeTheOldOneGoes(t *testing.T) {
	t.Parallel()
	both := run(t, spectest.With(t, "saas:cdn", `{"signingKeys":[2,1]}`), false)
	for _, name := range []string{"cdn-media-key-1", "cdn-media-key-2"} {
		named(t, both, name)
	}
	signer := named(t, only(both, "gcp:secretmanager/secretVersion:SecretVersion"), "cdn-signer").Inputs["secretData"]
	for signer.IsSecret() {
		signer = signer.SecretValue().Element
	}
	if !strings.Contains(signer.StringValue(), `"name":"key-2"`) {
		t.Errorf("apps sign with %s, want key-2", signer.StringValue())
	}
	for _, r := range run(t, spectest.With(t), false) {
		if strings.HasSuffix(r.Name, "-key-2") {
			t.Errorf("%s is there without being asked for", r.Name)
		}
	}
}

// ASVS: v5.0.0-13.3.1.
func TestTheSigningKeyIsSecretEverywhere(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		keys := only(resources, "gcp:compute/backendBucketSignedUrlKey:BackendBucketSignedUrlKey")
		if len(keys) == 0 {
			t.Fatal("no signing key was judged")
		}
		for _, key := range keys {
			if !key.Inputs["keyValue"].ContainsSecrets() {
				t.Errorf("%s shows its key", key.Name)
			}
		}
		if version := named(t, only(resources, "gcp:secretmanager/secretVersion:SecretVersion"), "cdn-signer"); !version.Inputs["secretData"].ContainsSecrets() {
			t.Error("the signer's secret is in plain text")
		}
	})
}

// ASVS: v5.0.0-3.2.1, v5.0.0-3.4.1, v5.0.0-3.4.3, v5.0.0-3.4.4, v5.0.0-3.4.6.
func TestAFileOfTheCDNIsNoPageOfOurs(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		backends := only(resources, "gcp:compute/backendBucket:BackendBucket")
		if len(backends) == 0 {
			t.Fatal("no backend was judged")
		}
		for _, backend := range backends {
			var all []string
			for _, header := range backend.Inputs["customResponseHeaders"].ArrayValue() {
				all = append(all, header.StringValue())
			}
			text := strings.Join(all, "\n")
			for _, want := range []string{
				"Content-Security-Policy: default-src 'none';", "base-uri 'none'", "frame-ancestors 'none'",
				"X-Content-Type-Options: nosniff", "Strict-Transport-Security: max-age=63072000; includeSubDomains", "Referrer-Policy: no-referrer",
			} {
				if !strings.Contains(text, want) {
					t.Errorf("%s lacks %s", backend.Name, want)
				}
			}
			if media := strings.Contains(backend.Name, "media"); strings.Contains(text, "script-src") || strings.Contains(text, "unsafe") || media && !strings.Contains(text, "; sandbox;") {
				t.Errorf("%s may run what tenants upload: %s", backend.Name, text)
			}
		}
	})
}
