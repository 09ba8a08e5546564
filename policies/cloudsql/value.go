package cloudsql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

func split(path string) []string { return strings.Split(path, ".") }

// show writes a plain value; of others only that they are there.
func show(value property.Value) string {
	switch {
	case value.IsString():
		return fmt.Sprintf("%q", value.AsString())
	case value.IsBool():
		return fmt.Sprint(value.AsBool())
	case value.IsNumber():
		return fmt.Sprint(value.AsNumber())
	}
	return "something else"
}

func is(want bool) func(property.Value) bool {
	return func(v property.Value) bool { return v.IsBool() && v.AsBool() == want }
}

func oneOf(allowed ...string) func(property.Value) bool {
	return func(v property.Value) bool { return v.IsString() && slices.Contains(allowed, v.AsString()) }
}

func atLeast(least float64) func(property.Value) bool {
	return func(v property.Value) bool { return v.IsNumber() && v.AsNumber() >= least }
}

func anyText(v property.Value) bool { return v.IsString() && v.AsString() != "" }
