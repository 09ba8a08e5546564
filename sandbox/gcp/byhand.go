package gcp

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
	"github.com/avila-devops/saas/sandbox/home"
)

// Hand changes the emulated cloud as somebody does who works on it without the
// program: by the same rules, and in no stack's name. Resources behind which a
// process stands, clusters, are not made by hand.
type Hand struct{ provider *Provider }

// ByHand works in a project of a sandbox's cloud.
func ByHand(h home.Home, project, region string) *Hand {
	p := newProvider(h, realClusters{h})
	p.configured = configuration{project: project, region: region}
	return &Hand{p}
}

// Make makes a resource and returns its id.
func (h *Hand) Make(ctx context.Context, token, name string, inputs resource.PropertyMap) (string, error) {
	t, r, err := known(token)
	if err != nil {
		return "", err
	}
	if r.made != nil {
		return "", fmt.Errorf("%s %s is not made by hand in the sandbox: let the program make it", kind(token), name)
	}
	checked, err := h.provider.Check(ctx, plugin.CheckRequest{URN: urn.New("by-hand", "gcloud", "", tokens.Type(token), name), News: inputs})
	if err != nil {
		return "", err
	}
	for _, failure := range checked.Failures {
		return "", failed("create", token, name, fmt.Errorf("%s: %s", failure.Property, failure.Reason))
	}
	o := h.provider.op(token, r, "", checked.Properties)
	err = h.provider.store.Do(ctx, func(tx *cloud.Tx) error {
		o.tx = tx
		return o.insert(t)
	})
	if err != nil {
		return "", failed("create", token, name, err)
	}
	return o.id, nil
}

// Find returns the properties of a resource.
func (h *Hand) Find(ctx context.Context, token, id string) (found resource.PropertyMap, err error) {
	err = h.provider.store.Do(ctx, func(tx *cloud.Tx) error {
		record, err := tx.Get(token, id)
		if err == nil && (record == nil || record.Abandoned) {
			err = notFound("look for the name with gcloud list, or in the directory of the emulated cloud", "The resource '%s' was not found", id)
		}
		if err == nil {
			found = record.Properties.Copy()
		}
		return err
	})
	return found, err
}

// Change gives properties of a resource other values.
func (h *Hand) Change(ctx context.Context, token, id string, values resource.PropertyMap) error {
	return h.provider.store.Do(ctx, func(tx *cloud.Tx) error {
		record, err := tx.Get(token, id)
		if err != nil {
			return err
		}
		if record == nil || record.Abandoned {
			return notFound("look for the name in the directory of the emulated cloud", "The resource '%s' was not found", id)
		}
		changed := *record
		changed.Properties = record.Properties.Copy()
		for key, value := range values {
			changed.Properties[key] = value
		}
		return tx.Put(&changed)
	})
}

// Remove takes a resource away, unless Google would refuse.
func (h *Hand) Remove(ctx context.Context, token, id string) error {
	_, r, err := known(token)
	if err != nil {
		return err
	}
	if _, err := h.Find(ctx, token, id); err != nil {
		return failed("delete", token, id, err)
	}
	if err := h.provider.delete(ctx, token, r, id); err != nil {
		return failed("delete", token, id, err)
	}
	return nil
}
