package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// What Helm writes on the objects of a release.
const (
	releaseNameKey      = "meta.helm.sh/release-name"
	releaseNamespaceKey = "meta.helm.sh/release-namespace"
	managedByKey        = "app.kubernetes.io/managed-by"
	policyKey           = "helm.sh/resource-policy"
)

// free says whether a release may take its name. It returns the last revision
// of what this resource made in a run that was killed, which is its own.
func (c *client) free(ctx context.Context, r release) (*revision, error) {
	last, err := c.lastRevision(ctx, r.namespace, r.name)
	if err != nil || last == nil || last.urn == string(r.urn) {
		return last, err
	}
	return nil, fmt.Errorf("%s: revision %d of it is %s; choose another name, or delete that release", inUse, last.Version, last.Info.Status)
}

// install makes the release. What it returns exists, also beside an error; an
// atomic one that fails is taken away again.
func (s *standIn) install(ctx context.Context, r release) (*revision, error) {
	c, err := s.connect()
	if err != nil {
		return nil, err
	}
	if own, err := c.free(ctx, r); err != nil {
		return nil, err
	} else if own != nil {
		return s.upgrade(ctx, r)
	}
	if r.createNamespace {
		space := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": r.namespace, "labels": map[string]any{"name": r.namespace}},
		}}
		_, err := c.dynamic.Resource(namespaces).Create(ctx, space, metav1.CreateOptions{FieldManager: "helm"})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return nil, err
		}
	}
	made := newRevision(r, 1, pending)
	if err := tolerating(ctx, func() error { return c.keep(ctx, made) }); err != nil {
		if apierrors.IsNotFound(err) {
			return nil, fmt.Errorf("create: failed to create: %w: create the namespace first, or set createNamespace", err)
		}
		return nil, err
	}
	err = s.define(ctx, r, made, nil)
	if err != nil && r.atomic {
		after := context.WithoutCancel(ctx)
		return nil, errors.Join(fmt.Errorf("it was uninstalled because it is atomic: %w", err), s.uninstall(after, c, r.urn, r.namespace, r.name))
	}
	return made, s.conclude(ctx, c, made, err)
}

// upgrade makes another revision of the release.
func (s *standIn) upgrade(ctx context.Context, r release) (*revision, error) {
	c, err := s.connect()
	if err != nil {
		return nil, err
	}
	all, err := c.revisions(ctx, r.namespace, r.name)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%q has no deployed releases: pulumi refresh sees that it is gone", r.name)
	}
	last := all[len(all)-1]
	made := newRevision(r, last.Version+1, upgrading)
	made.Info.First = all[0].Info.First
	if err := c.keep(ctx, made); err != nil {
		return nil, err
	}
	err = s.define(ctx, r, made, last.listed())
	if err := s.conclude(ctx, c, made, err); err != nil {
		return made, err
	}
	last.Info.Status = superseded
	errs := []error{c.keep(ctx, last)}
	if most := r.maxHistory; most > 0 {
		for _, old := range all[:max(0, len(all)+1-most)] {
			errs = append(errs, c.forget(ctx, old))
		}
	}
	return made, errors.Join(errs...)
}

// conclude writes down how it went.
func (s *standIn) conclude(ctx context.Context, c *client, made *revision, err error) error {
	made.Info.Status = deployed
	if err != nil {
		made.Info.Status, made.Info.Description = failed, err.Error()
	}
	return errors.Join(err, c.keep(context.WithoutCancel(ctx), made))
}

// define brings the definitions of the chart to what the release asks for, and
// waits until the server serves them. before are those of the last revision.
func (s *standIn) define(ctx context.Context, r release, made *revision, before []string) error {
	comes, stays, err := r.chart.Defined(r.values, r.skipCRDs)
	if err != nil {
		return err
	}
	var wanted []*unstructured.Unstructured
	if comes {
		if wanted, err = r.chart.Definitions(s.home); err != nil {
			return err
		}
	}
	var names []string
	for _, object := range wanted {
		names = append(names, object.GetName())
		object.SetCreationTimestamp(metav1.Time{})
		unstructured.RemoveNestedField(object.Object, "metadata", "creationTimestamp")
		unstructured.RemoveNestedField(object.Object, "status")
		if !r.chart.Bundled {
			own(object, r, stays)
		}
	}
	if !r.chart.Bundled {
		made.list(names)
	}
	if err := s.bring(ctx, r, wanted); err != nil {
		return err
	}
	return s.undefine(ctx, r.urn, slices.DeleteFunc(slices.Clone(before), func(name string) bool { return slices.Contains(names, name) }))
}

