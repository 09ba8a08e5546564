package chart_test

import (
	"testing"

	"github.com/avila-devops/saas/sandbox/chart"
	"github.com/avila-devops/saas/stacks/spec"
)

func TestTheProgramsChartsCanBeInstalled(t *testing.T) {
	t.Parallel()
	for _, c := range spec.Charts {
		if _, err := chart.Find(c.Name, c.Repository, c.Version); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
	if len(spec.Charts) == 0 {
		t.Error("the program has no charts: nothing was compared")
	}
}

func TestDefinitionsComeAndStayAsTheValuesSay(t *testing.T) {
	t.Parallel()
	object := func(key string, value any) map[string]any { return map[string]any{key: value} }
	for name, row := range map[string]struct {
		chart        string
		values       map[string]any
		skip         bool
		comes, stays bool
		fails        bool
	}{
		"off unless asked for":           {"cert-manager", nil, false, false, true, false},
		"by the old value":               {"cert-manager", object("installCRDs", true), false, true, true, false},
		"not kept":                       {"cert-manager", object("crds", map[string]any{"enabled": true, "keep": false}), false, true, false, false},
		"templates do not know skipCrds": {"argo-rollouts", nil, true, true, true, false},
		"on unless refused":              {"argo-rollouts", object("installCRDs", false), false, false, true, false},
		"always kept":                    {"eck-operator", nil, false, true, true, false},
		"the crds directory is skipped":  {"kube-prometheus-stack", nil, true, false, true, false},
		"no truth":                       {"cert-manager", object("crds", object("enabled", "yes")), false, false, false, true},
		"no keys":                        {"cert-manager", object("crds", true), false, false, false, true},
	} {
		for _, c := range chart.Charts {
			if c.Name != row.chart {
				continue
			}
			comes, stays, err := c.Defined(row.values, row.skip)
			if (err != nil) != row.fails || err == nil && (comes != row.comes || stays != row.stays) {
				t.Errorf("%s: come %v, stay %v, %v; want %v, %v", name, comes, stays, err, row.comes, row.stays)
			}
		}
	}
}
