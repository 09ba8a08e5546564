package spec_test

import (
	"fmt"
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

func prefixes(plan spec.AddressPlan) map[string]netip.Prefix {
	return map[string]netip.Prefix{
		"nodes": plan.Nodes, "services": plan.Services, "managed": plan.Managed, "control plane": plan.ControlPlane, "pods": plan.Pods,
	}
}

func TestAPlanDividesItsBlockWithoutOverlap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		block := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(4 * rapid.IntRange(0, 63).Draw(t, "block")), 0, 0}), 14)
		parts := prefixes(spec.Region{CIDR: block.String()}.Plan())
		for name, part := range parts {
			if !block.Contains(part.Addr()) || part.Bits() < block.Bits() || part.Masked() != part {
				t.Fatalf("%s %s is not a part of %s", name, part, block)
			}
			for other, second := range parts {
				if name != other && part.Overlaps(second) {
					t.Fatalf("%s %s overlaps %s %s", name, part, other, second)
				}
			}
		}
	})
}

func TestRegionsOfALoadedEnvironmentShareNoAddress(t *testing.T) {
	t.Parallel()
	for _, stack := range []string{"staging", "prod"} {
		env, err := spec.Load(spectest.StackFile(t, stack))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]netip.Prefix{}
		for _, region := range env.Regions {
			for name, part := range prefixes(region.Plan()) {
				for other, second := range seen {
					if part.Overlaps(second) {
						t.Errorf("%s: %s of %s overlaps %s", stack, name, region.Name, other)
					}
				}
				seen[fmt.Sprintf("%s of %s", name, region.Name)] = part
			}
		}
		if len(seen) != 5*len(env.Regions) {
			t.Errorf("%s: %d ranges, want 5 in each of %d regions", stack, len(seen), len(env.Regions))
		}
	}
}

func TestStackFilesShareNoAddressEither(t *testing.T) {
	t.Parallel()
	staging, err := spec.Load(spectest.StackFile(t, "staging"))
	if err != nil {
		t.Fatal(err)
	}
	prod, err := spec.Load(spectest.StackFile(t, "prod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range staging.Regions {
		for _, b := range prod.Regions {
			if netip.MustParsePrefix(a.CIDR).Overlaps(netip.MustParsePrefix(b.CIDR)) {
				t.Errorf("staging's %s overlaps prod's %s: the two could never be peered", a.CIDR, b.CIDR)
			}
		}
	}
}

func TestNamesFitTheirLimits(t *testing.T) {
	t.Parallel()
	for region := range spec.Places {
		env := &spec.Environment{Name: "fifteen-letters"}
		if name := env.ClusterName(spec.Region{Name: region}); len(name) > 40 {
			t.Errorf("cluster name %s has %d characters; GKE allows 40", name, len(name))
		}
	}
}
