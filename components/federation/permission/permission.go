// Package permission says which permissions of Google Cloud it takes to look
// at, and to change, each type of resource that the program declares. The
// roles of CI are built from it, so that they hold what the program needs and
// no more; a test compares the table with the program's graph. It is plain Go,
// without Pulumi.
package permission

import (
	"maps"
	"slices"
)

// Row is what one resource type takes.
type Row struct {
	Source string   // where Google lists the API's permissions
	Read   []string // to plan
	Write  []string // to create, change and delete, besides Read
	// ByPerson: what decides what CI may do is changed by a person with an
	// account of their own, never by CI. CI only reads it.
	ByPerson bool
}

// Plan are the permissions to preview changes of every type, sorted.
func Plan() []string { return collect(func(r Row) []string { return r.Read }) }

// Apply are the permissions to carry changes out, sorted. Changing who may do
// what in the project is not among them: see [Grantable].
func Apply() []string {
	return collect(func(r Row) []string {
		if r.ByPerson {
			return r.Read
		}
		return slices.Concat(r.Read, r.Write)
	})
}

// Grantable are the roles that CI may give and take in the project. A role
// that is not here takes a person: otherwise whoever can change a workflow
// could make themselves an owner.
func Grantable() []string {
	return []string{
		"roles/container.defaultNodeServiceAccount",
		"roles/gkehub.gatewayEditor",
		"roles/gkehub.gatewayReader",
		"roles/gkehub.viewer",
	}
}

// Grants are the permissions to change the project's grants. They are given
// under a condition that names [Grantable].
func Grants() []string {
	return []string{"resourcemanager.projects.get", "resourcemanager.projects.getIamPolicy", "resourcemanager.projects.setIamPolicy"}
}

func collect(of func(Row) []string) []string {
	all := map[string]bool{}
	for _, row := range Table {
		for _, permission := range of(row) {
			all[permission] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// named puts a resource's name before each of its verbs.
func named(resource string, verbs ...string) []string {
	out := make([]string, len(verbs))
	for i, verb := range verbs {
		out[i] = resource + "." + verb
	}
	return out
}
