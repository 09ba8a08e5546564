package tenanttest

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

// Covered holds a proof of isolation to its word: each exported method of the
// types that takes a tenant, or a struct that names one, is tried under its name
// "Type.Method" or exempt with a reason, and nothing else is named.
func Covered[Try any](t testing.TB, tries map[string]Try, exempt map[string]string, of ...reflect.Type) {
	t.Helper()
	methods := operations(of)
	if len(methods) == 0 {
		t.Errorf("of %v no method takes a tenant, so nothing is proven", of)
	}
	for _, m := range methods {
		_, tried := tries[m]
		reason, left := exempt[m]
		if tried == left || left && reason == "" {
			t.Errorf("%s takes a tenant: try it as another tenant, or exempt it with a reason, and not both", m)
		}
	}
	for _, named := range slices.AppendSeq(slices.Collect(maps.Keys(tries)), maps.Keys(exempt)) {
		if !slices.Contains(methods, named) {
			t.Errorf("%s is named, and no such method takes a tenant", named)
		}
	}
}

func operations(of []reflect.Type) (found []string) {
	for _, owner := range of {
		name := owner.Name()
		if owner.Kind() == reflect.Pointer {
			name = owner.Elem().Name()
		}
		name, _, _ = strings.Cut(name, "[") // the arguments of a generic type
		for m := range owner.Methods() {
			if slices.ContainsFunc(slices.Collect(m.Type.Ins()), namesTenant) {
				found = append(found, name+"."+m.Name)
			}
		}
	}
	return found
}

// namesTenant tells whether an argument is a tenant, or has one as its field.
// The receiver is among the arguments, and is no struct but a pointer to one.
func namesTenant(in reflect.Type) bool {
	id := reflect.TypeFor[tenant.ID]()
	if in == id {
		return true
	}
	if in.Kind() != reflect.Struct {
		return false
	}
	for f := range in.Fields() {
		if f.Type == id {
			return true
		}
	}
	return false
}
