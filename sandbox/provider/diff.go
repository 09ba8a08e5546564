package provider

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Diff compares a resource's recorded inputs with the program's. A changed
// path for which replaces answers true replaces the resource; nil replaces
// nothing. The engine has already put the old value back wherever the program
// ignores a change.
func Diff(old, now resource.PropertyMap, replaces func(resource.PropertyPath) bool) plugin.DiffResult {
	object := old.Diff(now)
	if object == nil {
		return plugin.DiffResult{Changes: plugin.DiffNone}
	}
	result := plugin.DiffResult{
		Changes:      plugin.DiffSome,
		DetailedDiff: plugin.NewDetailedDiffFromObjectDiff(object, true),
	}
	for text, change := range result.DetailedDiff {
		path, err := resource.ParsePropertyPath(text)
		if err != nil || len(path) == 0 {
			continue
		}
		root := resource.PropertyKey(path[0].(string))
		if !slices.Contains(result.ChangedKeys, root) {
			result.ChangedKeys = append(result.ChangedKeys, root)
		}
		if replaces == nil || !replaces(path) {
			continue
		}
		change.Kind = change.Kind.AsReplace()
		result.DetailedDiff[text] = change
		if !slices.Contains(result.ReplaceKeys, root) {
			result.ReplaceKeys = append(result.ReplaceKeys, root)
		}
	}
	slices.Sort(result.ChangedKeys)
	slices.Sort(result.ReplaceKeys)
	return result
}
