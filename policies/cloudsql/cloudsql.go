// Package cloudsql holds the controls over Cloud SQL instances. Each part
// stands in a file of its own: how an instance is reached, what is kept of it,
// its flags, and what takes the whole stack to judge.
package cloudsql

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

const instanceType = "gcp:sql/databaseInstance:DatabaseInstance"

// Controls are the area's controls.
var Controls = slices.Concat(reach, keeping, flagControls)

// on is a control over every instance.
func on(id, title, source, remedy string, judge func(property.Map) []control.Finding) control.Control {
	return control.Control{ID: "cloudsql-" + id, Title: title, Source: source, Remedy: remedy, Types: []string{instanceType}, Judge: judge}
}

// onPrimary leaves replicas out: they have what their master has.
func onPrimary(judge func(property.Map) []control.Finding) func(property.Map) []control.Finding {
	return func(m property.Map) []control.Finding {
		if !control.At(m, "masterInstanceName").IsNull() {
			return nil
		}
		return judge(m)
	}
}

// demand is what one property has to be.
type demand struct {
	path string
	fits func(property.Value) bool
}

// all judges properties, each written down: a default may change.
func all(demands ...demand) func(property.Map) []control.Finding {
	return func(m property.Map) []control.Finding {
		var findings []control.Finding
		for _, d := range demands {
			value := control.At(m, split(d.path)...)
			switch {
			case value.IsComputed():
			case value.IsNull():
				findings = append(findings, control.Finding{Property: d.path, Fault: "is not set"})
			case !d.fits(value):
				findings = append(findings, control.Finding{Property: d.path, Fault: "is " + show(value)})
			}
		}
		return findings
	}
}
