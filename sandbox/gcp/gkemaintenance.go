package gcp

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// GKE's bounds of maintenance exclusions.
// https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions#limitations-maint-exclusions
const (
	mostExclusions = 20
	mostFreezes    = 3
	longestFreeze  = 30 * 24 * time.Hour
)

// checkMaintenance judges the times without upgrades.
func checkMaintenance(in resource.PropertyMap) []problem {
	const path = "maintenancePolicy.maintenanceExclusions"
	var problems []problem
	seen, freezes := map[string]bool{}, 0
	exclusions := each(resource.NewProperty(in), path)
	for _, exclusion := range exclusions {
		m := exclusion.ObjectValue()
		name := text(m, "exclusionName")
		if seen[name] {
			problems = append(problems, problem{path, fmt.Sprintf("%q is there twice: name each exclusion differently", clip(name))})
		}
		seen[name] = true
		start, startErr := time.Parse(time.RFC3339, text(m, "startTime"))
		end, endErr := time.Parse(time.RFC3339, text(m, "endTime"))
		if startErr != nil && text(m, "startTime") != "" || endErr != nil && text(m, "endTime") != "" {
			problems = append(problems, problem{path, fmt.Sprintf("%q has a time that is not RFC 3339: write it like 2026-12-18T00:00:00Z", clip(name))})
			continue
		}
		if !end.After(start) && startErr == nil && endErr == nil {
			problems = append(problems, problem{path, fmt.Sprintf("%q ends before it starts", clip(name))})
		}
		if scope := text(m, "exclusionOptions.scope"); scope == "" || scope == "NO_UPGRADES" {
			freezes++
			if end.Sub(start) > longestFreeze {
				problems = append(problems, problem{path, fmt.Sprintf("%q holds back all upgrades for more than 30 days: shorten it, or use NO_MINOR_UPGRADES", clip(name))})
			}
		}
	}
	if len(exclusions) > mostExclusions || freezes > mostFreezes {
		problems = append(problems, problem{path, fmt.Sprintf("has %d exclusions, %d of them of all upgrades: at most %d and %d are allowed", len(exclusions), freezes, mostExclusions, mostFreezes)})
	}
	return problems
}

// What Kubernetes lets a label or a taint be.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
var (
	labelKey   = regexp.MustCompile(`^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`)
	labelValue = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$`)
	// ownedKeys are Kubernetes' and GKE's own.
	ownedKeys = regexp.MustCompile(`^([a-z0-9-]+\.)*(kubernetes\.io|k8s\.io|gke\.io)/|^cloud\.google\.com/`)
)

// taintEffects are GKE's spelling of them.
var taintEffects = []string{"NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"}

// checkTaints judges the nodes' taints and labels.
func checkTaints(in resource.PropertyMap) []problem {
	var problems []problem
	for _, taint := range each(resource.NewProperty(in), "nodeConfig.taints") {
		m := taint.ObjectValue()
		if key := text(m, "key"); key != "" && !labelKey.MatchString(key) {
			problems = append(problems, problem{"nodeConfig.taints.key", fmt.Sprintf("%q is not a taint's key: write it like example.com/pool", clip(key))})
		}
		if effect := text(m, "effect"); effect != "" && !slices.Contains(taintEffects, effect) {
			problems = append(problems, problem{"nodeConfig.taints.effect", fmt.Sprintf("expected one of %v, got %q", taintEffects, clip(effect))})
		}
		if value := text(m, "value"); !labelValue.MatchString(value) {
			problems = append(problems, problem{"nodeConfig.taints.value", fmt.Sprintf("%q is not a taint's value: use letters, digits, hyphens, underscores and dots", clip(value))})
		}
	}
	if labels := at(in, "nodeConfig.labels"); labels.IsObject() {
		for key, value := range labels.ObjectValue() {
			if !labelKey.MatchString(string(key)) || ownedKeys.MatchString(string(key)) {
				problems = append(problems, problem{"nodeConfig.labels", fmt.Sprintf("%q cannot be set: use a key of your own, like example.com/pool", clip(string(key)))})
			}
			if v := plain(value); v.IsString() && !labelValue.MatchString(v.StringValue()) {
				problems = append(problems, problem{"nodeConfig.labels", fmt.Sprintf("%q is not a label's value", clip(v.StringValue()))})
			}
		}
	}
	return problems
}
