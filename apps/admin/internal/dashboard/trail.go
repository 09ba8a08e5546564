package dashboard

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/avila-devops/saas/apps/admin/internal/audit"
	"github.com/avila-devops/saas/apps/admin/internal/entity"
)

// done are the names of what can be done, for people.
var done = map[string]string{ //nolint:gosec // as notices
	"created": "Criou", "changed": "Alterou", "delete": "Excluiu", "password_changed": "Trocou a senha", "password_reset": "Deu senha provisória", "sessions_ended": "Encerrou as sessões",
	"signed_in": "Entrou", "sign_in_failed": "Senha recusada", "sign_in_limited": "Tentativas demais", "signed_out": "Saiu", "refreshed": "Renovou a sessão",
	"refresh_token_reused": "Token usado de novo: sessão encerrada", "session_revoked": "Encerrou uma sessão", "permission_denied": "Sem permissão",
}

type trailRow struct{ At, Who, Action, Object, Href, Detail string }

type trailView struct {
	Rows    []trailRow
	Next    string
	Back    string
	Filters bool
	Action  string
	Actions []option
}

func (d *Dashboard) trail(v *visit, q audit.Query) (trailView, error) {
	view := trailView{}
	q.Limit = 50
	q.Before, _ = strconv.ParseInt(v.URL.Query().Get("antes"), 10, 64) // anything else is the first page
	q.Before = max(q.Before, 0)
	page, more, err := d.api.Audit.List(v.Context(), v.tenant.ID, q)
	if err != nil {
		return view, err //nolint:wrapcheck // it says what was read
	}
	for _, each := range page {
		view.Rows = append(view.Rows, d.row(v, each))
	}
	if more {
		view.Next = with(v.URL.Query(), "antes", strconv.FormatInt(page[len(page)-1].ID, 10))
	}
	return view, nil
}

// row writes an entry for people.
func (d *Dashboard) row(v *visit, each audit.Entry) trailRow {
	row := trailRow{At: each.At.In(v.brand.Location()).Format("02/01/2006 15:04:05"), Who: each.Name, Action: done[each.Action], Object: each.Object}
	if row.Who == "" {
		row.Who = "—"
	}
	kind, key, _ := strings.Cut(each.Object, ":")
	i := slices.IndexFunc(d.api.Entities, func(e *entity.Entity) bool { return e.Name == kind })
	switch {
	case i >= 0:
		e := d.api.Entities[i]
		row.Object, row.Href = e.One, Root+e.Slug+"/"+url.PathEscape(key)
		if a := e.Action(each.Action); a != nil && row.Action == "" {
			row.Action = a.Label
		}
		var labels []string
		for name := range strings.SplitSeq(each.Detail["fields"], ",") {
			if f := e.Field(name); f != nil {
				labels = append(labels, f.Label)
			}
		}
		row.Detail = strings.Join(labels, ", ")
	case kind == "session":
		row.Object, row.Detail = "Sessão", each.Detail["address"]
	case kind == "settings":
		row.Object = "Configurações"
	}
	if row.Action == "" {
		row.Action = each.Action
	}
	return row
}

func (d *Dashboard) history(v *visit, e *entity.Entity) error {
	key := v.PathValue("key")
	r, err := d.api.Records.Get(v.Context(), v.tenant.ID, e, key)
	if err != nil {
		return err //nolint:wrapcheck // it says what was read
	}
	view, err := d.trail(v, audit.Query{Object: e.Object(key)})
	if err != nil {
		return err
	}
	view.Back = Root + e.Slug + "/" + url.PathEscape(key)
	return d.render(v, http.StatusOK, "trail", "Histórico: "+e.Field(e.Title).Show(r.Values[e.Title], v.brand.Location()), view)
}

func (d *Dashboard) auditLog(v *visit) error {
	action := v.URL.Query().Get("acao")
	view, err := d.trail(v, audit.Query{Action: action})
	if err != nil {
		return err
	}
	view.Filters = true
	for name, label := range done {
		view.Actions = append(view.Actions, option{name, label, name == action})
	}
	slices.SortFunc(view.Actions, func(a, b option) int { return strings.Compare(a.Label, b.Label) })
	return d.render(v, http.StatusOK, "trail", "Auditoria", view)
}
