// Package podsecurity holds the controls over namespaces and pod templates:
// the restricted standard of Kubernetes, judged by the same code that the API
// server judges with.
package podsecurity

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

const source = "Kubernetes Pod Security Standards, restricted"

// Controls are the area's controls.
var Controls = []control.Control{
	{
		ID:     "podsecurity-namespace-restricted",
		Title:  "A namespace enforces, audits and warns by the restricted standard",
		Source: source,
		Remedy: "label it pod-security.kubernetes.io/{enforce,audit,warn}: restricted",
		Types:  []string{"kubernetes:core/v1:Namespace"},
		Judge:  namespaceRestricted,
	},
	{
		ID:     "podsecurity-pod-restricted",
		Title:  "A pod template satisfies the restricted standard",
		Source: source,
		Remedy: "see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
		Judges: func(typ string) bool { return templatePath(typ) != nil },
		// Judge is set by init: the path to the template depends on the kind.
	},
}

func init() { Controls[1].Judge = podRestricted }

func namespaceRestricted(m property.Map) []control.Finding {
	var findings []control.Finding
	for _, mode := range []string{"enforce", "audit", "warn"} {
		label := "pod-security.kubernetes.io/" + mode
		value := control.At(m, "metadata", "labels", label)
		switch {
		case value.IsComputed():
		case !value.IsString():
			findings = append(findings, control.Finding{Property: "metadata.labels." + label, Fault: "is not set"})
		case value.AsString() != "restricted":
			findings = append(findings, control.Finding{Property: "metadata.labels." + label, Fault: fmt.Sprintf("is %q", value.AsString())})
		}
	}
	return findings
}

// templatePath is where a kind keeps its pod template, nil for kinds without
// one. The pod itself is the template of nothing, at the empty path.
func templatePath(typ string) []string {
	if !strings.HasPrefix(typ, "kubernetes:") {
		return nil
	}
	switch typ[strings.LastIndex(typ, ":")+1:] {
	case "Pod":
		return []string{}
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "Rollout":
		return []string{"spec", "template"}
	case "CronJob":
		return []string{"spec", "jobTemplate", "spec", "template"}
	case "PodTemplate":
		return []string{"template"}
	}
	return nil
}
