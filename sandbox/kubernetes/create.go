package kubernetes

import (
	"context"
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Create applies the object. One that exists already is taken over, as the
// official provider does.
func (s *standIn) Create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	if req.URN.Type() == releaseType {
		return s.createRelease(ctx, req)
	}
	if _, err := parseKind(req.URN.Type()); err != nil {
		return plugin.CreateResponse{}, err
	}
	object := toObject(req.Properties)
	asIs := plugin.CreateResponse{Properties: req.Properties, Status: resource.StatusOK}
	if req.Preview {
		live, err := s.preview(ctx, object, change{object: object, manager: manager(object, nil), preview: true, force: true})
		if live == nil || err != nil {
			return asIs, err
		}
		return plugin.CreateResponse{Properties: s.remember(live, req.Properties, nil), Status: resource.StatusOK}, nil
	}
	live, err := s.applyNow(ctx, change{object: object, manager: manager(object, nil)}, nil)
	if live == nil {
		return plugin.CreateResponse{}, explain(object, err)
	}
	outputs := s.remember(live, req.Properties, nil)
	if err != nil {
		return plugin.CreateResponse{}, partial(id(live), explain(object, err), outputs, req.Properties)
	}
	return plugin.CreateResponse{ID: id(live), Properties: outputs, Status: resource.StatusOK}, nil
}

// preview lets the server judge without keeping anything. It returns nothing
// where nothing can be judged yet: a value is not known, the cluster cannot be
// reached, or the kind or the namespace is still to be made.
func (s *standIn) preview(ctx context.Context, object *unstructured.Unstructured, c change) (*unstructured.Unstructured, error) {
	if unknown(object.Object) {
		return nil, nil
	}
	at, err := s.place(object)
	if err != nil {
		return nil, nil
	}
	var warned collected
	ctx = collecting(ctx, &warned)
	if err := s.admit(ctx, at, object, true); err != nil {
		if namespaceMissing(err) {
			return nil, nil
		}
		return nil, explain(object, err)
	}
	live, err := c.apply(ctx, at)
	if c.force && immutableChange(err) {
		live, err = c.previewBeside(ctx, at)
	}
	if namespaceMissing(err) {
		return nil, nil
	}
	if err = errors.Join(err, remarks(&warned)); err != nil {
		return nil, explain(object, err)
	}
	// Nothing has set the status, and a program must not read an empty one.
	unstructured.RemoveNestedField(live.Object, "status")
	return live, nil
}

// applyNow applies the object and does what its controller would do. It
// returns the live object also when only something after its creation failed.
func (s *standIn) applyNow(ctx context.Context, c change, prepare func(at place) error) (*unstructured.Unstructured, error) {
	var warned collected
	ctx = collecting(ctx, &warned)
	var at place
	var live *unstructured.Unstructured
	err := tolerating(ctx, func() (err error) {
		warned.texts = nil
		if at, err = s.place(c.object); err != nil {
			return err
		}
		if prepare != nil {
			if err := prepare(at); err != nil {
				return stop{err}
			}
		}
		if err := s.admit(ctx, at, c.object, false); err != nil {
			return err
		}
		live, err = c.apply(ctx, at)
		return err
	})
	var final stop
	if errors.As(err, &final) {
		err = final.error
	}
	if err != nil {
		return nil, err
	}
	settled, err := s.settle(ctx, at, live)
	if settled != nil {
		live = settled
	}
	return live, errors.Join(err, remarks(&warned))
}

// stop ends the repetition of [tolerating]: the error hides its kind.
type stop struct{ error }

// settle does for the object what a controller of the cluster would do at once.
func (s *standIn) settle(ctx context.Context, at place, live *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	switch gk := live.GroupVersionKind().GroupKind().String(); gk {
	case "ResourceQuota":
		return at.client.count(ctx, live)
	case "CustomResourceDefinition.apiextensions.k8s.io":
		return at.established(ctx, live.GetName())
	case "Service":
		return live, s.expose(ctx, live)
	}
	return live, nil
}

// remember is what the state keeps of a live object.
func (s *standIn) remember(live *unstructured.Unstructured, inputs, old resource.PropertyMap) resource.PropertyMap {
	version := live.GetAPIVersion()
	if first := old[initialVersionKey]; first.IsString() {
		version = first.StringValue()
	}
	return checkpoint(live, inputs, manager(live, old), version)
}

// manager is who owns the object's fields: who the object's annotation names,
// who the state remembers, or the provider.
func manager(object *unstructured.Unstructured, old resource.PropertyMap) string {
	if name := object.GetAnnotations()["pulumi.com/patchFieldManager"]; name != "" {
		return name
	}
	if name := old[managerKey]; name.IsString() {
		return name.StringValue()
	}
	return defaultManager
}
