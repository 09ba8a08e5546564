// Package audit keeps who did what, and when: the sign-ins that auth tells of,
// and each change of a record. It names the fields that changed and never holds
// their values, for what is in it stays: the tenant's role may add to the table
// and read it, and no more.
package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Entry is something that was done.
type Entry struct {
	ID     int64             `json:"id"`
	At     time.Time         `json:"at"`
	Actor  string            `json:"actor"` // a user's id; empty where nobody is known
	Name   string            `json:"actor_name"`
	Action string            `json:"action"`
	Object string            `json:"object"`
	Detail map[string]string `json:"detail"`
}

// Query asks for entries, the latest first.
type Query struct {
	Object string // all when empty
	Actor  string
	Action string
	Before int64 // the id that the page before ended with; 0 begins
	Limit  int
}

// Log is the audit log.
type Log struct{ db *tenancy.DB }

var _ auth.Audit = (*Log)(nil)

// New returns the log of a database.
func New(db *tenancy.DB) *Log { return &Log{db} }

const insert = "insert into audit (actor, action, object, detail) values ($1, $2, $3, $4::jsonb)"

// Record implements auth.Audit.
func (l *Log) Record(ctx context.Context, id tenancy.ID, e auth.Event) error {
	object, detail := "session", map[string]string{}
	if e.Session != "" {
		object += ":" + e.Session
	}
	if e.Address != "" {
		detail["address"] = e.Address
	}
	text, err := encode(detail)
	if err != nil {
		return err
	}
	if _, err := l.db.Exec(ctx, id, insert, e.User, string(e.Kind), object, text); err != nil {
		return fmt.Errorf("audit: record %s: %w", e.Kind, err)
	}
	return nil
}

// Add notes a change in the transaction that makes it: the one is not without
// the other.
func Add(ctx context.Context, tx *tenancy.Tx, actor, action, object string, detail map[string]string) error {
	text, err := encode(detail)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, insert, actor, action, object, text); err != nil {
		return fmt.Errorf("audit: note %s of %s: %w", action, object, err)
	}
	return nil
}

func encode(detail map[string]string) (string, error) {
	if detail == nil {
		detail = map[string]string{}
	}
	text, err := json.Marshal(detail)
	if err != nil {
		return "", fmt.Errorf("audit: write the detail: %w", err)
	}
	return string(text), nil
}

// List returns a page of entries, and whether there are more.
func (l *Log) List(ctx context.Context, id tenancy.ID, q Query) (page []Entry, more bool, err error) {
	rows, err := l.db.Fresh().Query(ctx, id, `select a.id, a.at, a.actor, coalesce(u.name, ''), a.action, a.object, a.detail
		from audit a left join users u on u.tenant_id = a.tenant_id and u.id::text = a.actor
		where ($1::text = '' or a.object = $1) and ($2::text = '' or a.actor = $2) and ($3::text = '' or a.action = $3) and ($4::bigint = 0 or a.id < $4)
		order by a.id desc limit $5`, q.Object, q.Actor, q.Action, q.Before, q.Limit+1)
	if err != nil {
		return nil, false, fmt.Errorf("audit: read the log: %w", err)
	}
	page, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (e Entry, err error) {
		var detail []byte
		if err = row.Scan(&e.ID, &e.At, &e.Actor, &e.Name, &e.Action, &e.Object, &detail); err == nil {
			err = json.Unmarshal(detail, &e.Detail)
		}
		return e, err
	})
	if err != nil {
		return nil, false, fmt.Errorf("audit: read the log: %w", err)
	}
	if len(page) > q.Limit {
		return page[:q.Limit], true, nil
	}
	return page, false, nil
}

// Note keeps what was done outside of a transaction.
func (l *Log) Note(ctx context.Context, id tenancy.ID, actor, action, object string, detail map[string]string) error {
	text, err := encode(detail)
	if err != nil {
		return err
	}
	if _, err := l.db.Exec(ctx, id, insert, actor, action, object, text); err != nil {
		return fmt.Errorf("audit: note %s of %s: %w", action, object, err)
	}
	return nil
}
