package dashboard

import (
	"net/http"
	"net/url"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
)

type confirmView struct {
	Entity *entity.Entity
	Action entity.Action
	Base   string
	Rows   []listRow
	Back   string
}

// act asks first, with the names of what is about to change, and then does it.
func (d *Dashboard) act(v *visit, e *entity.Entity) error {
	if err := v.ParseForm(); err != nil {
		return entity.Problems{{Detail: "o formulário não pôde ser lido; tente de novo"}}
	}
	base := Root + e.Slug + "/"
	a, keys := e.Action(v.PostForm.Get("action")), v.PostForm["key"]
	if a == nil || len(keys) == 0 {
		v.notice("none", 0)
		return v.see(base)
	}
	if len(keys) > entity.MaxPageSize {
		return entity.Problems{{Detail: "são registros demais de uma vez"}}
	}
	if v.PostForm.Get("confirmed") != "" {
		n, err := d.api.Records.Act(v.Context(), v.tenant.ID, v.by(), e, a.Name, keys)
		if err != nil {
			return err //nolint:wrapcheck // it says what was attempted
		}
		v.notice("acted", n)
		return v.see(base)
	}
	view := confirmView{Entity: e, Action: *a, Base: base, Back: base}
	for _, key := range keys {
		r, err := d.api.Records.Get(v.Context(), v.tenant.ID, e, key)
		if err != nil {
			return err //nolint:wrapcheck // it says what was read
		}
		row := listRow{Key: key, Href: base + url.PathEscape(key), Title: e.Field(e.Title).Show(r.Values[e.Title], v.brand.Location())}
		for i := range e.Fields {
			if f := &e.Fields[i]; f.Link != nil {
				row.Cells = append(row.Cells, cell{Text: r.Titles[f.Name]})
			}
		}
		view.Rows = append(view.Rows, row)
	}
	if len(keys) == 1 {
		view.Back = view.Rows[0].Href
	}
	return d.render(v, http.StatusOK, "confirm", a.Label+": "+e.Many, view)
}
