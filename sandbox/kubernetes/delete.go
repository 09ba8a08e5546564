package kubernetes

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	// gonePatience is short of the official ten minutes: no controller is at
	// work that could still remove a finalizer.
	gonePatience = time.Minute
	goneInterval = 20 * time.Millisecond
)

// Delete deletes the object and returns when it is gone. An object, or a kind,
// that is gone already is deleted.
func (s *standIn) Delete(ctx context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	if req.URN.Type() == releaseType {
		return s.deleteRelease(ctx, req)
	}
	gvk, err := parseKind(req.URN.Type())
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	object := toObject(req.Outputs)
	namespace, name := parseID(req.ID)
	object.SetGroupVersionKind(gvk)
	object.SetName(name)
	object.SetNamespace(namespace)
	done := plugin.DeleteResponse{Status: resource.StatusOK}
	at, err := s.place(object)
	switch {
	case meta.IsNoMatchError(err):
		return done, nil
	case err != nil && s.config.deleteUnreachable:
		return done, nil
	case err != nil:
		return plugin.DeleteResponse{}, abandon(object, err)
	}
	if gvk.GroupKind().String() == "Service" {
		if err := s.conceal(ctx, object); err != nil {
			return plugin.DeleteResponse{}, explain(object, err)
		}
	}
	patience := gonePatience
	if req.Timeout > 0 {
		patience = time.Duration(req.Timeout * float64(time.Second))
	}
	deadline, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := at.remove(deadline, object); err != nil {
		return plugin.DeleteResponse{}, explain(object, err)
	}
	return done, nil
}

// remove deletes the object and waits until it is gone.
func (p place) remove(ctx context.Context, object *unstructured.Unstructured) error {
	// Foreground, the official default, waits for the garbage collector, which
	// does not run here. Nor does anything that makes dependents of an object:
	// gone with its dependents and gone are the same.
	policy := metav1.DeletePropagationBackground
	err := p.Delete(ctx, object.GetName(), metav1.DeleteOptions{PropagationPolicy: &policy})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if object.GroupVersionKind().GroupKind().String() == "Namespace" {
		if err := p.client.end(ctx, object.GetName()); err != nil {
			return err
		}
	}
	if err := p.gone(ctx, object.GetName()); err != nil {
		return err
	}
	switch object.GetKind() {
	case "CustomResourceDefinition":
		p.client.mapper.Reset()
	case "ResourceQuota":
	default:
		return p.client.recount(ctx, object.GetNamespace())
	}
	return nil
}

// gone waits until the object does not exist, or is another of the same name.
func (p place) gone(ctx context.Context, name string) error {
	var first *unstructured.Unstructured
	for {
		live, err := p.Get(ctx, name, metav1.GetOptions{})
		switch {
		case apierrors.IsNotFound(err):
			return nil
		case err != nil && (first == nil || ctx.Err() == nil):
			return err
		case err == nil && (live.GetDeletionTimestamp() == nil || (first != nil && first.GetUID() != live.GetUID())):
			return nil
		case err == nil:
			first = live
		}
		if err := pause(ctx, goneInterval); err != nil {
			return fmt.Errorf("it does not go: finalizers %s hold it: %w", strings.Join(first.GetFinalizers(), ", "), err)
		}
	}
}
