package dashboard

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
)

type hit struct{ Kind, Href, Title, Snippet string }

type searchView struct {
	Text     string
	Hits     []hit
	Total    int
	Degraded bool
}

func (d *Dashboard) search(v *visit) error {
	view := searchView{Text: strings.Join(strings.Fields(v.URL.Query().Get("q")), " ")}
	if view.Text == "" {
		return d.render(v, http.StatusOK, "search", "Busca", view)
	}
	found, err := d.api.Find(v.Context(), v.who, view.Text)
	if err != nil {
		return err //nolint:wrapcheck // it says what was attempted
	}
	view.Total, view.Degraded = found.Total, found.Degraded
	for _, h := range found.Hits {
		i := slices.IndexFunc(d.api.Entities, func(e *entity.Entity) bool { return e.Name == h.Kind })
		if i >= 0 {
			e := d.api.Entities[i]
			view.Hits = append(view.Hits, hit{e.One, Root + e.Slug + "/" + url.PathEscape(h.ID), h.Title, h.Snippet})
		}
	}
	return d.render(v, http.StatusOK, "search", "Busca", view)
}
