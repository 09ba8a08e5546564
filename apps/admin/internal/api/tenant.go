package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/avila-devops/saas/apps/admin/internal/audit"
	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/figure"
	"github.com/avila-devops/saas/apps/admin/internal/permission"
	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/brand"
)

var (
	settings = object(
		property{"name", text("o nome que as páginas mostram"), false}, property{"colour", Schema{"type": "string", "pattern": "^#[0-9a-f]{6}$"}, false},
		property{"features", list(Schema{"type": "string", "enum": brand.Features}), false}, property{"zone", Schema{"type": "string", "enum": brand.Zones}, false},
	)
	points  = list(object(property{"name", text(""), false}, property{"value", number(""), false}))
	before  = Parameter{"before", "o id do último registro da página anterior", Schema{"type": "integer"}}
	entries = object(
		property{"items", list(object(property{"id", number(""), false}, property{"at", moment(""), false}, property{"actor", text("quem, pelo id"), false}, property{"actor_name", text(""), false},
			property{"action", text(""), false}, property{"object", text("como patients:<id>"), false}, property{"detail", Schema{"type": "object"}, false})), false},
		property{"more", Schema{"type": "boolean"}, false})
)

// tenant are the operations on what a tenant has one of.
func (a *API) tenant() []Operation {
	return []Operation{
		{ID: "get_settings", Method: http.MethodGet, Path: "/api/settings/", Tag: "settings", Summary: "Nome, cor, módulos e fuso da empresa", Permission: permission.Read("settings"), Status: http.StatusOK, Answer: settings,
			Do: func(c *Call) (any, error) { return a.settings(c) }},
		{ID: "put_settings", Method: http.MethodPut, Path: "/api/settings/", Tag: "settings", Summary: "Altera as configurações", Permission: permission.Write("settings"), Status: http.StatusOK, Body: settings, Answer: settings,
			Refusals: []int{http.StatusUnprocessableEntity}, Do: a.putSettings},
		{ID: "list_audit", Method: http.MethodGet, Path: "/api/audit/", Tag: "audit", Summary: "Quem fez o quê, do último ao primeiro", Permission: permission.Read("audit"), Status: http.StatusOK, Answer: entries,
			Query: []Parameter{{"object", "só deste objeto", Schema{"type": "string"}}, {"actor", "só deste usuário", Schema{"type": "string"}}, {"action", "só desta ação", Schema{"type": "string"}}, before},
			Do: func(c *Call) (any, error) {
				q := c.URL.Query()
				return a.entries(c, audit.Query{Object: q.Get("object"), Actor: q.Get("actor"), Action: q.Get("action"), Limit: entity.MaxPageSize})
			}},
		{ID: "get_figures", Method: http.MethodGet, Path: "/api/figures/", Tag: "figures", Summary: "Os números da empresa hoje", Permission: permission.Read("figures"), Status: http.StatusOK,
			Answer: object(property{"patients", number(""), false}, property{"appointments_today", number(""), false}, property{"appointments_next_7_days", number(""), false}, property{"leads_new", number(""), false},
				property{"tickets_open", number(""), false}, property{"users_active", number(""), false}, property{"appointments_by_day", points, false}, property{"appointments_by_state", points, false},
				property{"feature_use", points, false}, property{"active_users_by_day", points, false}),
			Do: func(c *Call) (any, error) {
				return a.Summary(c.Context(), c.Who, time.Now().In(c.Zone))
			}},
	}
}

// Summary counts a tenant's figures at a time in its zone, once a minute for all
// who ask.
func (a *API) Summary(ctx context.Context, who auth.Principal, now time.Time) (figure.Summary, error) {
	key := now.Format(time.DateOnly) + now.Location().String()
	return a.Counted.Load(ctx, who.Tenant, key, func(ctx context.Context) (figure.Summary, error) { //nolint:wrapcheck // it says what was counted
		return a.Figures.Summary(ctx, who.Tenant, now, now.Location())
	})
}

// chosen are the settings that the API takes. The logo is a file, and goes
// through the page.
type chosen struct {
	Name     string   `json:"name"`
	Colour   string   `json:"colour"`
	Features []string `json:"features"`
	Zone     string   `json:"zone"`
}

func (a *API) settings(c *Call) (chosen, error) {
	b, err := a.Brand.Load(c.Context(), c.Tenant.ID)
	return chosen{b.Name, b.Colour, b.Features, b.Zone}, err
}

func (a *API) putSettings(c *Call) (any, error) {
	var body chosen
	if err := c.read(&body); err != nil {
		return nil, err
	}
	b, err := a.Brand.Load(c.Context(), c.Tenant.ID)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what was read
	}
	b.Name, b.Colour, b.Features, b.Zone = body.Name, body.Colour, body.Features, body.Zone
	if err := a.Brand.Save(c.Context(), c.Tenant.ID, b); err != nil {
		return nil, err //nolint:wrapcheck // fail tells what it is
	}
	return body, a.Audit.Note(c.Context(), c.Tenant.ID, c.Who.User, "changed", "settings", nil)
}

func (a *API) entries(c *Call, q audit.Query) (any, error) {
	if text := c.URL.Query().Get("before"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 {
			return nil, entity.Problems{{Field: "before", Detail: "não é o id de um registro"}}
		}
		q.Before = n
	}
	page, more, err := a.Audit.List(c.Context(), c.Tenant.ID, q)
	if page == nil {
		page = []audit.Entry{}
	}
	return map[string]any{"items": page, "more": more}, err
}
