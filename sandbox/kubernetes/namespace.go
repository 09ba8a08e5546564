package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var namespaces = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}

// lookers is how many collections are looked at at once.
const lookers = 8

// end does what the namespace controller does to a namespace that was deleted:
// it deletes all that is inside, waits until that is gone, and lets go of the
// namespace.
func (c *client) end(ctx context.Context, name string) error {
	collections, err := c.contents()
	if err != nil {
		return err
	}
	for {
		left, err := c.clear(ctx, name, collections)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			break
		}
		collections = left
		if err := pause(ctx, goneInterval); err != nil {
			var names []string
			for _, collection := range left {
				names = append(names, collection.GroupResource().String())
			}
			return fmt.Errorf("%s in it do not go: %w", strings.Join(names, ", "), err)
		}
	}
	live, err := c.dynamic.Resource(namespaces).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	unstructured.RemoveNestedField(live.Object, "spec", "finalizers")
	_, err = c.dynamic.Resource(namespaces).Update(ctx, live, metav1.UpdateOptions{}, "finalize")
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// contents are the collections that a namespace can hold.
func (c *client) contents() ([]schema.GroupVersionResource, error) {
	lists, err := c.discovery.ServerPreferredResources()
	if err != nil {
		return nil, err
	}
	var collections []schema.GroupVersionResource
	for _, list := range lists {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			return nil, err
		}
		for _, kind := range list.APIResources {
			if kind.Namespaced && slices.Contains(kind.Verbs, "list") && slices.Contains(kind.Verbs, "deletecollection") {
				collections = append(collections, version.WithResource(kind.Name))
			}
		}
	}
	return collections, nil
}

// clear deletes what the collections hold, and returns those that held
// something: they are to be looked at again.
func (c *client) clear(ctx context.Context, namespace string, collections []schema.GroupVersionResource) ([]schema.GroupVersionResource, error) {
	var (
		mutex  sync.Mutex
		wait   sync.WaitGroup
		left   []schema.GroupVersionResource
		errs   []error
		places = make(chan struct{}, lookers)
	)
	for _, collection := range collections {
		places <- struct{}{}
		wait.Go(func() {
			defer func() { <-places }()
			in := c.dynamic.Resource(collection).Namespace(namespace)
			found, err := in.List(ctx, metav1.ListOptions{Limit: 1})
			if err == nil && len(found.Items) > 0 {
				policy := metav1.DeletePropagationBackground
				err = in.DeleteCollection(ctx, metav1.DeleteOptions{PropagationPolicy: &policy}, metav1.ListOptions{})
			}
			mutex.Lock()
			defer mutex.Unlock()
			switch {
			case apierrors.IsNotFound(err):
			case err != nil:
				errs = append(errs, fmt.Errorf("%s: %w", collection.GroupResource(), err))
			case len(found.Items) > 0:
				left = append(left, collection)
			}
		})
	}
	wait.Wait()
	return left, errors.Join(errs...)
}
