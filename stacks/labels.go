package stacks

import (
	"reflect"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/stacks/spec"
)

// labelFields are the names under which the Google provider takes labels. The
// first that a type has is the one: a notification channel's Labels are its
// address, and a cluster's are its nodes'.
var labelFields = []string{"UserLabels", "ResourceLabels", "Labels"}

// labelled is the option of the root by which everything below it that can
// carry labels of Google Cloud says whose it is. It stands here, once, so that
// no component can forget it. What a component sets itself stays.
func labelled(env *spec.Environment) pulumi.ResourceOption {
	return pulumi.Transformations([]pulumi.ResourceTransformation{
		func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			if !strings.HasPrefix(args.Type, "gcp:") {
				return nil
			}
			// A child is named for its component: cluster-southamerica-east1-gke.
			component, _, _ := strings.Cut(args.Name, "-")
			props, changed := withLabels(args.Props, env.Labels(component))
			if !changed {
				return nil
			}
			return &pulumi.ResourceTransformationResult{Props: props, Opts: args.Opts}
		},
	})
}

// withLabels adds labels to a copy of a resource's arguments, where their type
// has a place for them.
func withLabels(props pulumi.Input, labels map[string]string) (pulumi.Input, bool) {
	given := reflect.ValueOf(props)
	if given.Kind() != reflect.Pointer || given.IsNil() || given.Elem().Kind() != reflect.Struct {
		return props, false
	}
	fresh := reflect.New(given.Elem().Type())
	fresh.Elem().Set(given.Elem())
	if !setLabels(fresh.Elem(), labels) && !setNestedLabels(fresh.Elem(), labels) {
		return props, false
	}
	return fresh.Interface().(pulumi.Input), true
}

// setNestedLabels is for a Cloud SQL instance, whose labels are among its
// settings.
func setNestedLabels(args reflect.Value, labels map[string]string) bool {
	settings := args.FieldByName("Settings")
	if !settings.IsValid() || settings.Kind() != reflect.Interface || settings.IsNil() {
		return false
	}
	inner := settings.Elem()
	pointer := inner.Kind() == reflect.Pointer && !inner.IsNil()
	if pointer {
		inner = inner.Elem()
	}
	if inner.Kind() != reflect.Struct {
		return false
	}
	fresh := reflect.New(inner.Type())
	fresh.Elem().Set(inner)
	if !setLabels(fresh.Elem(), labels) {
		return false
	}
	if pointer {
		settings.Set(fresh)
	} else {
		settings.Set(fresh.Elem())
	}
	return true
}

var stringMap = reflect.TypeFor[pulumi.StringMapInput]()

func setLabels(args reflect.Value, labels map[string]string) bool {
	for _, name := range labelFields {
		field := args.FieldByName(name)
		if !field.IsValid() || field.Type() != stringMap {
			continue
		}
		all := pulumi.StringMap{}
		for key, value := range labels {
			all[key] = pulumi.String(value)
		}
		switch own := field.Interface().(type) {
		case nil:
		case pulumi.StringMap:
			for key, value := range own {
				all[key] = value
			}
		default:
			return false // labels that are not known yet are the component's own
		}
		field.Set(reflect.ValueOf(all))
		return true
	}
	return false
}
