package kubernetes

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// Update applies the object anew. What the program no longer sets, and nobody
// else does, goes.
func (s *standIn) Update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	if req.URN.Type() == releaseType {
		return s.updateRelease(ctx, req)
	}
	if _, err := parseKind(req.URN.Type()); err != nil {
		return plugin.UpdateResponse{}, err
	}
	object := normalize(toObject(req.NewInputs))
	c := change{object: object, manager: manager(object, req.OldOutputs), preview: req.Preview}
	// An object that vanished must not come back unnoticed: a refresh says so.
	prepare := func(at place) error {
		live, err := at.Get(ctx, object.GetName(), metav1.GetOptions{})
		if err != nil {
			return err
		}
		return leave(object, live, c.manager, req.IgnoreChanges)
	}
	if req.Preview {
		live, err := s.previewUpdate(ctx, object, c, prepare)
		if live == nil || err != nil {
			return plugin.UpdateResponse{Properties: req.NewInputs, Status: resource.StatusOK}, err
		}
		return plugin.UpdateResponse{Properties: s.remember(live, req.NewInputs, req.OldOutputs), Status: resource.StatusOK}, nil
	}
	live, err := s.applyNow(ctx, c, prepare)
	if live == nil {
		return plugin.UpdateResponse{}, explain(object, err)
	}
	outputs := s.remember(live, req.NewInputs, req.OldOutputs)
	if err != nil {
		return plugin.UpdateResponse{}, partial(id(live), explain(object, err), outputs, req.NewInputs)
	}
	return plugin.UpdateResponse{Properties: outputs, Status: resource.StatusOK}, nil
}

func (s *standIn) previewUpdate(ctx context.Context, object *unstructured.Unstructured, c change, prepare func(place) error) (*unstructured.Unstructured, error) {
	if unknown(object.Object) {
		return nil, nil
	}
	at, err := s.place(object)
	if err != nil {
		return nil, nil
	}
	if err := prepare(at); err != nil {
		return nil, explain(object, err)
	}
	return s.preview(ctx, object, c)
}

// leave keeps the update off the fields that the program ignores: a field that
// another manager owns is left out, any other keeps its live value. To leave a
// field out that only the program owns would remove it.
func leave(object, live *unstructured.Unstructured, manager string, ignored []string) error {
	if len(ignored) == 0 {
		return nil
	}
	mine, theirs := fieldpath.NewSet(), fieldpath.NewSet()
	for _, entry := range live.GetManagedFields() {
		var fields fieldpath.Set
		if entry.FieldsV1 == nil {
			continue
		}
		if err := fields.FromJSON(entry.FieldsV1.GetRawReader()); err != nil {
			return fmt.Errorf("managed fields: %w", err)
		}
		if entry.Manager == manager {
			mine = mine.Union(&fields)
		} else {
			theirs = theirs.Union(&fields)
		}
	}
	for _, text := range ignored {
		path, err := resource.ParsePropertyPath(text)
		if err != nil {
			return fmt.Errorf("ignored change %q: %w", text, err)
		}
		names, parts := make([]string, 0, len(path)), make([]any, 0, len(path))
		for _, part := range path {
			name, ok := part.(string)
			if !ok {
				return fmt.Errorf("ignored change %q: the sandbox follows names only, not places in a list", text)
			}
			names, parts = append(names, name), append(parts, name)
		}
		where, err := fieldpath.MakePath(parts...)
		if err != nil {
			return fmt.Errorf("ignored change %q: %w", text, err)
		}
		if owns(theirs, where) && !owns(mine, where) {
			unstructured.RemoveNestedField(object.Object, names...)
			continue
		}
		value, ok, err := unstructured.NestedFieldCopy(live.Object, names...)
		if err != nil {
			return fmt.Errorf("ignored change %q: %w", text, err)
		}
		if ok {
			if err := unstructured.SetNestedField(object.Object, value, names...); err != nil {
				return fmt.Errorf("ignored change %q: %w", text, err)
			}
		}
	}
	return nil
}

// owns says whether the set has the field or anything beneath it.
func owns(fields *fieldpath.Set, field fieldpath.Path) bool {
	if fields.Has(field) {
		return true
	}
	beneath := fields
	for _, part := range field {
		beneath = beneath.WithPrefix(part)
	}
	return !beneath.Empty()
}
