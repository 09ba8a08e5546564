// Package people keeps a tenant's users and their roles, for auth to sign them
// in and for those who administer them. Nobody gives a permission that he has
// not, or changes a user who has more than he, and one user who may do
// everything always remains. Sessions and tokens are auth's.
package people

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/admin/internal/audit"
	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/permission"
	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Renew is all that a user may do whose password somebody else has set: to set
// one of his own.
const Renew = "password.renew"

// TemporaryLife is how long a password that somebody else has set is good.
const TemporaryLife = 72 * time.Hour

// Store keeps users. Each look-up goes to the primary: a replica would let in,
// for a moment, who was just shut out.
type Store struct {
	db       *tenancy.DB
	sessions *auth.Sessions
	log      *slog.Logger
}

var _ auth.Users = (*Store)(nil)

// New returns a Store. It ends the sessions of those whose rights change.
func New(db *tenancy.DB, sessions *auth.Sessions, log *slog.Logger) *Store {
	return &Store{db.Fresh(), sessions, log}
}

// Profile is what a user is told about himself.
type Profile struct{ ID, Login, Name, Email, Role string }

const found = `select u.id::text, coalesce(u.password_hash, ''), u.state <> 'active' or coalesce(u.password_expires_at < now(), false), u.password_expires_at is not null, r.permissions
	from users u join roles r on r.tenant_id = u.tenant_id and r.name = u.role where `

// ByAccount implements auth.Users. An account is a login, in full or without
// what begins all logins of the tenant, or an e-mail address.
func (s *Store) ByAccount(ctx context.Context, id tenancy.ID, account string) (auth.User, error) {
	account = strings.ToLower(strings.TrimSpace(account))
	if account == "" || len(account) > 200 || strings.Contains(account, "\x00") {
		return auth.User{}, auth.ErrCredentials
	}
	return user(s.db.QueryRow(ctx, id, found+"u.login in ($1::text, 'cliente_' || u.tenant_id || '_' || $1::text) or u.email = $1 order by u.login = $1 or u.email = $1 desc limit 1", account))
}

// ByID implements auth.Users.
func (s *Store) ByID(ctx context.Context, id tenancy.ID, key string) (auth.User, error) {
	if !entity.IsUUID(key) {
		return auth.User{}, auth.ErrCredentials
	}
	return user(s.db.QueryRow(ctx, id, found+"u.id = $1::uuid", key))
}

func user(row pgx.Row) (auth.User, error) {
	var u auth.User
	temporary := false
	err := row.Scan(&u.ID, &u.Hash, &u.Disabled, &temporary, &u.Roles)
	if errors.Is(err, pgx.ErrNoRows) {
		return auth.User{}, auth.ErrCredentials
	}
	if err != nil {
		return auth.User{}, fmt.Errorf("find a user: %w", err)
	}
	if temporary {
		u.Roles = []string{Renew}
	}
	return u, nil
}

// SetHash implements auth.Users.
func (s *Store) SetHash(ctx context.Context, id tenancy.ID, key, hash string) error {
	_, err := s.db.Exec(ctx, id, "update users set password_hash = $2 where id::text = $1", key, hash)
	if err != nil {
		return fmt.Errorf("renew a password's hash: %w", err)
	}
	return nil
}

// NoteSignIn keeps when a user signed in last.
func (s *Store) NoteSignIn(ctx context.Context, id tenancy.ID, key string) error {
	if _, err := s.db.Exec(ctx, id, "update users set signed_in_at = now() where id::text = $1", key); err != nil {
		return fmt.Errorf("note a sign-in: %w", err)
	}
	return nil
}

// Profile reads what a user is told about himself.
func (s *Store) Profile(ctx context.Context, id tenancy.ID, key string) (Profile, error) {
	p := Profile{ID: key}
	err := s.db.QueryRow(ctx, id, `select u.login, u.name, u.email, r.title from users u join roles r on r.tenant_id = u.tenant_id and r.name = u.role
		where u.id::text = $1`, key).Scan(&p.Login, &p.Name, &p.Email, &p.Role)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, entity.ErrNotFound
	}
	if err != nil {
		return p, fmt.Errorf("read a profile: %w", err)
	}
	return p, nil
}

// SetOwnPassword keeps the hash of a password that its user chose.
func (s *Store) SetOwnPassword(ctx context.Context, id tenancy.ID, key, hash string) error {
	return s.setPassword(ctx, id, entity.Actor{User: key, Permissions: []string{permission.All}}, key, hash, nil)
}

// SetTemporaryPassword keeps the hash of a password that its user must replace,
// and ends the user's sessions.
func (s *Store) SetTemporaryPassword(ctx context.Context, id tenancy.ID, by entity.Actor, key, hash string) error {
	until := time.Now().Add(TemporaryLife)
	err := s.setPassword(ctx, id, by, key, hash, &until)
	if err == nil {
		s.end(ctx, id, key)
	}
	return err
}

func (s *Store) setPassword(ctx context.Context, id tenancy.ID, by entity.Actor, key, hash string, until *time.Time) error {
	if !entity.IsUUID(key) {
		return entity.ErrNotFound
	}
	return s.db.Tx(ctx, id, func(tx *tenancy.Tx) error { //nolint:wrapcheck // each step says what it was for
		problems, err := outranked(ctx, tx, by, []string{key})
		if err == nil && len(problems) > 0 {
			return problems
		}
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "update users set password_hash = $2, password_expires_at = $3, version = version + 1, updated_at = now() where id = $1::uuid", key, hash, until)
		if err != nil {
			return fmt.Errorf("set a password: %w", err)
		}
		if n == 0 {
			return entity.ErrNotFound
		}
		action := "password_changed"
		if until != nil {
			action = "password_reset"
		}
		return audit.Add(ctx, tx, by.User, action, "users:"+key, nil)
	})
}

// outranked refuses changes of users who may do more than the one who asks.
func outranked(ctx context.Context, tx *tenancy.Tx, by entity.Actor, keys []string) (entity.Problems, error) {
	rows, err := tx.Query(ctx, "select r.permissions from users u join roles r on r.tenant_id = u.tenant_id and r.name = u.role where u.id::text = any($1::text[])", keys)
	if err != nil {
		return nil, fmt.Errorf("compare permissions: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[[]string])
	if err != nil {
		return nil, fmt.Errorf("compare permissions: %w", err)
	}
	if slices.ContainsFunc(all, func(theirs []string) bool { return len(permission.Missing(by.Permissions, theirs)) > 0 }) {
		return entity.Problems{{Detail: "você não pode alterar quem tem mais permissões do que você"}}, nil
	}
	return nil, nil
}

// end ends all sessions of users. While Redis is away they last until their
// next refresh, which asks for the user again.
func (s *Store) end(ctx context.Context, id tenancy.ID, keys ...string) {
	for _, key := range keys {
		if _, err := s.sessions.RevokeAll(context.WithoutCancel(ctx), id, key, ""); err != nil {
			s.log.Error("people: sessions of a changed user could not be ended", "tenant", id.String(), "user", key, "problem", err.Error())
		}
	}
}
