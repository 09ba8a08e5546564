package gcp

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// Read tells what the cloud holds now. A resource that is gone has no id.
func (p *Provider) Read(ctx context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	token := string(req.URN.Type())
	t, r, err := known(token)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	imports := len(req.Inputs) == 0 && len(req.State) == 0 // a refresh hands over what it knows
	var record *cloud.Record
	var inputs resource.PropertyMap
	err = p.store.Do(ctx, func(tx *cloud.Tx) (err error) {
		record, err = tx.Get(token, string(req.ID))
		switch {
		case err != nil || record == nil:
		case imports:
			inputs = inputsToAskFor(tx, t, r, record)
		default:
			inputs = inputsNow(t, req.Inputs, record.Properties)
		}
		return err
	})
	if err != nil {
		return plugin.ReadResponse{}, failed("read", token, req.URN.Name(), err)
	}
	response := plugin.ReadResponse{Status: resource.StatusOK}
	if record == nil || len(record.Properties) == 0 {
		return response, nil
	}
	response.ID = req.ID
	response.Outputs = record.Properties.Copy()
	response.Inputs = inputs
	return response, nil
}

// inputsNow is what a program would have to ask for to get the resource as it
// is: the properties that it asked for last, with what they are now. An import
// asked for nothing yet, and gets all.
func inputsNow(t *catalog.Type, asked, properties resource.PropertyMap) resource.PropertyMap {
	inputs := resource.PropertyMap{}
	for name := range t.Inputs {
		key := resource.PropertyKey(name)
		now, exists := properties[key]
		if !exists || now.IsNull() {
			continue
		}
		if before, wanted := asked[key]; wanted {
			inputs[key] = asAsked(before, now)
		} else if len(asked) == 0 {
			inputs[key] = now
		}
	}
	if list, ok := asked[defaultsKey]; ok {
		inputs[defaultsKey] = list
	}
	return inputs
}

// asAsked leaves out of an object what the cloud added to it.
func asAsked(asked, now resource.PropertyValue) resource.PropertyValue {
	if !asked.IsObject() || !now.IsObject() {
		return now
	}
	out := resource.PropertyMap{}
	for key, value := range now.ObjectValue() {
		if before, wanted := asked.ObjectValue()[key]; wanted {
			out[key] = asAsked(before, value)
		}
	}
	return resource.NewProperty(out)
}
