package gcp

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// Delete takes a resource away, unless Google would refuse. One that is gone
// already is no error.
func (p *Provider) Delete(ctx context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	token := string(req.URN.Type())
	_, r, err := known(token)
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	if err := p.delete(ctx, token, r, string(req.ID)); err != nil {
		return plugin.DeleteResponse{Status: resource.StatusUnknown}, failed("delete", token, req.URN.Name(), err)
	}
	return plugin.DeleteResponse{Status: resource.StatusOK}, nil
}

func (p *Provider) delete(ctx context.Context, token string, r *rule, id string) error {
	var o *op
	err := p.store.Do(ctx, func(tx *cloud.Tx) error {
		record, err := tx.Get(token, id)
		if err != nil || record == nil || record.Abandoned {
			return err
		}
		o = p.op(token, r, record.URN, record.Properties)
		o.tx, o.old, o.id = tx, record, id
		if o.project, err = tx.Project(record.Project); err != nil {
			return err //nolint:wrapcheck // it names the project
		}
		if r.remove != nil {
			if err := r.remove(o); err != nil {
				return err
			}
		}
		if err := o.unused(); err != nil {
			return err
		}
		if r.unmade != nil {
			return nil // the record goes last: until then the deletion can be repeated
		}
		return o.forget()
	})
	if err != nil || o == nil || r.unmade == nil {
		return err
	}
	if err := r.unmade(ctx, p.clusters, o); err != nil {
		return err
	}
	return p.store.Do(ctx, func(tx *cloud.Tx) error { o.tx = tx; return o.forget() })
}

// unused refuses to delete what others hold.
func (o *op) unused() error {
	users, err := o.users(o.old)
	if err != nil {
		return err
	}
	var holders []string
	for _, user := range users {
		if user.ref.holds && !user.record.Abandoned {
			holders = append(holders, describe(user.record))
		}
	}
	if len(holders) == 0 {
		return nil
	}
	slices.Sort(holders)
	return refuse(400, "resourceInUseByAnotherResource", "delete the others first",
		"The %s resource '%s' is already being used by %s", strings.ToLower(kind(o.token)), o.id, strings.Join(slices.Compact(holders), ", "))
}

// forget removes the record and those that live in it, or leaves it to nobody
// where Google keeps it.
func (o *op) forget() error {
	if o.rule.abandon != nil && o.rule.abandon(o.old.Properties) {
		left := *o.old
		left.Abandoned, left.Deleted = true, o.now
		left.Properties = maps.Clone(left.Properties)
		for _, name := range o.rule.erases {
			delete(left.Properties, resource.PropertyKey(name))
		}
		return o.tx.Put(&left)
	}
	if len(o.rule.owns) > 0 {
		users, err := o.users(o.old)
		if err != nil {
			return err
		}
		for _, user := range users {
			if slices.Contains(o.rule.owns, user.record.Type) {
				if err := o.tx.Delete(user.record); err != nil {
					return fmt.Errorf("with it: %w", err)
				}
			}
		}
	}
	if o.rule.reserved > 0 { // of this, nothing is left but its name
		return o.tx.Put(&cloud.Record{
			URN: o.old.URN, Type: o.old.Type, ID: o.old.ID, Project: o.old.Project, Created: o.old.Created, Abandoned: true, Deleted: o.now,
		})
	}
	return o.tx.Delete(o.old)
}
