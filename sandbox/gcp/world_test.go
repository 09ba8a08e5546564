package gcp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
	"github.com/avila-devops/saas/sandbox/home"
)

const (
	testProject = "avila-test"
	testNumber  = "482910375164"
	testRegion  = "southamerica-east1"
)

// object is a property map as tests write it.
type object = map[string]any

// world is one emulated cloud with one project, and the provider in front.
type world struct {
	t        *testing.T
	home     home.Home
	provider *Provider
	clusters *fakeClusters
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, home: home.Home(t.TempDir()), clusters: &fakeClusters{running: map[string]bool{}, members: map[string]string{}}}
	w.provider = newProvider(w.home, w.clusters)
	w.do(func(tx *cloud.Tx) error { return tx.PutProject(cloud.Project{ID: testProject, Number: testNumber}) })
	w.configure(object{"project": testProject, "region": testRegion})
	return w
}

func (w *world) configure(inputs object) {
	w.t.Helper()
	if _, err := w.provider.Configure(w.t.Context(), plugin.ConfigureRequest{Inputs: properties(inputs)}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) do(f func(*cloud.Tx) error) {
	w.t.Helper()
	if err := w.provider.store.Do(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

// properties is a property map from plain Go; a property value stays as it is.
func properties(m object) resource.PropertyMap {
	out := resource.PropertyMap{}
	for key, value := range m {
		out[resource.PropertyKey(key)] = propertyOf(value)
	}
	return out
}

func propertyOf(value any) resource.PropertyValue {
	switch v := value.(type) {
	case resource.PropertyValue:
		return v
	case object:
		return resource.NewProperty(properties(v))
	case []any:
		out := make([]resource.PropertyValue, len(v))
		for i, element := range v {
			out[i] = propertyOf(element)
		}
		return resource.NewProperty(out)
	default:
		return resource.NewPropertyValue(v)
	}
}

func secret(text string) resource.PropertyValue {
	return resource.MakeSecret(resource.NewProperty(text))
}

var computed = resource.MakeComputed(resource.NewProperty(""))

// thing is a resource as the engine knows it.
type thing struct {
	urn     resource.URN
	id      resource.ID
	inputs  resource.PropertyMap
	outputs resource.PropertyMap
}

func (th *thing) text(path string) string { return text(th.outputs, path) }

func urnOf(token, name string) resource.URN {
	return urn.New(tokens.QName("test"), "saas", "", tokens.Type(token), name)
}

func (w *world) check(token, name string, olds resource.PropertyMap, inputs object) plugin.CheckResponse {
	w.t.Helper()
	response, err := w.provider.Check(w.t.Context(), plugin.CheckRequest{URN: urnOf(token, name), Olds: olds, News: properties(inputs)})
	if err != nil {
		w.t.Fatal(err)
	}
	return response
}

// checked is the inputs after Check, which must find nothing wrong.
func (w *world) checked(token, name string, olds resource.PropertyMap, inputs object) resource.PropertyMap {
	w.t.Helper()
	response := w.check(token, name, olds, inputs)
	if len(response.Failures) > 0 {
		w.t.Fatalf("check %s %s: %v", token, name, response.Failures)
	}
	return response.Properties
}

// try creates a resource as the engine does.
func (w *world) try(token, name string, inputs object) (*thing, error) {
	w.t.Helper()
	th := &thing{urn: urnOf(token, name)}
	th.inputs = w.checked(token, name, nil, inputs)
	created, err := w.provider.Create(w.t.Context(), plugin.CreateRequest{URN: th.urn, Properties: th.inputs})
	th.id, th.outputs = created.ID, created.Properties
	return th, err
}

func (w *world) create(token, name string, inputs object) *thing {
	w.t.Helper()
	th, err := w.try(token, name, inputs)
	if err != nil {
		w.t.Fatal(err)
	}
	return th
}

func (w *world) tryUpdate(th *thing, inputs object) error {
	w.t.Helper()
	checked := w.checked(string(th.urn.Type()), th.urn.Name(), th.inputs, inputs)
	updated, err := w.provider.Update(w.t.Context(), plugin.UpdateRequest{URN: th.urn, ID: th.id, OldInputs: th.inputs, OldOutputs: th.outputs, NewInputs: checked})
	if err == nil {
		th.inputs, th.outputs = checked, updated.Properties
	}
	return err
}

func (w *world) update(th *thing, inputs object) {
	w.t.Helper()
	if err := w.tryUpdate(th, inputs); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) tryDelete(th *thing) error {
	w.t.Helper()
	_, err := w.provider.Delete(w.t.Context(), plugin.DeleteRequest{URN: th.urn, ID: th.id, Inputs: th.inputs, Outputs: th.outputs})
	return err
}

func (w *world) delete(th *thing) {
	w.t.Helper()
	if err := w.tryDelete(th); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) read(th *thing) plugin.ReadResponse {
	w.t.Helper()
	response, err := w.provider.Read(w.t.Context(), plugin.ReadRequest{URN: th.urn, ID: th.id, Inputs: th.inputs, State: th.outputs})
	if err != nil {
		w.t.Fatal(err)
	}
	return response
}

// diff compares a resource with new inputs, as the engine does.
func (w *world) diff(th *thing, inputs object) plugin.DiffResult {
	w.t.Helper()
	return w.diffWith(th, w.checked(string(th.urn.Type()), th.urn.Name(), th.inputs, inputs))
}

func (w *world) diffWith(th *thing, checked resource.PropertyMap) plugin.DiffResult {
	w.t.Helper()
	result, err := w.provider.Diff(w.t.Context(), plugin.DiffRequest{URN: th.urn, ID: th.id, OldInputs: th.inputs, OldOutputs: th.outputs, NewInputs: checked})
	if err != nil {
		w.t.Fatal(err)
	}
	return result
}

// with is inputs with changes: nil takes a key away, a dot leads into objects.
func with(inputs object, changes object) object {
	out := object{}
	for key, value := range inputs {
		out[key] = value
	}
	for path, value := range changes {
		name, rest, deeper := strings.Cut(path, ".")
		switch inner, _ := out[name].(object); {
		case deeper:
			out[name] = with(inner, object{rest: value})
		case value == nil:
			delete(out, name)
		default:
			out[name] = value
		}
	}
	return out
}

// wantError fails unless an error says all of the parts.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
}

// wantFailure fails unless Check says so of a property.
func wantFailure(t *testing.T, response plugin.CheckResponse, property, reason string) {
	t.Helper()
	if !slices.ContainsFunc(response.Failures, func(f plugin.CheckFailure) bool {
		return string(f.Property) == property && strings.Contains(f.Reason, reason)
	}) {
		t.Errorf("check does not say %q of %s: %v", reason, property, response.Failures)
	}
}

// fakeClusters remembers what it is told.
type fakeClusters struct {
	mu      sync.Mutex
	running map[string]bool
	members map[string]string
	broken  bool
}

func (f *fakeClusters) Create(_ context.Context, project, name string) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken {
		return nil, errors.New("no API server today")
	}
	f.running[project+"/"+name] = true
	return []byte("-----BEGIN CERTIFICATE-----"), nil
}

func (f *fakeClusters) Remove(_ context.Context, project, name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.running, project+"/"+name)
	return nil
}

func (f *fakeClusters) Join(number, location, id, project, name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.members[fmt.Sprintf("%s/%s/%s", number, location, id)] = project + "/" + name
	return nil
}

func (f *fakeClusters) Leave(number, location, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.members, fmt.Sprintf("%s/%s/%s", number, location, id))
	return nil
}

func key(name string) resource.PropertyKey { return resource.PropertyKey(name) }
