package gcp

import (
	"errors"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// reference is an input that names another resource, which must exist.
type reference struct {
	path string
	to   string // the type's token
	// holds: while the reference stands, the other cannot be deleted.
	holds bool
	// pattern forms the id from a short name, when the name alone does not tell
	// where the other lies: projects/{project}/locations/{location}/clusters/{}.
	pattern string
	// part, when set, must stand in a value for the reference to count: an input
	// that may name several types has a reference for each.
	part string
}

// id is the id that a value refers to, or the value itself when it is a name
// that has to be looked up.
func (r reference) id(o *op, value string) string {
	if r.pattern != "" && !strings.Contains(trimHost(value), "/") {
		return strings.ReplaceAll(o.expand(strings.ReplaceAll(r.pattern, "{}", "\x00")), "\x00", value)
	}
	return trimHost(value)
}

// names tells whether a value of this reference, in the given project, means a
// record.
func (r reference) names(o *op, value string, record *cloud.Record) bool {
	if !strings.Contains(value, r.part) {
		return false
	}
	id := r.id(o, value)
	if strings.Contains(id, "/") {
		return id == record.ID
	}
	// A name by itself, which a Cloud SQL instance has for an id too, means
	// something of the same project.
	return record.Project == o.project.ID && record.Name() == id
}

// resolve finds what a reference names, or nil.
func (o *op) resolve(r reference, value string) (*cloud.Record, error) {
	records, err := o.live(r.to)
	if err != nil {
		return nil, err
	}
	for _, record := range records {
		if r.names(o, value, record) {
			return record, nil
		}
	}
	return nil, nil //nolint:nilnil // not found is an answer
}

// named finds the record of a type by an id, self link or short name.
func (o *op) named(token, value string) (*cloud.Record, error) {
	return o.resolve(reference{to: token}, value)
}

// checkReferences refuses inputs that name what does not exist, all at once.
func (o *op) checkReferences() error {
	var errs []error
	for _, ref := range o.rule.refs {
		for _, value := range texts(o.in, ref.path) {
			if !strings.Contains(value, ref.part) {
				continue
			}
			found, err := o.resolve(ref, value)
			if err != nil {
				return err
			}
			if found == nil {
				errs = append(errs, notFound("create the "+kind(ref.to)+" first, or correct "+ref.path,
					"The resource '%s' was not found", ref.id(o, value)))
			}
		}
	}
	return errors.Join(errs...)
}

// user is a record that refers to another.
type user struct {
	record *cloud.Record
	ref    reference
}

// users lists who refers to a record, except the record itself.
func (o *op) users(target *cloud.Record) ([]user, error) {
	all, err := o.tx.All()
	if err != nil {
		return nil, err
	}
	var found []user
	for _, record := range all {
		rule, known := o.rules[record.Type]
		if !known || record.ID == target.ID && record.Type == target.Type {
			continue
		}
		for _, ref := range rule.refs {
			if ref.to != target.Type {
				continue
			}
			// The reference is read in its holder's project and place.
			holder := &op{tx: o.tx, rule: rule, in: record.Properties, out: resource.PropertyMap{}, project: cloud.Project{ID: record.Project}}
			for _, value := range texts(record.Properties, ref.path) {
				if ref.names(holder, value, target) {
					found = append(found, user{record, ref})
				}
			}
		}
	}
	return found, nil
}

// kind is a type's name in plain words: compute Network.
func kind(token string) string {
	module, rest, _ := strings.Cut(strings.TrimPrefix(token, "gcp:"), "/")
	_, name, _ := strings.Cut(rest, ":")
	return module + " " + name
}
