package graph

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// written is a resource as JSON holds it. Secrets are left out: a graph is
// written for reports, which have no use for them.
type written struct {
	Type   string         `json:"type"`
	Name   string         `json:"name"`
	Parent resource.URN   `json:"parent,omitempty"`
	Inputs map[string]any `json:"inputs"`
}

// Write writes resources as JSON.
func Write(w io.Writer, resources []Resource) error {
	list := make([]written, len(resources))
	for i, r := range resources {
		list[i] = written{Type: r.Type, Name: r.Name, Parent: r.Parent, Inputs: plain(r.Inputs)}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if err := enc.Encode(list); err != nil {
		return fmt.Errorf("write the graph: %w", err)
	}
	return nil
}

// Read reads what Write wrote.
func Read(r io.Reader) ([]Resource, error) {
	var list []written
	if err := json.NewDecoder(r).Decode(&list); err != nil {
		return nil, fmt.Errorf("read the graph: %w", err)
	}
	resources := make([]Resource, len(list))
	for i, w := range list {
		resources[i] = Resource{Type: w.Type, Name: w.Name, Parent: w.Parent, Inputs: resource.NewPropertyMapFromMap(w.Inputs)}
	}
	return resources, nil
}

// ReadState reads what pulumi stack export prints: what is deployed. Secrets
// stay the ciphertext that they are there.
func ReadState(r io.Reader) ([]Resource, error) {
	var state struct {
		Deployment struct {
			Resources []struct {
				URN    resource.URN   `json:"urn"`
				Parent resource.URN   `json:"parent"`
				Inputs map[string]any `json:"inputs"`
			} `json:"resources"`
		} `json:"deployment"`
	}
	if err := json.NewDecoder(r).Decode(&state); err != nil {
		return nil, fmt.Errorf("read the state: %w", err)
	}
	if len(state.Deployment.Resources) == 0 {
		return nil, fmt.Errorf("the state holds no resources; pulumi stack export writes one that does")
	}
	var resources []Resource
	for _, s := range state.Deployment.Resources {
		resources = append(resources, Resource{
			Type: string(s.URN.Type()), Name: s.URN.Name(), Parent: s.Parent, Inputs: resource.NewPropertyMapFromMap(s.Inputs),
		})
	}
	return resources, nil
}

// plain takes secrets out and leaves what JSON can hold.
func plain(inputs resource.PropertyMap) map[string]any {
	return inputs.MapRepl(nil, func(v resource.PropertyValue) (any, bool) {
		switch {
		case v.IsSecret():
			return nil, true
		case v.IsComputed():
			return nil, true
		case v.IsOutput():
			return v.OutputValue().Element.Mappable(), true
		case v.IsResourceReference():
			return string(v.ResourceReferenceValue().URN), true
		}
		return nil, false
	})
}
