package control

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Must demands a boolean at a dotted path, written down.
func Must(want bool, path string) func(property.Map) []Finding {
	return func(m property.Map) []Finding { return MustBe(want, m, path, strings.Split(path, ".")...) }
}

// OneOf demands one of some texts at a dotted path, written down.
func OneOf(path string, allowed ...string) func(property.Map) []Finding {
	return func(m property.Map) []Finding {
		value := At(m, strings.Split(path, ".")...)
		switch {
		case value.IsComputed():
			return nil
		case !value.IsString() || value.AsString() == "":
			return []Finding{{Property: path, Fault: "is not set"}}
		case !slices.Contains(allowed, value.AsString()):
			return []Finding{{Property: path, Fault: fmt.Sprintf("is %q", value.AsString())}}
		}
		return nil
	}
}

// Set demands something at a dotted path: text that is not empty, a list or an
// object with something in it.
func Set(path string) func(property.Map) []Finding {
	return func(m property.Map) []Finding {
		value := At(m, strings.Split(path, ".")...)
		empty := value.IsNull() || value.IsString() && value.AsString() == "" ||
			value.IsArray() && value.AsArray().Len() == 0 || value.IsMap() && value.AsMap().Len() == 0
		if !empty {
			return nil
		}
		return []Finding{{Property: path, Fault: "is not set"}}
	}
}

// Holds demands that a list at a dotted path has all of some texts.
func Holds(path string, wanted ...string) func(property.Map) []Finding {
	return func(m property.Map) []Finding {
		value := At(m, strings.Split(path, ".")...)
		if value.HasComputed() {
			return nil
		}
		var found []string
		if value.IsArray() {
			for _, element := range value.AsArray().AsSlice() {
				if element.IsString() {
					found = append(found, element.AsString())
				}
			}
		}
		for _, want := range wanted {
			if !slices.Contains(found, want) {
				return []Finding{{Property: path, Fault: fmt.Sprintf("is [%s], without %s", strings.Join(found, " "), want)}}
			}
		}
		return nil
	}
}

// String is the text at a dotted path, empty when there is none or it is not
// known yet.
func String(m property.Map, path string) string {
	if value := At(m, strings.Split(path, ".")...); value.IsString() {
		return value.AsString()
	}
	return ""
}

// All joins judgements.
func All(judges ...func(property.Map) []Finding) func(property.Map) []Finding {
	return func(m property.Map) []Finding {
		var findings []Finding
		for _, judge := range judges {
			findings = append(findings, judge(m)...)
		}
		return findings
	}
}
