package tenant_test

import (
	"strings"
	"testing"

	"github.com/avila-devops/saas/apps/internal/tenant"
	"github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

func TestTheZeroIDIsNoTenant(t *testing.T) {
	t.Parallel()
	if err := tenant.Check(tenant.ID{}); err == nil || !strings.Contains(err.Error(), "the zero ID names none") {
		t.Errorf("got %v", err)
	}
}

// ASVS: v5.0.0-1.3.3.
func TestANameThatCouldBeMistakenForAPathOrAKeyIsRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a:b", "../a", "a/b", "A", "a b", "a*", "-a", "_a", "á", "a\x00", "a.b", "a-b", "a_b", "9", strings.Repeat("a", 31)} {
		if err := tenant.Check(tenanttest.ID(name)); err == nil || tenant.Grammar.MatchString(name) {
			t.Errorf("%q is accepted", name)
		}
	}
	for _, name := range []string{"a", "clinicasul", "t1", strings.Repeat("a", 30)} {
		if err := tenant.Check(tenanttest.ID(name)); err != nil || !tenant.Grammar.MatchString(name) {
			t.Errorf("%q is refused: %v", name, err)
		}
	}
}