// bring applies definitions, all at once, and waits for each.
func (s *standIn) bring(ctx context.Context, r release, wanted []*unstructured.Unstructured) error {
	problems := make([]error, len(wanted))
	var all sync.WaitGroup
	for i, object := range wanted {
		all.Go(func() {
			err := s.apply(ctx, r, object)
			if err == nil {
				var at place
				if at, err = s.place(object); err == nil {
					_, err = at.established(ctx, object.GetName())
				}
			}
			if err != nil {
				problems[i] = fmt.Errorf("CustomResourceDefinition %s: %w", object.GetName(), err)
			}
		})
	}
	all.Wait()
	return errors.Join(problems...)
}

// own marks an object as the release's.
func own(object *unstructured.Unstructured, r release, stays bool) {
	labels, annotations := object.GetLabels(), object.GetAnnotations()
	if labels == nil {
		labels = map[string]string{}
	}
	if annotations == nil {
		annotations = map[string]string{}
	}
	labels[managedByKey] = "Helm"
	annotations[releaseNameKey], annotations[releaseNamespaceKey] = r.name, r.namespace
	if stays {
		annotations[policyKey] = "keep"
	}
	object.SetLabels(labels)
	object.SetAnnotations(annotations)
}

// apply applies a definition, unless it is another release's. One of the crds
// directory is left as it is where it is already.
func (s *standIn) apply(ctx context.Context, r release, object *unstructured.Unstructured) error {
	at, err := s.place(object)
	if err != nil {
		return err
	}
	live, err := at.Get(ctx, object.GetName(), metav1.GetOptions{})
	switch {
	case err == nil && r.chart.Bundled:
		return nil
	case err == nil:
		marks := live.GetAnnotations()
		if live.GetLabels()[managedByKey] != "Helm" || marks[releaseNameKey] != r.name || marks[releaseNamespaceKey] != r.namespace {
			return fmt.Errorf("exists and cannot be imported into the current release: invalid ownership metadata: it belongs to release %q in namespace %q; delete it with its objects, or set %s and %s on it to this release",
				marks[releaseNameKey], marks[releaseNamespaceKey], releaseNameKey, releaseNamespaceKey)
		}
	case !apierrors.IsNotFound(err):
		return err
	}
	_, err = change{object: object, manager: "helm", force: true}.apply(ctx, at)
	return err
}

// uninstall removes what the release made and all that Helm knows of it. A
// release that is gone already is uninstalled.
func (s *standIn) uninstall(ctx context.Context, c *client, urn resource.URN, namespace, name string) error {
	all, err := c.revisions(ctx, namespace, name)
	if err != nil || len(all) == 0 {
		return err
	}
	if err := s.undefine(ctx, urn, all[len(all)-1].listed()); err != nil {
		return err
	}
	var errs []error
	for _, v := range all {
		errs = append(errs, c.forget(ctx, v))
	}
	return errors.Join(errs...)
}

// undefine removes definitions, with all objects of their kinds, and says which
// it leaves because the chart keeps them.
func (s *standIn) undefine(ctx context.Context, urn resource.URN, names []string) error {
	var kept []string
	for _, name := range names {
		object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}}
		object.SetName(name)
		at, err := s.place(object)
		if err != nil {
			return err
		}
		live, err := at.Get(ctx, name, metav1.GetOptions{})
		switch {
		case apierrors.IsNotFound(err):
			continue
		case err != nil:
			return err
		case live.GetAnnotations()[policyKey] == "keep":
			kept = append(kept, name)
			continue
		}
		if err := at.remove(ctx, object); err != nil {
			return fmt.Errorf("CustomResourceDefinition %s: %w", name, err)
		}
	}
	if len(kept) > 0 {
		return s.remark(ctx, urn, "kept due to the resource policy of the chart: "+strings.Join(kept, ", "))
	}
	return nil
}
