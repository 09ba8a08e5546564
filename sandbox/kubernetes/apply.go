package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/rand"
)

// patchForce is the annotation by which a program takes fields from whoever
// else manages them.
const patchForce = "pulumi.com/patchForce"

// change is one application of an object.
type change struct {
	object  *unstructured.Unstructured
	manager string
	preview bool // the server decides, and keeps nothing
	force   bool
}

// apply lets the server merge the object into what it has. Every field must be
// one that the server knows.
func (c change) apply(ctx context.Context, at place) (*unstructured.Unstructured, error) {
	text, err := json.Marshal(c.object.Object)
	if err != nil {
		return nil, err
	}
	force := c.force || c.object.GetAnnotations()[patchForce] == "true"
	options := metav1.PatchOptions{FieldManager: c.manager, Force: &force, FieldValidation: metav1.FieldValidationStrict}
	if c.preview {
		options.DryRun = []string{metav1.DryRunAll}
	}
	live, err := at.Patch(ctx, c.object.GetName(), types.ApplyPatchType, text, options)
	if apierrors.IsConflict(err) {
		return nil, fmt.Errorf("another manager owns a field: set the same value, or annotate the object with %s: %w", patchForce, err)
	}
	return live, err
}

// previewBeside judges the successor of an object that the engine is about to
// delete. The server sees only a forbidden change, so it gets another name.
func (c change) previewBeside(ctx context.Context, at place) (*unstructured.Unstructured, error) {
	name := c.object.GetName()
	beside := c
	beside.object = c.object.DeepCopy()
	beside.object.SetName(strings.TrimRight(name[:min(len(name), 40)], "-.") + "-" + rand.String(5))
	live, err := beside.apply(ctx, at)
	if err == nil {
		live.SetName(name)
	}
	return live, err
}

// immutableChange says whether the server refused to change what cannot change.
func immutableChange(err error) bool {
	return apierrors.IsInvalid(err) && strings.Contains(err.Error(), validation.FieldImmutableErrorMsg)
}

// namespaceMissing says whether the object's namespace does not exist.
func namespaceMissing(err error) bool {
	var status apierrors.APIStatus
	if !apierrors.IsNotFound(err) || !errors.As(err, &status) {
		return false
	}
	details := status.Status().Details
	return details != nil && details.Kind == "namespaces"
}
