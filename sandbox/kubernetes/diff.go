package kubernetes

import (
	"context"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/avila-devops/saas/sandbox/provider"
)

// Diff compares the program's inputs with what was last seen in the cluster, as
// far as the program had a say in it. So a field that somebody else changed is
// set back, once a refresh has seen it.
func (s *standIn) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	if req.URN.Type() == releaseType {
		return s.diffRelease(req)
	}
	gvk, err := parseKind(req.URN.Type())
	if err != nil {
		return plugin.DiffResponse{}, err
	}
	inputs, live := normalize(toObject(req.NewInputs)), toObject(req.OldOutputs)
	before := pruned(live, normalize(toObject(req.OldInputs)))
	if s.namespaced(gvk) {
		for _, object := range []*unstructured.Unstructured{before, inputs} {
			if !has(object, "namespace") {
				setMetadata(object, "namespace", "default")
			}
		}
	}
	if has(inputs, "name") {
		setMetadata(before, "name", live.GetName())
	}
	old, now := toProperties(before, nil), toProperties(inputs, nil)
	fields := s.config.replacing(inputs)
	diff := provider.Diff(old, now, func(path resource.PropertyPath) bool {
		return slices.ContainsFunc(fields, func(field string) bool { return matches(path, field, old, now) })
	})
	if diff, err = ignore(diff, req.IgnoreChanges); err != nil {
		return plugin.DiffResponse{}, err
	}
	for path, change := range diff.DetailedDiff {
		// The old values are the cluster's, except where the program's went.
		change.InputDiff = change.Kind == plugin.DiffDelete || change.Kind == plugin.DiffDeleteReplace
		diff.DetailedDiff[path] = change
	}
	// An object whose name is given cannot stand beside its successor.
	diff.DeleteBeforeReplace = len(diff.ReplaceKeys) > 0 && inputs.GetName() == live.GetName() &&
		inputs.GetNamespace() == before.GetNamespace() && inputs.GetAnnotations()[autonamed] != "true"
	return diff, nil
}

// ignore takes out of the diff what the program told the engine to ignore: the
// engine compared inputs, and the cluster's value may differ from both.
func ignore(diff plugin.DiffResult, paths []string) (plugin.DiffResult, error) {
	if len(paths) == 0 || len(diff.DetailedDiff) == 0 {
		return diff, nil
	}
	var ignored []resource.PropertyPath
	for _, text := range paths {
		path, err := resource.ParsePropertyPath(text)
		if err != nil {
			return diff, err
		}
		ignored = append(ignored, path)
	}
	remaining := plugin.DiffResult{DetailedDiff: map[string]plugin.PropertyDiff{}, Changes: plugin.DiffNone}
	for text, change := range diff.DetailedDiff {
		path, err := resource.ParsePropertyPath(text)
		if err != nil {
			return diff, err
		}
		if slices.ContainsFunc(ignored, func(i resource.PropertyPath) bool { return i.Contains(path) }) {
			continue
		}
		remaining.Changes = plugin.DiffSome
		remaining.DetailedDiff[text] = change
		root := resource.PropertyKey(path[0].(string))
		remaining.ChangedKeys = add(remaining.ChangedKeys, root)
		switch change.Kind {
		case plugin.DiffAddReplace, plugin.DiffDeleteReplace, plugin.DiffUpdateReplace:
			remaining.ReplaceKeys = add(remaining.ReplaceKeys, root)
		}
	}
	return remaining, nil
}

func add(keys []resource.PropertyKey, key resource.PropertyKey) []resource.PropertyKey {
	if slices.Contains(keys, key) {
		return keys
	}
	return append(keys, key)
}
