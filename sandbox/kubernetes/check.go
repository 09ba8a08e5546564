package kubernetes

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Check completes the inputs as the official provider does: kind, name,
// namespace, and the forms of values that the server would write.
func (s *standIn) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	if req.URN.Type() == releaseType {
		return s.checkRelease(req)
	}
	gvk, err := parseKind(req.URN.Type())
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	object := normalize(toObject(req.News))
	if err := identify(object, gvk.GroupVersion().String(), gvk.Kind); err != nil {
		return plugin.CheckResponse{}, fmt.Errorf("%s: %w", req.URN.Name(), err)
	}
	if err := nameObject(object, req); err != nil {
		return plugin.CheckResponse{}, fmt.Errorf("%s: %w", req.URN.Name(), err)
	}
	if namespace := s.config.defaultNamespace(); namespace != "" && !has(object, "namespace") && s.namespaced(gvk) {
		setMetadata(object, "namespace", namespace)
	}
	return plugin.CheckResponse{Properties: toProperties(object, req.News)}, nil
}

// identify writes what the type token says, and refuses what contradicts it.
func identify(object *unstructured.Unstructured, version, kind string) error {
	for field, want := range map[string]string{"apiVersion": version, "kind": kind} {
		if said, ok := object.Object[field]; ok && said != want {
			return fmt.Errorf("%s %v contradicts the resource's type, which says %s", field, said, want)
		}
		object.Object[field] = want
	}
	return nil
}

// autonamed marks a name that the provider chose.
const autonamed = "pulumi.com/autonamed"

// nameObject chooses a name for an object that has none: the resource's, a
// hyphen and eight hexadecimal digits, or what the engine proposes. An object
// that was named so before keeps its name.
// (pulumi-kubernetes, provider/pkg/metadata/naming.go)
func nameObject(object *unstructured.Unstructured, req plugin.CheckRequest) error {
	if has(object, "name") {
		return nil
	}
	if has(object, "generateName") {
		return errors.New("metadata.generateName is not supported in Server-Side Apply mode: set metadata.name, or neither")
	}
	old := toObject(req.Olds)
	if len(req.Olds) > 0 {
		if old.GetAnnotations()[autonamed] == "true" {
			setMetadata(object, "name", old.GetName())
			markAutonamed(object)
			return nil
		}
	}
	name, err := resource.NewUniqueName(req.RandomSeed, req.URN.Name()+"-", 0, 0, nil)
	if err != nil {
		return fmt.Errorf("choose a name: %w", err)
	}
	if auto := req.Autonaming; auto != nil {
		if auto.Mode == plugin.AutonamingModeDisabled {
			return errors.New("autonaming is disabled: set metadata.name")
		}
		name = auto.ProposedName
	}
	setMetadata(object, "name", name)
	markAutonamed(object)
	return nil
}

// has says whether the field of metadata is set, even to what is not known yet.
func has(object *unstructured.Unstructured, field string) bool {
	switch metadata := object.Object["metadata"].(type) {
	case map[string]any:
		value, ok := metadata[field]
		return ok && value != nil && value != ""
	case resource.Computed:
		return true
	}
	return false
}

// setMetadata sets a field of metadata, unless metadata is not known yet.
func setMetadata(object *unstructured.Unstructured, field string, value any) {
	switch metadata := object.Object["metadata"].(type) {
	case map[string]any:
		metadata[field] = value
	case nil:
		object.Object["metadata"] = map[string]any{field: value}
	}
}

func markAutonamed(object *unstructured.Unstructured) {
	metadata, ok := object.Object["metadata"].(map[string]any)
	if !ok {
		return
	}
	switch annotations := metadata["annotations"].(type) {
	case map[string]any:
		annotations[autonamed] = "true"
	case nil:
		metadata["annotations"] = map[string]any{autonamed: "true"}
	}
}
