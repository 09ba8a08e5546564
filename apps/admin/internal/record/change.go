package record

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/avila-devops/saas/apps/admin/internal/audit"
	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Create writes a new record.
func (s *Store) Create(ctx context.Context, id tenancy.ID, by entity.Actor, e *entity.Entity, given entity.Values) (Record, error) {
	if problems := e.Judge(given, true); problems != nil {
		return Record{}, problems
	}
	var made Record
	err := s.db.Tx(ctx, id, func(tx *tenancy.Tx) error {
		c := &entity.Change{By: by, New: maps.Clone(given)}
		if err := judge(ctx, tx, e, c); err != nil {
			return err
		}
		var names, places []string
		var args []any
		for i := range e.Fields {
			f := &e.Fields[i]
			if f.ReadOnly {
				continue
			}
			args = append(args, c.New[f.Name])
			names, places = append(names, f.Name), append(places, f.Parameter(len(args)))
		}
		var key string
		if err := tx.QueryRow(ctx, "insert into "+e.Name+" ("+strings.Join(names, ", ")+") values ("+strings.Join(places, ", ")+") returning "+e.Key.Column+"::text", args...).Scan(&key); err != nil {
			return err
		}
		if err := audit.Add(ctx, tx, by.User, "created", e.Object(key), nil); err != nil {
			return err
		}
		var err error
		made, err = s.written(ctx, tx, e, key)
		return err
	})
	return made, explain(e, "create one of", err)
}

// Update changes the given fields of a record, if it is still the version that
// its editor saw.
func (s *Store) Update(ctx context.Context, id tenancy.ID, by entity.Actor, e *entity.Entity, key string, version int, given entity.Values) (Record, error) {
	if problems := e.Judge(given, false); problems != nil {
		return Record{}, problems
	}
	if !wellFormed(e, key) {
		return Record{}, entity.ErrNotFound
	}
	var made Record
	var c *entity.Change
	err := s.db.Tx(ctx, id, func(tx *tenancy.Tx) error {
		old, err := one(e, tx.QueryRow(ctx, find(e)+" for update of t", key))
		if err != nil {
			return err
		}
		if old.Version != version {
			return entity.ErrConflict
		}
		c = &entity.Change{By: by, Keys: []string{key}, Old: old.Values, New: maps.Clone(old.Values)}
		maps.Copy(c.New, given)
		if err := judge(ctx, tx, e, c); err != nil {
			return err
		}
		changed, err := update(ctx, tx, e, key, c)
		if err != nil || len(changed) == 0 {
			made = old
			return err
		}
		if err := audit.Add(ctx, tx, by.User, "changed", e.Object(key), map[string]string{"fields": strings.Join(changed, ",")}); err != nil {
			return err
		}
		if err := verify(ctx, tx, e); err != nil {
			return err
		}
		made, err = s.written(ctx, tx, e, key)
		return err
	})
	if err == nil && e.Settled != nil {
		e.Settled(ctx, id, c)
	}
	return made, explain(e, "change one of", err)
}

func (s *Store) indexes(e *entity.Entity) bool { return s.index != nil && e.Found }

// written reads what became of a record, and has it found.
func (s *Store) written(ctx context.Context, tx *tenancy.Tx, e *entity.Entity, key string) (Record, error) {
	r, err := one(e, tx.QueryRow(ctx, find(e), key))
	if err != nil || !s.indexes(e) {
		return r, err
	}
	return r, s.index.Put(ctx, tx, e, r)
}

