package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/avila-devops/saas/apps/internal/provisioner"
)

var prepareCommand = command{
	name: "prepare", login: ownerLogin,
	help: "make a database ready for tenants; may be run again at any time",
	do: func(ctx context.Context, k *call) error {
		if err := provisioner.New(k.pool).Prepare(ctx); err != nil {
			return err //nolint:wrapcheck // it says what was attempted
		}
		return k.print(map[string]string{"schema": k.pool.Settings().Schema}, "the database is ready for tenants, in the shared schema %s\n", k.pool.Settings().Schema)
	},
}

var provisionCommand = command{
	name: "provision", arguments: "<tenant>", login: ownerLogin,
	help: "make a tenant: role, schema, row level security, grants, first user, alias of search",
	flags: func(set *flag.FlagSet, o *options) {
		set.StringVar(&o.host, "host", "", "the tenant's host name, in full; must be set")
		set.StringVar(&o.plan, "plan", "pooled", "pooled or dedicated")
		set.IntVar(&o.requests, "requests-per-minute", 6000, "over all the tenant's clients")
		set.StringVar(&o.adminName, "admin-name", "Administração", "the first user's name")
		set.StringVar(&o.adminEmail, "admin-email", "", "the first user's address; without it there is no first user")
		set.StringVar(&o.adminPassword, "admin-password-file", "", "a file with the first user's password; without it the user cannot sign in yet")
		set.IntVar(&o.spares, "spares", 0, "afterwards, make spare schemas until there are so many")
	},
	do: provision,
}

func provision(ctx context.Context, k *call) error {
	order := provisioner.Order{Name: k.name, Host: k.host, Plan: k.plan, RequestsPerMinute: k.requests}
	if k.host == "" {
		return fmt.Errorf("%w: -host is not set; write the tenant's host name in full, like cliente-%s.aviladevops.com.br", errUsage, k.name)
	}
	if k.adminEmail != "" {
		hash, err := hashFile(ctx, k.adminPassword, k.name, k.host, k.adminName, k.adminEmail)
		if err != nil {
			return err
		}
		order.Admin = &provisioner.Admin{Name: k.adminName, Email: k.adminEmail, PasswordHash: hash}
	} else if k.adminPassword != "" {
		return fmt.Errorf("%w: -admin-password-file is set and -admin-email is not; set both", errUsage)
	}
	p := provisioner.New(k.pool)
	made, err := p.Provision(ctx, order)
	if err != nil {
		return err //nolint:wrapcheck // it names the tenant and the remedy
	}
	origin := "from nothing"
	if made.FromSpare {
		origin = "from a spare schema"
	}
	if err := k.print(map[string]any{"tenant": k.name, "host": k.host, "from_spare": made.FromSpare, "admin_login": made.Login},
		"tenant %s is at %s, made %s\n", k.name, k.host, origin); err != nil {
		return err
	}
	if made.Login != "" && !k.json {
		fmt.Fprintf(k.out, "its first user is %s\n", made.Login)
	}
	if k.index != nil {
		if err := k.alias(ctx); err != nil {
			return fmt.Errorf("tenant %s is made; its search is not: %w", k.name, err)
		}
	}
	if _, err := p.Refill(ctx, k.spares, 1, k.progress("spare schema")); err != nil {
		return fmt.Errorf("tenant %s is made; spare schemas are not: %w", k.name, err)
	}
	return nil
}

var sparesCommand = command{
	name: "spares", login: ownerLogin,
	help: "make spare schemas, from which a new tenant takes no more than a moment",
	flags: func(set *flag.FlagSet, o *options) {
		set.IntVar(&o.spares, "count", 5, "how many there should be")
		parallelFlag(set, o)
	},
	do: func(ctx context.Context, k *call) error {
		made, err := provisioner.New(k.pool).Refill(ctx, k.spares, k.parallel, k.progress("spare schema"))
		if err != nil {
			return err //nolint:wrapcheck // it counts the failures
		}
		return k.print(map[string]int{"made": made, "want": k.spares}, "made %d spare schemas; there are at least %d\n", made, k.spares)
	},
}

var migrateCommand = command{
	name: "migrate", login: ownerLogin,
	help:  "bring every schema to the latest step; goes on where a run before it ended",
	flags: parallelFlag,
	do: func(ctx context.Context, k *call) error {
		p := provisioner.New(k.pool)
		changed, failed := p.Migrate(ctx, k.parallel, k.progress("migrated"))
		skew, err := p.Skew(context.WithoutCancel(ctx))
		if err != nil {
			return errors.Join(failed, err)
		}
		err = k.print(map[string]any{"changed": changed, "skew": skew},
			"%d schemas migrated; %d tenants are behind version %d\n", changed, skew.Behind, skew.Latest)
		return errors.Join(failed, err)
	},
}
