package dashboard

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/permission"
	"github.com/avila-devops/saas/apps/admin/internal/record"
)

type cell struct{ Label, Text, Class string }

type listRow struct {
	Key, Href, Title string
	Cells            []cell // after the first, which is the link
}

type listView struct {
	Entity   *entity.Entity
	Base     string
	Text     string
	Filters  []input
	Filtered bool
	Sorts    []record.Option
	Sort     string
	Heads    []cell
	Rows     []listRow
	Total    int
	First    string // the first page, where this is another
	Next     string
	Write    bool
	Problems entity.Problems
}

func (d *Dashboard) list(v *visit, e *entity.Entity) error {
	in := v.URL.Query()
	q, problems := e.ParseQuery(in, v.brand.Location())
	view := listView{Entity: e, Base: Root + e.Slug + "/", Text: q.Text, Sort: q.Sort.Name, Problems: problems, Write: v.may(permission.Write(e.Name)), Filtered: q.Text != "" || len(q.Filters) > 0}
	code := http.StatusOK
	if problems != nil {
		code = http.StatusUnprocessableEntity
	} else {
		page, err := d.api.Records.List(v.Context(), v.tenant.ID, e, q)
		if err != nil {
			return err //nolint:wrapcheck // it says what was read
		}
		view.fill(v, page)
		if page.Next.Key != "" {
			view.Next = with(in, "after", page.Next.String())
		}
		if in.Get("after") != "" {
			view.First = with(in, "after", "")
		}
	}
	for _, s := range e.Sorts {
		view.Sorts = append(view.Sorts, record.Option{Key: s.Name, Title: s.Label})
	}
	if err := d.filters(v, &view, in); err != nil {
		return err
	}
	return d.render(v, code, "list", e.Many, view)
}

// with changes one parameter of a query.
func with(in url.Values, name, value string) string {
	out := url.Values{}
	for key, all := range in {
		if key != name && len(all) > 0 && all[0] != "" {
			out.Set(key, all[0])
		}
	}
	if value != "" {
		out.Set(name, value)
	}
	return "?" + out.Encode()
}

func (view *listView) fill(v *visit, page record.Page) {
	e, zone := view.Entity, v.brand.Location()
	view.Total = page.Total
	var listed []*entity.Field
	for i := range e.Fields {
		if f := &e.Fields[i]; f.Listed {
			listed = append(listed, f)
			view.Heads = append(view.Heads, cell{Label: f.Label, Class: class(f, "")})
		}
	}
	for _, r := range page.Records {
		row := listRow{Key: r.Key, Href: view.Base + url.PathEscape(r.Key)}
		for i, f := range listed {
			text := f.Show(r.Values[f.Name], zone)
			if f.Link != nil {
				text = r.Titles[f.Name]
			}
			if i == 0 {
				row.Title = text
				continue
			}
			if f.Kind == entity.Set && len(text) > 90 {
				text = text[:strings.LastIndex(text[:90], ";")] + "; …"
			}
			row.Cells = append(row.Cells, cell{f.Label, text, class(f, r.Values[f.Name])})
		}
		view.Rows = append(view.Rows, row)
	}
}

// class is how a value looks.
func class(f *entity.Field, value string) string {
	switch f.Kind {
	case entity.Count, entity.Money:
		return "num"
	case entity.Option:
		return "state " + value
	default:
		return ""
	}
}

// filters are the fields by which the list can be narrowed.
func (d *Dashboard) filters(v *visit, view *listView, in url.Values) error {
	for i := range view.Entity.Fields {
		f := &view.Entity.Fields[i]
		switch {
		case !f.Filter:
		case f.Kind == entity.Date || f.Kind == entity.Moment:
			for end, label := range map[string]string{"_from": "De", "_to": "Até"} {
				view.Filters = append(view.Filters, input{Name: f.Name + end, Label: label, Type: "date", Value: in.Get(f.Name + end), Problem: view.Problems.Of(f.Name + end)})
			}
			if n := len(view.Filters); view.Filters[n-1].Label == "De" {
				view.Filters[n-1], view.Filters[n-2] = view.Filters[n-2], view.Filters[n-1]
			}
		default:
			options, err := d.options(v, f, in.Get(f.Name))
			if err != nil {
				return err
			}
			if f.Kind == entity.Flag {
				options = []option{{"true", "Sim", in.Get(f.Name) == "true"}, {"false", "Não", in.Get(f.Name) == "false"}}
			}
			view.Filters = append(view.Filters, input{Name: f.Name, Label: f.Label, Type: "select", Options: options})
		}
	}
	return nil
}
