package gcp

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// op is one change of one resource, inside a transaction.
type op struct {
	tx      *cloud.Tx
	store   *cloud.Store
	token   string
	rule    *rule
	rules   map[string]*rule // of every type
	urn     resource.URN
	project cloud.Project
	home    string // project of the provider, for types that name none
	now     time.Time

	// in is what the program asks for, without marks of secrets.
	in resource.PropertyMap
	// out is what the cloud will say, secrets marked. It starts as the inputs.
	out resource.PropertyMap
	id  string
	// old is the record that is changed or removed; nil when creating.
	old *cloud.Record
}

// set gives an output a value, unless it has one.
func (o *op) set(name string, value any) {
	key := resource.PropertyKey(name)
	if had, ok := o.out[key]; ok && !had.IsNull() {
		return
	}
	o.replace(name, value)
}

// replace gives an output a value, whatever it was.
func (o *op) replace(name string, value any) {
	v := resource.NewPropertyValue(value)
	o.out[resource.PropertyKey(name)] = v
}

// text is an input's string.
func (o *op) text(path string) string { return text(o.in, path) }

// expand fills {name} in a pattern from inputs, {project} and {number} from
// the project.
func (o *op) expand(pattern string) string {
	var out []byte
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '{' {
			out = append(out, pattern[i])
			continue
		}
		end := i
		for pattern[end] != '}' {
			end++
		}
		switch name := pattern[i+1 : end]; name {
		case "project":
			out = append(out, o.project.ID...)
		case "number":
			out = append(out, o.project.Number...)
		default:
			value := text(o.in, name)
			if value == "" {
				value = text(o.out, name)
			}
			out = append(out, value...)
		}
		i = end
	}
	return string(out)
}

// format is an id made by a pattern.
func format(pattern string) func(*op) (string, error) {
	return func(o *op) (string, error) { return o.expand(pattern), nil }
}

// stamp is the time in the form of Google's APIs.
func (o *op) stamp() string { return o.now.UTC().Format(time.RFC3339Nano) }

// nest gives a property of an object output a value.
func (o *op) nest(name, inner string, value any) {
	object := resource.PropertyMap{}
	if v := plain(o.out[resource.PropertyKey(name)]); v.IsObject() {
		object = v.ObjectValue().Copy()
	}
	object[resource.PropertyKey(inner)] = resource.NewPropertyValue(value)
	o.replace(name, object)
}

// labels are the outputs by which the provider tells labels apart.
func (o *op) labels() {
	labels := at(o.in, "labels")
	if !labels.IsObject() {
		labels = resource.NewProperty(resource.PropertyMap{})
	}
	o.replace("effectiveLabels", labels)
	o.replace("pulumiLabels", labels)
}

// live lists the records of a type that a stack owns.
func (o *op) live(token string) ([]*cloud.Record, error) {
	all, err := o.tx.List(token)
	if err != nil {
		return nil, err
	}
	var owned []*cloud.Record
	for _, record := range all {
		if !record.Abandoned {
			owned = append(owned, record)
		}
	}
	return owned, nil
}

// describe names a resource in messages.
func describe(r *cloud.Record) string { return fmt.Sprintf("'%s'", r.ID) }
