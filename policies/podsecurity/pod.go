package podsecurity

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/avila-devops/saas/policies/control"
)

// podRestricted judges the template that the object's kind keeps. A template
// that is not known whole is left to up: what is unknown could be what makes
// it comply.
func podRestricted(m property.Map) []control.Finding {
	kind := control.At(m, "kind")
	if !kind.IsString() {
		return []control.Finding{{Property: "kind", Fault: "is not set, so its pod template cannot be found"}}
	}
	path := templatePath("kubernetes:" + kind.AsString())
	template := control.At(m, path...)
	if path == nil || template.IsComputed() {
		return nil
	}
	spec := property.Value{}
	if template.IsMap() {
		spec = template.AsMap().Get("spec")
	}
	if unknownSecurity(spec) {
		return nil
	}
	var pod corev1.PodSpec
	text, err := json.Marshal(plain(spec))
	if err == nil {
		err = json.Unmarshal(text, &pod)
	}
	if err != nil || len(pod.Containers) == 0 {
		return []control.Finding{{Property: "spec.template.spec", Fault: fmt.Sprintf("is not a pod: %v", err)}}
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return []control.Finding{{Property: "spec.template.spec", Fault: fmt.Sprintf("cannot be judged: %v", err)}}
	}
	latest := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	result := policy.AggregateCheckResults(evaluator.EvaluatePod(latest, &metav1.ObjectMeta{}, &pod))
	if result.Allowed {
		return nil
	}
	return []control.Finding{{Property: "spec.template.spec", Fault: "breaks the standard: " + result.ForbiddenDetail()}}
}

// unknownSecurity reports whether a security context, at whatever depth, holds
// a value that is not known yet.
func unknownSecurity(v property.Value) bool {
	switch {
	case v.IsComputed():
		return true
	case v.IsMap():
		for key, child := range v.AsMap().All {
			if key == "securityContext" && child.HasComputed() {
				return true
			}
			if !child.IsComputed() && unknownSecurity(child) {
				return true
			}
		}
	case v.IsArray():
		for _, child := range v.AsArray().AsSlice() {
			if unknownSecurity(child) {
				return true
			}
		}
	}
	return false
}

// plain turns a value into what encoding/json writes. What is not known yet is
// left out.
func plain(v property.Value) any {
	switch {
	case v.IsBool():
		return v.AsBool()
	case v.IsNumber():
		return v.AsNumber()
	case v.IsString():
		return v.AsString()
	case v.IsArray():
		out := []any{}
		for _, child := range v.AsArray().AsSlice() {
			out = append(out, plain(child))
		}
		return out
	case v.IsMap():
		out := map[string]any{}
		for key, child := range v.AsMap().All {
			if !child.IsComputed() {
				out[key] = plain(child)
			}
		}
		return out
	}
	return nil
}
