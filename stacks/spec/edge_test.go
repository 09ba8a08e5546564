package spec_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

func TestTheNamesOfTheEdgeFollowFromTheDomain(t *testing.T) {
	t.Parallel()
	env, err := spec.Load(spectest.With(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := env.ApexHosts(); !slices.Equal(got, []string{"example.com.br", "www.example.com.br"}) {
		t.Errorf("the apex is %v", got)
	}
	if env.CDNHost() != "cdn.example.com.br" || env.HostOf(env.Tenants[0]) != "cliente-a.example.com.br" {
		t.Errorf("the hosts are %s and %s", env.CDNHost(), env.HostOf(env.Tenants[0]))
	}
	if got, want := env.MirroredImage("nginx"), "southamerica-east1-docker.pkg.dev/example-test/mirror-docker/nginxinc/nginx-unprivileged@sha256:"+strings.Repeat("b", 64); got != want {
		t.Errorf("the image is %s, want %s", got, want)
	}
}

func TestNamesOfEndpointGroupsFitAndDiffer(t *testing.T) {
	t.Parallel()
	env := &spec.Environment{Name: strings.Repeat("e", 15)}
	seen := map[string]bool{}
	for name := range spec.Places {
		for _, port := range []int{80, 443} {
			group := env.NEGName(spec.Region{Name: name}, port)
			if len(group) > 63 || seen[group] {
				t.Errorf("%s has %d characters, or is there twice", group, len(group))
			}
			seen[group] = true
		}
	}
}

func TestOnlyACanaryHasAShareOfTheClients(t *testing.T) {
	t.Parallel()
	for strategy, want := range map[spec.Strategy]int{spec.Canary: 10, spec.BlueGreen: 0, spec.Rolling: 0} {
		if got := (spec.Service{Strategy: strategy}).PreviewShare(); got != want {
			t.Errorf("%s sends %d %% to the new version, want %d", strategy, got, want)
		}
	}
}

func TestTheGatewaysQuotaHoldsAllItsPods(t *testing.T) {
	t.Parallel()
	env, err := spec.Load(spectest.With(t))
	if err != nil {
		t.Fatal(err)
	}
	q, g := env.Gateway.Quota(), env.Gateway
	if q.Pods != g.Replicas.Max+1 || q.CPU*1000 < q.Pods*g.Resources.MilliCPU || q.MemoryGiB*1024 < q.Pods*g.Resources.MemoryMiB {
		t.Errorf("the quota %+v does not hold %+v", q, g)
	}
}
