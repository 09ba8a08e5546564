package tenancytest

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Attempt is how one method of a store is proven: tenant a writes something,
// and tenant b calls the method with a's key.
type Attempt[S any] struct {
	// Write makes something as a tenant, and returns its key. It is called for
	// each tenant that takes part.
	Write func(ctx context.Context, store S, as tenancy.ID) (key string, err error)
	// Try calls the method as a tenant with a key. It returns whether the
	// method reached what the key is of.
	Try func(ctx context.Context, store S, as tenancy.ID, key string) (reached bool, err error)
	// See returns all that a tenant has under a key, to be compared. It must
	// not be the method under proof where that one changes anything.
	See func(ctx context.Context, store S, as tenancy.ID, key string) (any, error)
}

// Isolation proves a store: each exported method that is not exempt has an
// attempt, and no attempt as tenant b reaches or changes what is a's. So that
// an attempt that reaches nothing for any reason proves nothing, the same
// attempt as a must reach it. Exempt methods each have a reason.
func Isolation[S any](t *testing.T, w *World, store S, attempts map[string]Attempt[S], exempt map[string]string) {
	t.Helper()
	for _, problem := range Uncovered(reflect.TypeOf(store), attempts, exempt) {
		t.Error(problem)
	}
	for method, attempt := range attempts {
		t.Run(method, func(t *testing.T) {
			for _, problem := range prove(t, w.Tenant(t), w.Tenant(t), store, attempt) {
				t.Errorf("%s: %s", method, problem)
			}
		})
	}
}

// Uncovered names the methods without an attempt, and the attempts without a
// method.
func Uncovered[S any](store reflect.Type, attempts map[string]Attempt[S], exempt map[string]string) (problems []string) {
	var methods []string
	for m := range store.Methods() {
		methods = append(methods, m.Name)
		_, tried := attempts[m.Name]
		reason, left := exempt[m.Name]
		switch {
		case !tried && !left:
			problems = append(problems, store.String()+"."+m.Name+" has no attempt as another tenant; add one")
		case tried && left:
			problems = append(problems, store.String()+"."+m.Name+" is both attempted and exempt")
		case left && reason == "":
			problems = append(problems, store.String()+"."+m.Name+" is exempt without a reason")
		}
	}
	for _, named := range append(keys(attempts), keys(exempt)...) {
		if !slices.Contains(methods, named) {
			problems = append(problems, store.String()+" has no method "+named)
		}
	}
	if len(methods) == 0 {
		problems = append(problems, store.String()+" has no exported method, so nothing was proven")
	}
	return problems
}

func keys[V any](m map[string]V) (all []string) {
	for k := range m {
		all = append(all, k)
	}
	return all
}

// prove runs one attempt as another tenant, and then as the owner.
func prove[S any](t *testing.T, a, b tenancy.ID, store S, attempt Attempt[S]) (problems []string) {
	t.Helper()
	ctx := t.Context()
	key, err := attempt.Write(ctx, store, a)
	if err != nil {
		t.Fatalf("write as %s: %v", a, err)
	}
	before, err := attempt.See(ctx, store, a, key)
	if err != nil {
		t.Fatalf("see as %s: %v", a, err)
	}
	if reached, err := attempt.Try(ctx, store, b, key); reached {
		problems = append(problems, "another tenant reached it")
	} else if err != nil && ctx.Err() != nil {
		t.Fatal(err)
	}
	after, err := attempt.See(ctx, store, a, key)
	if err != nil {
		problems = append(problems, "after another tenant's attempt its owner no longer sees it: "+err.Error())
	} else if !reflect.DeepEqual(before, after) {
		problems = append(problems, "another tenant changed it")
	}
	if reached, err := attempt.Try(ctx, store, a, key); !reached {
		problems = append(problems, "its own tenant does not reach it either, so the attempt proves nothing")
		if err != nil {
			problems = append(problems, err.Error())
		}
	}
	return problems
}
