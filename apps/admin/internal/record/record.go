// Package record keeps the records of every entity in the tenants' own tables:
// lists with search, filters and pages, and changes that are judged, versioned
// and noted in the audit log in the transaction that makes them. What the
// entities are is described elsewhere.
package record

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Record is one of an entity's.
type Record struct {
	Key     string
	Version int
	Created time.Time
	Updated time.Time
	Values  entity.Values
	Titles  map[string]string // of linked records, by field
}

// Store keeps records. What was written is seen by the next read, so reads go
// to the primary; figures and charts, which count many rows, do not.
type Store struct {
	db    *tenancy.DB
	index Index // nil where nothing is searched but lists
}

// Index keeps what can be found of records, in the transaction that changes
// them.
type Index interface {
	Put(ctx context.Context, tx *tenancy.Tx, e *entity.Entity, r Record) error
	Delete(ctx context.Context, tx *tenancy.Tx, e *entity.Entity, keys []string) error
}

// New returns a Store.
func New(db *tenancy.DB, index Index) *Store { return &Store{db.Fresh(), index} }

// columns reads a record of the table t.
func columns(e *entity.Entity) string {
	all := []string{"t." + e.Key.Column + "::text", "t.version", "t.created_at", "t.updated_at"}
	for i := range e.Fields {
		f := &e.Fields[i]
		all = append(all, f.Expression())
		if f.Link != nil {
			all = append(all, f.LinkTitle())
		}
	}
	return strings.Join(all, ", ")
}

// scan reads the columns, and any after them.
func scan(e *entity.Entity, row interface{ Scan(...any) error }, more ...any) (Record, error) {
	r := Record{Values: entity.Values{}, Titles: map[string]string{}}
	texts := make([]string, 2*len(e.Fields))
	into := []any{&r.Key, &r.Version, &r.Created, &r.Updated}
	for i, f := range e.Fields {
		into = append(into, &texts[2*i])
		if f.Link != nil {
			into = append(into, &texts[2*i+1])
		}
	}
	if err := row.Scan(append(into, more...)...); err != nil {
		return r, err //nolint:wrapcheck // the caller says what was read
	}
	for i, f := range e.Fields {
		r.Values[f.Name] = texts[2*i]
		if f.Link != nil {
			r.Titles[f.Name] = texts[2*i+1]
		}
	}
	return r, nil
}

func one(e *entity.Entity, row pgx.Row) (Record, error) {
	r, err := scan(e, row)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, entity.ErrNotFound
	}
	if err != nil {
		return r, fmt.Errorf("read one of %s: %w", e.Name, err)
	}
	return r, nil
}

// find is the statement that reads one record.
func find(e *entity.Entity) string {
	return "select " + columns(e) + " from " + e.Name + " t where t." + e.Key.Column + " = $1::" + e.Key.Type
}

// Get reads one record.
func (s *Store) Get(ctx context.Context, id tenancy.ID, e *entity.Entity, key string) (Record, error) {
	if !wellFormed(e, key) {
		return Record{}, entity.ErrNotFound
	}
	return one(e, s.db.QueryRow(ctx, id, find(e), key))
}

func wellFormed(e *entity.Entity, key string) bool {
	if e.Key.Type == "uuid" {
		return entity.IsUUID(key)
	}
	return key != "" && len(key) < 100 && !strings.Contains(key, "\x00")
}

// Option is a record that can be linked to.
type Option struct{ Key, Title string }

// mostOptions bounds a menu.
const mostOptions = 500

// Options lists the records that a field may link to, the one that it already
// does first. Of more than a menu holds, the others are reached from their own
// pages.
func (s *Store) Options(ctx context.Context, id tenancy.ID, l *entity.Link, present string) ([]Option, error) {
	where := "true"
	if l.Active != "" {
		where = "(" + l.Active + " or " + l.Key.Column + "::text = $1)"
	}
	rows, err := s.db.Query(ctx, id, "select "+l.Key.Column+"::text, "+l.Title+" from "+l.Table+" where "+where+
		" order by "+l.Key.Column+"::text = $1 desc, "+l.Title+", 1 limit "+strconv.Itoa(mostOptions), present)
	if err != nil {
		return nil, fmt.Errorf("list what can be chosen of %s: %w", l.Table, err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Option])
	if err != nil {
		return nil, fmt.Errorf("list what can be chosen of %s: %w", l.Table, err)
	}
	return all, nil
}
