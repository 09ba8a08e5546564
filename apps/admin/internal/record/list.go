package record

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Page is a part of a list.
type Page struct {
	Records []Record
	Total   int          // of all pages
	Next    entity.Place // where the next page begins; zero at the end
}

// conditions collects the parts of a where clause and their arguments.
type conditions struct {
	parts []string
	args  []any
}

func (c *conditions) add(format string, args ...any) {
	var places []any
	for _, a := range args {
		c.args = append(c.args, a)
		places = append(places, "$"+strconv.Itoa(len(c.args)))
	}
	c.parts = append(c.parts, fmt.Sprintf(format, places...))
}

func (c *conditions) where() string {
	if len(c.parts) == 0 {
		return ""
	}
	return " where " + strings.Join(c.parts, " and ")
}

// Letters that are looked for are found with or without their accents.
const accented, plain = "áàâãäéèêëíìîïóòôõöúùûüçñ", "aaaaaeeeeiiiiooooouuuucn"

func folded(column string) string {
	return "translate(lower(t." + column + "::text), '" + accented + "', '" + plain + "')"
}

var fold = strings.NewReplacer(func() (pairs []string) {
	to := []rune(plain)
	for i, from := range []rune(accented) {
		pairs = append(pairs, string(from), string(to[i]))
	}
	return pairs
}()...)

// literal keeps a text from being a pattern.
var literal = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// ask turns a query into conditions. Each word must be found in some column.
func ask(e *entity.Entity, q entity.Query) *conditions {
	c := &conditions{}
	for word := range strings.FieldsSeq(fold.Replace(strings.ToLower(q.Text))) {
		patterns := []any{"%" + literal.Replace(word) + "%"}
		var columns []string
		for _, column := range e.Search {
			columns = append(columns, folded(column)+" like %[1]s")
		}
		// Numbers are kept as digits alone, and people write what is between them.
		if digits := strings.NewReplacer(".", "", "-", "", "(", "", ")", "", "/", "").Replace(word); digits != word && strings.Trim(digits, "0123456789") == "" && digits != "" {
			patterns = append(patterns, "%"+digits+"%")
			for _, column := range e.Search {
				columns = append(columns, folded(column)+" like %[2]s")
			}
		}
		c.add("("+strings.Join(columns, " or ")+")", patterns...)
	}
	for _, f := range q.Filters {
		column := "t." + f.Field.Name
		if f.Is != "" {
			c.add(column+"::text = %s", f.Is)
		}
		kind := "timestamptz"
		if f.Field.Kind == entity.Date {
			kind = "date"
		}
		if f.From != "" {
			c.add(column+" >= %s::"+kind, f.From)
		}
		if f.Until != "" {
			c.add(column+" < %s::"+kind, f.Until)
		}
	}
	return c
}

// List reads a page.
func (s *Store) List(ctx context.Context, id tenancy.ID, e *entity.Entity, q entity.Query) (Page, error) {
	var p Page
	err := s.db.ReadTx(ctx, id, func(tx *tenancy.Tx) error {
		c := ask(e, q)
		if err := tx.QueryRow(ctx, "select count(*) from "+e.Name+" t"+c.where(), c.args...).Scan(&p.Total); err != nil {
			return err
		}
		than, order := ">", ""
		if q.Sort.Down {
			than, order = "<", " desc"
		}
		if q.After.Key != "" {
			c.add("("+q.Sort.Column+", t."+e.Key.Column+") "+than+" (%s::"+q.Sort.Type+", %s::"+e.Key.Type+")", q.After.Value, q.After.Key)
		}
		rows, err := tx.Query(ctx, fmt.Sprintf("select %s, (%s)::text from %s t%s order by %s%s, t.%s%s limit %d",
			columns(e), q.Sort.Column, e.Name, c.where(), q.Sort.Column, order, e.Key.Column, order, q.Limit+1), c.args...)
		if err != nil {
			return err
		}
		var places []string
		p.Records, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Record, error) {
			var at string
			r, err := scan(e, row, &at)
			places = append(places, at)
			return r, err
		})
		if len(p.Records) > q.Limit {
			p.Records = p.Records[:q.Limit]
			p.Next = entity.Place{Value: places[q.Limit-1], Key: p.Records[q.Limit-1].Key}
		}
		return err
	})
	var pg *pgconn.PgError
	if errors.As(err, &pg) && strings.HasPrefix(pg.Code, "22") { // a value that is none of the column's type
		return Page{}, entity.Problems{{Field: "after", Detail: "não é o fim de uma página desta lista"}}
	}
	if err != nil {
		return Page{}, fmt.Errorf("list %s: %w", e.Name, err)
	}
	return p, nil
}
