package provisioner

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Erasure is what is erased, and how it is attested.
type Erasure struct {
	Name     string
	Key      ed25519.PrivateKey // signs the report
	Backups  time.Duration      // how long backups are kept, in which rows live on
	Holdings []Holding
	Tell     Progress
}

// Erase removes everything of a suspended tenant, as LGPD article 18 gives it
// the right to: what the holdings keep first, then rows, schema and role in
// one transaction, in which the signed report is kept as well. Each part may
// be repeated, so an erasure that fails is run again; one that is done gives
// the report again.
func (p *Provisioner) Erase(ctx context.Context, e Erasure) (Signed, error) {
	if err := checkName(e.Name); err != nil {
		return Signed{}, err
	}
	if len(e.Key) != ed25519.PrivateKeySize {
		return Signed{}, errors.New("erase: no key to sign the report; make one with: openssl genpkey -algorithm ed25519")
	}
	if report, err := p.Report(ctx, e.Name); !errors.Is(err, ErrAbsent) {
		return report, err
	}
	report := Report{Tenant: e.Name, Kept: kept}
	if err := p.in(ctx, p.shared, func(tx pgx.Tx) error { return p.hold(ctx, tx, e.Name, tenancy.Suspended) }); err != nil {
		return Signed{}, fmt.Errorf("erase the tenant %s: %w; suspend it first", e.Name, err)
	}
	id, err := p.find(ctx, e.Name)
	if err != nil {
		return Signed{}, err
	}
	for i, h := range e.Holdings {
		count, err := h.Erase(ctx, id)
		if err != nil {
			return Signed{}, fmt.Errorf("erase the %s of the tenant %s: %w; its rows are still there: run it again", h.Name(), e.Name, err)
		}
		report.Holdings = append(report.Holdings, Erased{h.Name(), count})
		if e.Tell != nil {
			e.Tell(i+1, len(e.Holdings)+1, h.Name())
		}
	}
	var signed Signed
	err = p.in(ctx, p.shared, func(tx pgx.Tx) (err error) {
		signed, err = p.eraseRows(ctx, tx, e, report)
		return err
	})
	if err != nil {
		return Signed{}, fmt.Errorf("erase the rows of the tenant %s: %w", e.Name, err)
	}
	if e.Tell != nil {
		e.Tell(len(e.Holdings)+1, len(e.Holdings)+1, "rows")
	}
	return signed, nil
}

// eraseRows drops the schema and the role, and leaves of the tenant its name,
// its host and its dates: a name that was given is never given again.
func (p *Provisioner) eraseRows(ctx context.Context, tx pgx.Tx, e Erasure, report Report) (Signed, error) {
	if err := p.hold(ctx, tx, e.Name, tenancy.Suspended); err != nil {
		return Signed{}, err
	}
	if err := actFor(ctx, tx, e.Name); err != nil {
		return Signed{}, err
	}
	schema := schemaOf(e.Name)
	list, err := p.tables(ctx, tx, schema)
	if err != nil {
		return Signed{}, err
	}
	for _, t := range list {
		erased := Erased{What: "rows of " + t.Name}
		if err := tx.QueryRow(ctx, "select count(*) from "+t.full()).Scan(&erased.Count); err != nil {
			return Signed{}, fmt.Errorf("count %s: %w", t.full(), err)
		}
		report.Rows = append(report.Rows, erased)
	}
	if err := pipeline(ctx, tx,
		"delete from outbox where tenant_id = '"+e.Name+"'",
		"drop schema "+quote(schema)+" cascade",
		"drop role "+quote(schema),
		"delete from ledger where schema_name = '"+schema+"'",
		"update tenants set state = 'erased', erased_at = now(), schema_version = 0 where id = '"+e.Name+"'"); err != nil {
		return Signed{}, err
	}
	report.ErasedAt = time.Now().UTC().Truncate(time.Second)
	report.BackupsExpireAt = report.ErasedAt.Add(e.Backups)
	signed, err := report.sign(e.Key)
	if err != nil {
		return Signed{}, err
	}
	if _, err := tx.Exec(ctx, "insert into erasures (tenant, report) values ($1, $2)", e.Name, signed.String()); err != nil {
		return Signed{}, fmt.Errorf("keep the report: %w", err)
	}
	return signed, nil
}
