package provisioner

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/migration"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Order is a tenant to be made.
type Order struct {
	Name, Host        string
	Plan              string // pooled unless set
	RequestsPerMinute int    // 6000 unless set
	Admin             *Admin // the first user, if any
}

// Admin is a tenant's first user.
type Admin struct {
	Name, Email  string
	PasswordHash string // argon2id; empty: cannot sign in until a password is set
}

// Made tells how a tenant came to be.
type Made struct {
	FromSpare bool   `json:"from_spare"`
	Login     string `json:"admin_login,omitempty"`
}

// Provision makes a tenant: out of a spare schema where there is one, which
// takes two renamings, or else from nothing. All of it is one transaction.
func (p *Provisioner) Provision(ctx context.Context, o Order) (Made, error) {
	if err := o.complete(); err != nil {
		return Made{}, err
	}
	made := Made{}
	schema := schemaOf(o.Name)
	err := p.in(ctx, schema, func(tx pgx.Tx) error {
		spare, err := p.claim(ctx, tx)
		if err != nil {
			return err
		}
		if spare == "" {
			if err := p.build(ctx, tx, schema); err != nil {
				return err
			}
		} else if err := p.rename(ctx, tx, spare, schema); err != nil {
			return err
		}
		made.FromSpare = spare != ""
		if made.Login, err = p.firstUser(ctx, tx, o); err != nil {
			return err
		}
		return p.enroll(ctx, tx, o)
	})
	switch {
	case isCode(err, "42710", "42P06", "23505"):
		return made, fmt.Errorf("tenant %s at %s: %w, or its name or host belongs to another; names and hosts are never given again: %w", o.Name, o.Host, ErrExists, err)
	case err != nil:
		return made, fmt.Errorf("provision the tenant %s: %w", o.Name, err)
	}
	return made, nil
}

func (o *Order) complete() error {
	host, err := tenancy.ParseHost(o.Host)
	if err == nil && host != o.Host {
		err = fmt.Errorf("%w: write %q as %q", tenancy.ErrHost, o.Host, host)
	}
	if o.Plan == "" {
		o.Plan = "pooled"
	}
	if o.RequestsPerMinute == 0 {
		o.RequestsPerMinute = 6000
	}
	return errors.Join(checkName(o.Name), err)
}

// claim takes a spare schema, or returns "" when there is none. Two that ask
// at once never get the same.
func (p *Provisioner) claim(ctx context.Context, tx pgx.Tx) (spare string, err error) {
	shared := quote(p.shared)
	err = tx.QueryRow(ctx, fmt.Sprintf(`delete from %[1]s.spares where schema_name = (
		select schema_name from %[1]s.spares s
		where (select max(version) from %[1]s.ledger l where l.schema_name = s.schema_name) = $1
		order by made_at limit 1 for update skip locked) returning schema_name`, shared), migration.Latest()).Scan(&spare)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("claim a spare schema: %w", err)
	}
	return spare, nil
}

// rename turns a spare into a tenant. Grants and policies follow: the server
// keeps them by number, not by name.
func (p *Provisioner) rename(ctx context.Context, tx pgx.Tx, spare, schema string) error {
	return pipeline(ctx, tx,
		fmt.Sprintf("alter role %s rename to %s", quote(spare), quote(schema)),
		fmt.Sprintf("alter schema %s rename to %s", quote(spare), quote(schema)),
		fmt.Sprintf("update %s.ledger set schema_name = '%s' where schema_name = '%s'", quote(p.shared), schema, spare),
		fmt.Sprintf("grant %s to %s", quote(schema), App))
}

// build makes a role and its schema, migrated.
func (p *Provisioner) build(ctx context.Context, tx pgx.Tx, schema string) error {
	q := quote(schema)
	if err := pipeline(ctx, tx,
		"create role "+q+" nologin inherit",
		"grant "+Tenants+" to "+q,
		"create schema "+q,
		"grant usage on schema "+q+" to "+q,
		"grant "+q+" to "+App); err != nil {
		return err
	}
	_, err := p.apply(ctx, tx, schema, migration.Tenant, migration.Protect())
	return err
}

// firstUser makes the roles that every tenant starts with, and its first user.
func (p *Provisioner) firstUser(ctx context.Context, tx pgx.Tx, o Order) (login string, err error) {
	if _, err := tx.Exec(ctx, "select set_config('app.current_tenant', $1, true)", o.Name); err != nil {
		return "", fmt.Errorf("act for the tenant: %w", err)
	}
	if _, err := tx.Exec(ctx, `insert into roles (name, title, permissions) values
		('admin', 'Administração', '{*}'), ('staff', 'Equipe', '{patients.*,appointments.*,professionals.read,services.read}')`); err != nil {
		return "", fmt.Errorf("make the first roles: %w", err)
	}
	if o.Admin == nil {
		return "", nil
	}
	login = "cliente_" + o.Name + "_admin"
	var hash any
	if o.Admin.PasswordHash != "" {
		hash = o.Admin.PasswordHash
	}
	if _, err := tx.Exec(ctx, "insert into users (login, name, email, role, password_hash) values ($1, $2, lower($3), 'admin', $4)",
		login, o.Admin.Name, o.Admin.Email, hash); err != nil {
		return "", fmt.Errorf("make the first user: %w", err)
	}
	return login, nil
}

// enroll writes the record, last: the registry's version is locked from here
// to the commit.
func (p *Provisioner) enroll(ctx context.Context, tx pgx.Tx, o Order) error {
	_, err := tx.Exec(ctx, "insert into "+quote(p.shared)+`.tenants (id, host, state, plan, requests_per_minute, schema_version, version)
		values ($1, $2, 'active', $3, $4, $5, 0)`, o.Name, o.Host, o.Plan, o.RequestsPerMinute, migration.Latest())
	if err != nil {
		return fmt.Errorf("enroll in the registry: %w", err)
	}
	return nil
}

// Refill makes spare schemas until there are so many, and returns how many it
// made.
func (p *Provisioner) Refill(ctx context.Context, want, parallel int, tell Progress) (int, error) {
	have := 0
	if err := p.pool.Raw().QueryRow(ctx, "select count(*) from "+quote(p.shared)+".spares").Scan(&have); err != nil {
		return 0, fmt.Errorf("count the spare schemas: %w", err)
	}
	missing := make([]string, 0, max(0, want-have))
	for range cap(missing) {
		name := make([]byte, 8)
		_, _ = rand.Read(name) // never fails: it ends the program instead
		missing = append(missing, "spare_"+hex.EncodeToString(name))
	}
	err := each(ctx, missing, parallel, tell, func(ctx context.Context, schema string) error {
		return p.in(ctx, schema, func(tx pgx.Tx) error {
			if err := p.build(ctx, tx, schema); err != nil {
				return err
			}
			return pipeline(ctx, tx,
				fmt.Sprintf("revoke %s from %s", quote(schema), App),
				fmt.Sprintf("insert into %s.spares (schema_name) values ('%s')", quote(p.shared), schema))
		})
	})
	return len(missing), err
}
