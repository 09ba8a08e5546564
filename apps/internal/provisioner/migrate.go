package provisioner

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/migration"
)

// ErrEdited says that a step which schemas already have was changed since.
var ErrEdited = errors.New("a migration that was applied has been edited; put it back and write a new one")

// Progress is told of each schema that is done.
type Progress func(done, total int, schema string)

// Skew is how far the tenants' schemas are apart.
type Skew struct {
	Latest int         `json:"latest"`
	At     map[int]int `json:"at"` // how many schemas, by version
	Behind int         `json:"behind"`
}

// apply runs the steps that a schema lacks, notes them in the ledger, and ends
// with a last statement if any step was run. It returns how many were.
func (p *Provisioner) apply(ctx context.Context, tx pgx.Tx, schema string, steps []migration.Migration, last string) (int, error) {
	have, err := p.ledgerOf(ctx, tx, schema)
	if err != nil {
		return 0, err
	}
	var statements []string
	ran := 0
	for _, s := range steps {
		if sum, ok := have[s.Version]; ok {
			if sum != s.Checksum {
				return 0, fmt.Errorf("schema %s, %04d_%s: %w", schema, s.Version, s.Name, ErrEdited)
			}
			continue
		}
		statements = append(statements, s.Statements...)
		statements = append(statements, fmt.Sprintf("insert into %s.ledger (schema_name, version, name, checksum) values ('%s', %d, '%s', '%s')",
			quote(p.shared), schema, s.Version, s.Name, s.Checksum)) // each of them our own, of letters, digits and _
		ran++
	}
	if ran == 0 {
		return 0, nil
	}
	if last != "" {
		statements = append(statements, last)
	}
	if err := pipeline(ctx, tx, statements...); err != nil {
		return 0, fmt.Errorf("migrate the schema %s: %w", schema, err)
	}
	return ran, nil
}

func (p *Provisioner) ledgerOf(ctx context.Context, tx pgx.Tx, schema string) (map[int]string, error) {
	rows, err := tx.Query(ctx, "select version, checksum from "+quote(p.shared)+".ledger where schema_name = $1", schema)
	if err != nil {
		return nil, fmt.Errorf("read the ledger of %s: %w", schema, err)
	}
	have, version, sum := map[int]string{}, 0, ""
	if _, err := pgx.ForEachRow(rows, []any{&version, &sum}, func() error { have[version] = sum; return nil }); err != nil {
		return nil, fmt.Errorf("read the ledger of %s: %w", schema, err)
	}
	return have, nil
}

// Migrate brings every schema, those of tenants and spares, to the latest
// step, so many at a time. Each is a transaction of its own: what is done
// stays done when another fails or the run is stopped, and the next run goes
// on from there. It returns how many it changed, and every failure.
func (p *Provisioner) Migrate(ctx context.Context, parallel int, tell Progress) (int, error) {
	if err := p.Prepare(ctx); err != nil {
		return 0, err
	}
	return p.migrate(ctx, migration.Tenant, parallel, tell)
}

func (p *Provisioner) migrate(ctx context.Context, steps []migration.Migration, parallel int, tell Progress) (int, error) {
	rows, err := p.pool.Raw().Query(ctx, fmt.Sprintf(`
		select schema_name from (
		  select 'tenant_' || id as schema_name from %[1]s.tenants where state <> 'erased'
		  union all select schema_name from %[1]s.spares) s
		where coalesce((select max(version) from %[1]s.ledger l where l.schema_name = s.schema_name), 0) < $1 order by 1`, quote(p.shared)), steps[len(steps)-1].Version)
	if err != nil {
		return 0, fmt.Errorf("list the schemas that are behind: %w", err)
	}
	behind, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return 0, fmt.Errorf("list the schemas that are behind: %w", err)
	}
	var changed atomic.Int64
	err = each(ctx, behind, parallel, tell, func(ctx context.Context, schema string) error {
		ran, err := p.migrateOne(ctx, schema, steps)
		if ran > 0 && err == nil {
			changed.Add(1)
		}
		return err
	})
	return int(changed.Load()), err
}

func (p *Provisioner) migrateOne(ctx context.Context, schema string, steps []migration.Migration) (ran int, err error) {
	err = p.in(ctx, schema, func(tx pgx.Tx) error {
		// Another run may be at the same schema: the second waits, and finds it done.
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(hashtext($1))", schema); err != nil {
			return fmt.Errorf("wait for the schema %s: %w", schema, err)
		}
		if ran, err = p.apply(ctx, tx, schema, steps, migration.Protect()); err != nil || ran == 0 {
			return err
		}
		_, err := tx.Exec(ctx, "update "+quote(p.shared)+".tenants set schema_version = $2 where 'tenant_' || id = $1", schema, steps[len(steps)-1].Version)
		if err != nil {
			return fmt.Errorf("note the version of %s: %w", schema, err)
		}
		return nil
	})
	return ran, err
}

// each runs a function over names, so many at a time, and goes on when one
// fails. When ctx ends it starts no more.
func each(ctx context.Context, names []string, parallel int, tell Progress, do func(context.Context, string) error) error {
	var (
		work    = make(chan string)
		ended   sync.WaitGroup
		mu      sync.Mutex
		done    int
		failure []error
	)
	for range max(1, min(parallel, len(names))) {
		ended.Go(func() {
			for name := range work {
				err := do(ctx, name)
				mu.Lock()
				if err != nil {
					failure = append(failure, err)
				} else {
					done++
				}
				if tell != nil {
					tell(done, len(names), name)
				}
				mu.Unlock()
			}
		})
	}
	var stopped error
feed:
	for _, name := range names {
		select {
		case <-ctx.Done():
			stopped = fmt.Errorf("stopped: %w; run it again to go on", context.Cause(ctx))
			break feed
		case work <- name:
		}
	}
	close(work)
	ended.Wait()
	if stopped == nil && len(failure) > 0 {
		stopped = fmt.Errorf("%d of %d schemas failed; put right what they name and run it again", len(failure), len(names))
	}
	return errors.Join(append(failure, stopped)...)
}

// Skew counts the tenants' schemas by version.
func (p *Provisioner) Skew(ctx context.Context) (Skew, error) {
	s := Skew{Latest: migration.Latest(), At: map[int]int{}}
	rows, err := p.pool.Raw().Query(ctx, "select schema_version, count(*) from "+quote(p.shared)+".tenants where state <> 'erased' group by 1")
	if err != nil {
		return s, fmt.Errorf("count the schemas by version: %w", err)
	}
	version, count := 0, 0
	_, err = pgx.ForEachRow(rows, []any{&version, &count}, func() error {
		s.At[version] = count
		if version < s.Latest {
			s.Behind += count
		}
		return nil
	})
	if err != nil {
		return s, fmt.Errorf("count the schemas by version: %w", err)
	}
	return s, nil
}
