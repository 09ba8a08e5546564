package gcp

import (
	"context"
	"errors"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// Update changes a resource in place. A preview keeps what the cloud said
// before: it stays.
func (p *Provider) Update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	token := string(req.URN.Type())
	t, r, err := known(token)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	if req.Preview {
		return plugin.UpdateResponse{Properties: merged(req.OldOutputs, req.OldInputs, req.NewInputs), Status: resource.StatusOK}, nil
	}
	o := p.op(token, r, req.URN, req.NewInputs)
	err = p.store.Do(ctx, func(tx *cloud.Tx) error {
		o.tx = tx
		return o.change(t, string(req.ID), req.OldInputs, req.NewInputs)
	})
	if err != nil {
		return plugin.UpdateResponse{Status: resource.StatusUnknown}, failed("update", token, req.URN.Name(), err)
	}
	return plugin.UpdateResponse{Properties: o.out, Status: resource.StatusOK}, nil
}

// merged is a resource's old properties with new inputs in the place of the
// old ones.
func merged(properties, old, now resource.PropertyMap) resource.PropertyMap {
	out := maps.Clone(properties)
	if out == nil {
		out = resource.PropertyMap{}
	}
	for key := range old {
		delete(out, key)
	}
	maps.Copy(out, now)
	delete(out, defaultsKey)
	return out
}

func (o *op) change(t *catalog.Type, id string, old, now resource.PropertyMap) error {
	record, err := o.tx.Get(o.token, id)
	if err != nil {
		return err
	}
	if record == nil || record.Abandoned {
		return notFound("run pulumi refresh", "The resource '%s' was not found", id)
	}
	o.old, o.id = record, id
	o.out = merged(record.Properties, old, now)
	if err := o.enter(); err != nil {
		return err
	}
	if err := errors.Join(o.checkReferences(), o.checkKeys()); err != nil {
		return err
	}
	if o.rule.update != nil {
		if err := o.rule.update(o); err != nil {
			return err
		}
	}
	if o.rule.outputs != nil {
		if err := o.rule.outputs(o); err != nil {
			return err
		}
	}
	return o.put(t)
}
