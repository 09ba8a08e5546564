package stacks_test

import (
	"strings"
	"testing"

	"github.com/avila-devops/saas/stacks/spec"
)

// TestARenewalOfCertificatesCutsNobodyOff takes the steps of
// docs/runbooks/client-certificates.md.
func TestARenewalOfCertificatesCutsNobodyOff(t *testing.T) {
	t.Parallel()
	generations := func(list ...int) spec.Source {
		return prod(t, func(regions []map[string]any, database map[string]any) []map[string]any {
			database["certificates"] = list
			return regions
		})
	}
	const cert, files, version = "gcp:sql/sslCert:SslCert", "kubernetes:core/v1:Secret", "gcp:secretmanager/secretVersion:SecretVersion"
	resources := run(t, generations(1), false)
	for _, step := range []struct {
		list    []int
		sign    string
		types   []string
		changed int
	}{
		{[]int{1, 2}, "+", []string{cert}, 6},
		{[]int{2, 1}, "~", []string{files, version}, 12},
		{[]int{2}, "-", []string{cert}, 6},
	} {
		next := run(t, generations(step.list...), false)
		lines := moves(resources, next)
		for _, line := range lines {
			if parts := strings.Fields(line); parts[0] != step.sign || !strings.Contains(strings.Join(step.types, " "), parts[1]) {
				t.Errorf("%v: %s", step.list, line)
			}
		}
		if len(lines) != step.changed {
			t.Errorf("%v moves %d resources, want %d", step.list, len(lines), step.changed)
		}
		resources = next
	}
}
