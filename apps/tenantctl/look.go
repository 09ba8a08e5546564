package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/avila-devops/saas/apps/internal/catalogue"
	"github.com/avila-devops/saas/apps/internal/provisioner"
)

var verifyCommand = command{
	name: "verify", login: appLogin,
	help: "judge, as the services' own login, whether every table keeps tenants apart",
	do: func(ctx context.Context, k *call) error {
		report, err := catalogue.Verify(ctx, k.pool)
		if err != nil {
			return err //nolint:wrapcheck // it says what was attempted
		}
		if k.json {
			err = k.print(report, "")
		} else {
			for _, f := range report.Findings {
				fmt.Fprintln(k.out, f)
			}
			fmt.Fprintf(k.out, "%d tables of %d tenants looked at, %d findings\n", report.Tables, report.Schemas, len(report.Findings))
		}
		if err == nil && len(report.Findings) > 0 {
			err = fmt.Errorf("%w: %d findings", errFound, len(report.Findings))
		}
		return err
	},
}

var listCommand = command{
	name: "list", login: ownerLogin,
	help: "list every tenant that is or was",
	do: func(ctx context.Context, k *call) error {
		p := provisioner.New(k.pool)
		list, err := p.List(ctx)
		if err != nil {
			return err //nolint:wrapcheck // it says what was attempted
		}
		spares, err := p.Spares(ctx)
		if err != nil {
			return err //nolint:wrapcheck // as above
		}
		if k.json {
			return k.print(map[string]any{"tenants": list, "spares": spares}, "")
		}
		w := tabwriter.NewWriter(k.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "TENANT\tHOST\tSTATE\tPLAN\tVERSION\tSINCE")
		for _, t := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\n", t.Name, t.Host, t.State, t.Plan, t.SchemaVersion, t.CreatedAt.Format(time.DateOnly))
		}
		_ = w.Flush() // as with every printing for people
		fmt.Fprintf(k.out, "%d tenants, %d spare schemas\n", len(list), spares)
		return nil
	},
}

var suspendCommand = command{
	name: "suspend", arguments: "<tenant>", login: ownerLogin,
	help: "close a tenant at once; its data is kept",
	do: func(ctx context.Context, k *call) error {
		if err := provisioner.New(k.pool).Suspend(ctx, k.name); err != nil {
			return err //nolint:wrapcheck // it names the tenant
		}
		return k.print(map[string]string{"tenant": k.name, "state": "suspended"}, "tenant %s is suspended\n", k.name)
	},
}

var resumeCommand = command{
	name: "resume", arguments: "<tenant>", login: ownerLogin,
	help: "open a suspended tenant again",
	do: func(ctx context.Context, k *call) error {
		if err := provisioner.New(k.pool).Resume(ctx, k.name); err != nil {
			return err //nolint:wrapcheck // it names the tenant
		}
		return k.print(map[string]string{"tenant": k.name, "state": "active"}, "tenant %s is active\n", k.name)
	},
}
