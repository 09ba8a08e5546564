package gcp

import (
	"context"
	"errors"
	"slices"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
	"github.com/avila-devops/saas/sandbox/home"
)

// Reap takes away what a stack made and its state does not know: a run that
// was killed between making a resource and writing the state leaves such
// orphans, and a fixed name would stay taken for ever. It returns what it took.
// Nothing else of the stack may run meanwhile.
func Reap(ctx context.Context, h home.Home, stack string, known func(urn, id string) bool) ([]*cloud.Record, error) {
	return newProvider(h, realClusters{h}).reap(ctx, stack, known)
}

func (p *Provider) reap(ctx context.Context, stack string, known func(urn, id string) bool) ([]*cloud.Record, error) {
	records, err := p.store.Records(ctx, stack)
	if err != nil {
		return nil, err
	}
	var orphans []*cloud.Record
	var errs []error
	for _, record := range slices.Backward(records) { // the newest first: it may use the older ones
		if known(string(record.URN), record.ID) {
			continue
		}
		if err := p.take(ctx, record); err != nil {
			errs = append(errs, failed("take away", record.Type, record.ID, err))
			continue
		}
		orphans = append(orphans, record)
	}
	return orphans, errors.Join(errs...)
}

// take removes a record, and what stands behind it, whatever the rules say.
func (p *Provider) take(ctx context.Context, record *cloud.Record) error {
	if r, ok := rules[record.Type]; ok && r.unmade != nil {
		o := p.op(record.Type, r, record.URN, record.Properties)
		err := p.store.Do(ctx, func(tx *cloud.Tx) (err error) {
			o.project, err = tx.Project(record.Project)
			return err
		})
		if err == nil {
			err = r.unmade(ctx, p.clusters, o)
		}
		if err != nil {
			return err
		}
	}
	return p.store.Remove(ctx, record.Type, record.ID)
}
