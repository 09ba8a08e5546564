package gcp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// Create makes a resource. A preview plans it: what only the cloud can say is
// unknown.
func (p *Provider) Create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	token := string(req.URN.Type())
	t, r, err := known(token)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if req.Preview {
		return plugin.CreateResponse{Properties: planned(t, req.Properties), Status: resource.StatusOK}, nil
	}
	o := p.op(token, r, req.URN, req.Properties)
	err = p.store.Do(ctx, func(tx *cloud.Tx) error {
		o.tx = tx
		return o.insert(t)
	})
	if err == nil && r.made != nil {
		if err = r.made(ctx, p.clusters, o); err == nil {
			err = p.store.Do(ctx, func(tx *cloud.Tx) error { o.tx = tx; return o.put(t) })
		}
		if err != nil {
			// Even when the run is interrupted: what half exists goes again.
			whole := context.WithoutCancel(ctx)
			err = errors.Join(err, r.unmade(whole, p.clusters, o), p.store.Remove(whole, token, o.id))
		}
	}
	if err != nil {
		return plugin.CreateResponse{Status: resource.StatusUnknown}, failed("create", token, req.URN.Name(), err)
	}
	return plugin.CreateResponse{ID: resource.ID(o.id), Properties: o.out, Status: resource.StatusOK}, nil
}

// planned is what a preview knows: the inputs, and that the rest is unknown.
func planned(t *catalog.Type, inputs resource.PropertyMap) resource.PropertyMap {
	out := maps.Clone(inputs)
	delete(out, defaultsKey)
	for name := range t.Outputs {
		out[resource.PropertyKey(name)] = resource.MakeComputed(resource.NewProperty(""))
	}
	return out
}

func (p *Provider) op(token string, r *rule, urn resource.URN, inputs resource.PropertyMap) *op {
	out := maps.Clone(inputs)
	delete(out, defaultsKey)
	return &op{store: p.store, token: token, rule: r, rules: everyRule, urn: urn, now: p.now(), home: p.config().project, in: plainMap(inputs), out: out}
}

// insert judges a new resource and writes it down.
func (o *op) insert(t *catalog.Type) error {
	if path, found := firstUnknown(o.in); found {
		return fmt.Errorf("%s is not known: nothing was created", path)
	}
	if err := o.enter(); err != nil {
		return err
	}
	var err error
	if o.id, err = o.rule.id(o); err != nil {
		return err
	}
	if err := o.unique(); err != nil {
		return err
	}
	if err := errors.Join(o.checkReferences(), o.checkKeys()); err != nil {
		return err
	}
	if o.rule.create != nil {
		if err := o.rule.create(o); err != nil {
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

// enter finds the project, and refuses when it does not exist or the type's
// API is off in it.
func (o *op) enter() error {
	id := o.text("project")
	if o.rule.owner != "" {
		if owner := projectOf(o.text(o.rule.owner)); owner != "" {
			id = owner
		}
	}
	if id == "" {
		id = o.home
	}
	if o.rule.within.path != "" {
		holder, err := o.holder()
		if err != nil {
			return err
		}
		id = holder.Project
	}
	project, err := o.tx.Project(id)
	if errors.Is(err, fs.ErrNotExist) {
		return refuse(403, "forbidden", "create the project, or correct gcp:project",
			"Permission denied on resource project %s (or it may not exist)", id)
	}
	if err != nil {
		return err
	}
	o.project = project
	return o.checkAPI()
}

// holder is the resource that a name means which no other project may have.
func (o *op) holder() (*cloud.Record, error) {
	ref := o.rule.within
	records, err := o.live(ref.to)
	if err != nil {
		return nil, err
	}
	for _, record := range records {
		if record.Name() == o.text(ref.path) {
			return record, nil
		}
	}
	return nil, notFound("create the "+kind(ref.to)+" first, or correct "+ref.path, "The specified %s '%s' does not exist", strings.ToLower(kind(ref.to)), o.text(ref.path))
}

// unique refuses a second resource with the same id.
func (o *op) unique() error {
	had, err := o.tx.Get(o.token, o.id)
	if err != nil || had == nil || o.rule.shared {
		return err
	}
	remedy := "choose another name, or import it: pulumi import " + o.token + " NAME " + o.id
	if had.Abandoned && o.token != databaseType {
		gone := o.now.Sub(had.Deleted)
		switch {
		case o.rule.reserved == 0:
			remedy = "choose another name: Google never frees this one"
		case gone < o.rule.revived || gone >= o.rule.reserved:
			return nil
		default:
			remedy = "choose another name: it was deleted, and Google keeps its name until " + had.Deleted.Add(o.rule.reserved).UTC().Format(time.DateOnly)
		}
	}
	return refuse(409, "alreadyExists", remedy, "The resource '%s' already exists", o.id)
}

// put writes the resource down, with what the SDK calls secret marked so.
func (o *op) put(t *catalog.Type) error {
	for _, name := range t.Secrets {
		key := resource.PropertyKey(name)
		if v, ok := o.out[key]; ok && !v.IsNull() && !v.IsSecret() {
			o.out[key] = resource.MakeSecret(v)
		}
	}
	record := &cloud.Record{URN: o.urn, Type: o.token, ID: o.id, Project: o.project.ID, Created: o.now, Properties: maps.Clone(o.out)}
	if o.old != nil {
		record.Created = o.old.Created
		if o.old.URN == "" {
			record.URN = "" // adopted: no run that fails may take it for its own
		}
	}
	return o.tx.Put(record)
}

// firstUnknown finds a value that is not known, which only a preview may hold.
func firstUnknown(m resource.PropertyMap) (string, bool) {
	for key, value := range m {
		if value.ContainsUnknowns() {
			return string(key), true
		}
	}
	return "", false
}
