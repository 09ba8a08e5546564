package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

// place is where an object lives: the collection that holds it.
type place struct {
	client  *client
	mapping *meta.RESTMapping
	dynamic.ResourceInterface
}

// place finds where the object lives, and corrects its namespace: a kind that
// the server did not serve yet when the inputs were checked counted as
// namespaced.
func (s *standIn) place(object *unstructured.Unstructured) (place, error) {
	c, err := s.connect()
	if err != nil {
		return place{}, err
	}
	mapping, err := c.kind(object.GroupVersionKind())
	if err != nil {
		return place{}, err
	}
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		unstructured.RemoveNestedField(object.Object, "metadata", "namespace")
	} else if object.GetNamespace() == "" {
		object.SetNamespace("default")
	}
	return place{c, mapping, c.at(mapping, object.GetNamespace())}, nil
}

// The official provider tries again, or its rollout waits, while what an object
// needs may still be on its way: its namespace, the definition of its kind, or
// room in a quota.
var misorderPatience = 5 * time.Second

const misorderInterval = 100 * time.Millisecond

// tolerating repeats do while it fails for want of something that the same
// update may be making.
func tolerating(ctx context.Context, do func() error) error {
	deadline, cancel := context.WithTimeout(ctx, misorderPatience)
	defer cancel()
	for {
		err := do()
		early := meta.IsNoMatchError(err) || apierrors.IsNotFound(err) || errors.Is(err, errExceeded)
		if !early {
			return err
		}
		if pause(deadline, misorderInterval) != nil {
			return err
		}
	}
}

// pause waits between two looks at something that cannot be waited for.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// explain says what an object is, in an error about it.
func explain(object *unstructured.Unstructured, err error) error {
	gvk := object.GroupVersionKind()
	if meta.IsNoMatchError(err) {
		err = fmt.Errorf("the cluster does not serve %s of %s: create its CustomResourceDefinition first: %w", gvk.Kind, gvk.GroupVersion(), err)
	}
	return fmt.Errorf("%s %s: %w", gvk.Kind, id(object), err)
}

// abandon tells how to let go of an object whose cluster is no more.
func abandon(object *unstructured.Unstructured, err error) error {
	return fmt.Errorf("%w; if the cluster was deleted, PULUMI_K8S_DELETE_UNREACHABLE=true forgets what was in it", explain(object, err))
}