// update writes the fields that are new, and returns their names.
func update(ctx context.Context, tx *tenancy.Tx, e *entity.Entity, key string, c *entity.Change) (changed []string, err error) {
	args, sets := []any{key}, []string{"version = version + 1", "updated_at = now()"}
	for i := range e.Fields {
		f := &e.Fields[i]
		if f.ReadOnly || f.Once || c.New[f.Name] == c.Old[f.Name] {
			continue
		}
		changed, args = append(changed, f.Name), append(args, c.New[f.Name])
		sets = append(sets, f.Name+" = "+f.Parameter(len(args)))
	}
	if len(changed) > 0 {
		_, err = tx.Exec(ctx, "update "+e.Name+" set "+strings.Join(sets, ", ")+" where "+e.Key.Column+" = $1::"+e.Key.Type, args...)
	}
	return changed, err //nolint:wrapcheck // explain says what it means
}

// Act does an action to records, and returns how many it touched: those that
// are there, and in a state that it begins from. All are done or none.
func (s *Store) Act(ctx context.Context, id tenancy.ID, by entity.Actor, e *entity.Entity, name string, keys []string) (int, error) {
	a := e.Action(name)
	if a == nil {
		return 0, entity.Problems{{Field: "action", Detail: "esta ação não existe"}}
	}
	if keys = slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !wellFormed(e, key) }); len(keys) > entity.MaxPageSize {
		return 0, entity.Problems{{Field: "ids", Detail: fmt.Sprintf("são mais de %d registros de uma vez", entity.MaxPageSize)}}
	}
	touched, c := 0, &entity.Change{By: by, Keys: keys, Action: name}
	err := s.db.Tx(ctx, id, func(tx *tenancy.Tx) error {
		if err := judge(ctx, tx, e, c); err != nil {
			return err
		}
		statement := "delete from " + e.Name
		if a.Set != "" {
			statement = "update " + e.Name + " set " + a.Set + ", version = version + 1, updated_at = now()"
		}
		statement += " where " + e.Key.Column + "::text = any($1::text[])"
		if a.From != "" {
			statement += " and " + a.From
		}
		n, err := tx.Exec(ctx, "with done as ("+statement+" returning "+e.Key.Column+"::text as key) insert into audit (actor, action, object) select $2, $3, $4 || ':' || key from done",
			keys, by.User, name, e.Name)
		if err != nil {
			return err
		}
		touched = int(n)
		if err := verify(ctx, tx, e); err != nil || a.Set != "" || !s.indexes(e) {
			return err
		}
		return s.index.Delete(ctx, tx, e, keys)
	})
	if err != nil {
		return 0, explain(e, name, err)
	}
	if e.Settled != nil {
		e.Settled(ctx, id, c)
	}
	return touched, nil
}

func judge(ctx context.Context, tx *tenancy.Tx, e *entity.Entity, c *entity.Change) error {
	if e.Check == nil {
		return nil
	}
	problems, err := e.Check(ctx, tx, c)
	if err == nil && len(problems) > 0 {
		return problems
	}
	return err
}

func verify(ctx context.Context, tx *tenancy.Tx, e *entity.Entity) error {
	if e.Verify == nil {
		return nil
	}
	problems, err := e.Verify(ctx, tx)
	if err == nil && len(problems) > 0 {
		return problems
	}
	return err
}

// explain turns what a constraint says into what a person can set right.
func explain(e *entity.Entity, what string, err error) error {
	var problems entity.Problems
	if err == nil || errors.As(err, &problems) || errors.Is(err, entity.ErrNotFound) || errors.Is(err, entity.ErrConflict) {
		return err
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		if p, known := e.Unique[pg.ConstraintName]; known {
			return entity.Problems{p}
		}
		if pg.Code == "23503" && pg.TableName != e.Name {
			return entity.Problems{{Detail: "há registros que dependem deste; nada foi excluído"}}
		}
		if pg.Code == "23503" {
			for _, f := range e.Fields {
				if f.Link != nil && strings.Contains(pg.ConstraintName, "_"+f.Name+"_") {
					return entity.Problems{{Field: f.Name, Detail: "este registro não existe mais; escolha outro"}}
				}
			}
		}
	}
	return fmt.Errorf("%s %s: %w", what, e.Name, err)
}
