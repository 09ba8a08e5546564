package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/avila-devops/saas/apps/internal/registry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

var indexCommand = command{
	name: "index", arguments: "<tenant>", login: ownerLogin,
	help: "make a tenant's alias in Elasticsearch, as provision does; may be run again at any time",
	do: func(ctx context.Context, k *call) error {
		if k.index == nil {
			return fmt.Errorf("%w: SEARCH_ADDRESSES is not set; set it and SEARCH_INDEX", errUsage)
		}
		if err := k.alias(ctx); err != nil {
			return err
		}
		return k.print(map[string]string{"tenant": k.name}, "tenant %s has its alias in Elasticsearch\n", k.name)
	},
}

// alias makes the index where there is none, and the tenant's alias.
func (k *call) alias(ctx context.Context) error {
	directory, err := tenancy.NewDirectory(ctx, registry.New(k.pool), tenancy.Following{})
	if err != nil {
		return err //nolint:wrapcheck // it names the registry
	}
	t, err := directory.Named(k.name)
	if err != nil {
		return err //nolint:wrapcheck // it names the tenant
	}
	if err := errors.Join(k.index.Install(ctx), k.index.Provision(ctx, t.ID)); err != nil {
		return fmt.Errorf("make the alias of the tenant %s: %w; run tenantctl index %s once it is back", k.name, err, k.name)
	}
	return nil
}
