package gcp

import (
	"maps"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// inputsToAskFor are the inputs for which a program would get a resource that
// it did not make: all of its properties but those that the cloud adds by
// itself, which Terraform calls optional and computed, and a program leaves
// out. The list of filled-in properties is empty, as the official provider
// writes it on an import: the name counts as given, so a program that leaves it
// out plans a new one, and with it a replacement.
func inputsToAskFor(tx *cloud.Tx, t *catalog.Type, r *rule, record *cloud.Record) resource.PropertyMap {
	inputs := inputsNow(t, nil, record.Properties)
	for key := range inputs {
		if property := t.Inputs[string(key)]; property.Required || r.identifies(string(key)) {
			continue
		}
		without := maps.Clone(inputs)
		delete(without, key)
		if added := added(tx, r, record, without)[key]; added.DeepEquals(inputs[key]) {
			delete(inputs, key)
		}
	}
	// Where nothing was ever said, the API answers with its defaults.
	fill(t.Inputs, r.defaults, "", inputs, nil)
	inputs[defaultsKey] = resource.NewProperty([]resource.PropertyValue{})
	return inputs
}

// identifies tells whether a property is a part of the id, which an import
// always knows.
func (r *rule) identifies(property string) bool {
	return property == "project" || property == r.place || r.name != nil && property == r.name.property
}

// added is what a resource looks like to the cloud that is asked for some
// inputs only.
func added(tx *cloud.Tx, r *rule, record *cloud.Record, inputs resource.PropertyMap) resource.PropertyMap {
	if r.outputs == nil {
		return nil
	}
	o := &op{
		tx: tx, token: record.Type, rule: r, rules: rules, urn: record.URN, now: record.Created,
		project: cloud.Project{ID: record.Project}, in: plainMap(inputs), out: maps.Clone(inputs), id: record.ID,
	}
	if err := r.outputs(o); err != nil {
		return nil // what the rule cannot say is kept as an input
	}
	return o.out
}

// sameAsStands puts into old inputs what the program newly asks for and the
// cloud has already: the provider compares with the resource, not with what was
// asked for last.
func sameAsStands(old, outputs, now resource.PropertyMap) resource.PropertyMap {
	completed := maps.Clone(old)
	for key, wanted := range now {
		if _, asked := old[key]; asked || strings.HasPrefix(string(key), "__") {
			continue
		}
		if stands, ok := outputs[key]; ok && plain(stands).DeepEquals(wanted) {
			completed[key] = wanted
		}
	}
	return completed
}
