package kubernetes

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Read returns the live object, and as inputs what became of the program's
// part of it. An import, which has no inputs, takes all that a program can set.
func (s *standIn) Read(ctx context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	if req.URN.Type() == releaseType {
		return s.readRelease(ctx, req)
	}
	gvk, err := parseKind(req.URN.Type())
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	namespace, name := parseID(req.ID)
	object := &unstructured.Unstructured{Object: map[string]any{}}
	object.SetGroupVersionKind(gvk)
	object.SetName(name)
	object.SetNamespace(namespace)
	at, err := s.place(object)
	gone := plugin.ReadResponse{Status: resource.StatusOK}
	switch {
	case meta.IsNoMatchError(err) || (err != nil && s.config.deleteUnreachable):
		return gone, nil
	case err != nil:
		return plugin.ReadResponse{}, abandon(object, err)
	}
	live, err := at.Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return gone, nil
	}
	if err != nil {
		return plugin.ReadResponse{}, explain(object, err)
	}
	var inputs *unstructured.Unstructured
	if len(req.Inputs) == 0 {
		inputs = imported(live)
	} else {
		inputs = pruned(live, normalize(toObject(req.Inputs)))
	}
	return plugin.ReadResponse{Status: resource.StatusOK, ReadResult: plugin.ReadResult{
		ID:      id(live),
		Inputs:  toProperties(inputs, req.Inputs),
		Outputs: s.remember(live, req.Inputs, req.State),
	}}, nil
}

// imported is the part of the object that a program can set.
func imported(live *unstructured.Unstructured) *unstructured.Unstructured {
	inputs := live.DeepCopy()
	for _, field := range serverOwned {
		unstructured.RemoveNestedField(inputs.Object, "metadata", field)
	}
	unstructured.RemoveNestedField(inputs.Object, "metadata", "annotations", "deployment.kubernetes.io/revision")
	unstructured.RemoveNestedField(inputs.Object, "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
	delete(inputs.Object, "status")
	return inputs
}
