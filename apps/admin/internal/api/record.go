package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/avila-devops/saas/apps/admin/internal/audit"
	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/permission"
	"github.com/avila-devops/saas/apps/admin/internal/record"
)

// records are the operations on an entity.
func (a *API) records(e *entity.Entity) []Operation {
	base, one := "/api/"+e.Name+"/", strings.TrimSuffix(e.Name, "s")
	may, mayWrite := permission.Read(e.Name), permission.Write(e.Name)
	all := []Operation{
		{ID: "list_" + e.Name, Method: http.MethodGet, Path: base, Tag: e.Name, Summary: "Lista " + e.Many, Permission: may, Status: http.StatusOK, Query: parameters(e),
			Answer: object(property{"items", list(ref(e.Name)), false}, property{"total", number("em todas as páginas"), false}, property{"next", text("o after da próxima página; vazio na última"), false}),
			Do:     func(c *Call) (any, error) { return a.list(c, e) }},
		{ID: "get_" + one, Method: http.MethodGet, Path: base + "{id}/", Tag: e.Name, Summary: "Lê " + e.One, Permission: may, Status: http.StatusOK, Answer: ref(e.Name), Refusals: []int{http.StatusNotFound},
			Do: func(c *Call) (any, error) {
				return shown(e)(a.Records.Get(c.Context(), c.Tenant.ID, e, c.PathValue("id")))
			}},
		{ID: "update_" + one, Method: http.MethodPatch, Path: base + "{id}/", Tag: e.Name, Summary: "Altera os campos enviados de " + e.One, Permission: mayWrite, Status: http.StatusOK, Body: written(e, false), Answer: ref(e.Name),
			Refusals: []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}, Do: func(c *Call) (any, error) { return a.update(c, e) }},
		{ID: "history_of_" + one, Method: http.MethodGet, Path: base + "{id}/history/", Tag: e.Name, Summary: "Quem alterou " + e.One + ", e quando", Permission: may, Status: http.StatusOK, Answer: entries,
			Query: []Parameter{before}, Do: func(c *Call) (any, error) {
				return a.entries(c, audit.Query{Object: e.Object(c.PathValue("id")), Limit: entity.PageSize})
			}},
	}
	if !e.NoCreate {
		all = append(all, Operation{ID: "create_" + one, Method: http.MethodPost, Path: base, Tag: e.Name, Summary: "Cria " + e.One, Permission: mayWrite, Status: http.StatusCreated, Body: written(e, true), Answer: ref(e.Name),
			Refusals: []int{http.StatusUnprocessableEntity}, Do: func(c *Call) (any, error) { return a.create(c, e) }})
	}
	if len(e.Actions) > 0 {
		all = append(all, a.action(e, base, mayWrite))
	}
	if e.Action("delete") != nil {
		all = append(all, Operation{ID: "delete_" + one, Method: http.MethodDelete, Path: base + "{id}/", Tag: e.Name, Summary: "Exclui " + e.One, Permission: mayWrite, Status: http.StatusNoContent,
			Refusals: []int{http.StatusNotFound, http.StatusUnprocessableEntity}, Do: func(c *Call) (any, error) {
				n, err := a.Records.Act(c.Context(), c.Tenant.ID, c.By(), e, "delete", []string{c.PathValue("id")})
				if err == nil && n == 0 {
					err = entity.ErrNotFound
				}
				return nil, err
			}})
	}
	return all
}

func (a *API) action(e *entity.Entity, base, permission string) Operation {
	var names []string
	for _, each := range e.Actions {
		names = append(names, each.Name)
	}
	return Operation{ID: "act_on_" + e.Name, Method: http.MethodPost, Path: base + "actions/", Tag: e.Name, Summary: "Faz uma ação com vários registros: todos ou nenhum", Permission: permission, Status: http.StatusOK,
		Body:     object(property{"action", Schema{"type": "string", "enum": names}, false}, property{"ids", Schema{"type": "array", "items": text("uma chave"), "minItems": 1, "maxItems": entity.MaxPageSize}, false}),
		Answer:   object(property{"touched", number("quantos registros mudaram"), false}),
		Refusals: []int{http.StatusUnprocessableEntity}, Do: func(c *Call) (any, error) {
			var body struct {
				Action string   `json:"action"`
				IDs    []string `json:"ids"`
			}
			if err := c.read(&body); err != nil {
				return nil, err
			}
			n, err := a.Records.Act(c.Context(), c.Tenant.ID, c.By(), e, body.Action, body.IDs)
			return map[string]int{"touched": n}, err
		}}
}

// parameters are those of a list.
func parameters(e *entity.Entity) []Parameter {
	var sorts []string
	for _, s := range e.Sorts {
		sorts = append(sorts, s.Name)
	}
	all := []Parameter{
		{"q", "palavras que devem aparecer", Schema{"type": "string", "maxLength": 200}},
		{"sort", "a ordem", Schema{"type": "string", "enum": sorts, "default": sorts[0]}},
		{"after", "o next da página anterior", Schema{"type": "string"}},
		{"limit", "registros por página", Schema{"type": "integer", "minimum": 1, "maximum": entity.MaxPageSize, "default": entity.PageSize}},
	}
	for i := range e.Fields {
		f := &e.Fields[i]
		switch {
		case !f.Filter:
		case f.Kind == entity.Date || f.Kind == entity.Moment:
			day := Schema{"type": "string", "format": "date"}
			all = append(all, Parameter{f.Name + "_from", f.Label + ": a partir deste dia", day}, Parameter{f.Name + "_to", f.Label + ": até este dia", day})
		default:
			all = append(all, Parameter{f.Name, "só os deste valor: " + f.Label, f.Schema()})
		}
	}
	return all
}

func (a *API) list(c *Call, e *entity.Entity) (any, error) {
	q, problems := e.ParseQuery(c.URL.Query(), c.Zone)
	if len(problems) > 0 {
		return nil, problems
	}
	page, err := a.Records.List(c.Context(), c.Tenant.ID, e, q)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what was read
	}
	items := make([]map[string]any, 0, len(page.Records))
	for _, r := range page.Records {
		items = append(items, show(e, r))
	}
	return map[string]any{"items": items, "total": page.Total, "next": page.Next.String()}, nil
}

func (a *API) create(c *Call, e *entity.Entity) (any, error) {
	given, _, err := c.values(e, true)
	if err != nil {
		return nil, err
	}
	return shown(e)(a.Records.Create(c.Context(), c.Tenant.ID, c.By(), e, given))
}

func (a *API) update(c *Call, e *entity.Entity) (any, error) {
	given, version, err := c.values(e, false)
	if err != nil {
		return nil, err
	}
	return shown(e)(a.Records.Update(c.Context(), c.Tenant.ID, c.By(), e, c.PathValue("id"), version, given))
}

// values reads a record from the body, and says all that is wrong with it.
func (c *Call) values(e *entity.Entity, creating bool) (given entity.Values, version int, err error) {
	body := map[string]any{}
	if err := c.read(&body); err != nil {
		return nil, 0, err
	}
	given = entity.Values{}
	var problems entity.Problems
	if !creating {
		n, _ := body["version"].(json.Number)
		if version, err = strconv.Atoi(n.String()); err != nil {
			problems = append(problems, entity.Problem{Field: "version", Detail: "envie a versão que foi lida"})
		}
		delete(body, "version")
	}
	for name, value := range body {
		f := e.Field(name)
		if f == nil {
			given[name] = "" // which Judge refuses
			continue
		}
		text, problem := f.FromJSON(value)
		if problem != "" {
			problems = append(problems, entity.Problem{Field: name, Detail: problem})
			continue
		}
		given[name] = text
	}
	for _, p := range e.Judge(given, creating) {
		if problems.Of(p.Field) == "" {
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return nil, 0, problems
	}
	return given, version, nil
}

func show(e *entity.Entity, r record.Record) map[string]any {
	out := map[string]any{"id": r.Key, "version": r.Version, "created_at": r.Created.UTC(), "updated_at": r.Updated.UTC()}
	for i := range e.Fields {
		f := &e.Fields[i]
		out[f.Name] = f.ToJSON(r.Values[f.Name])
		if f.Link != nil {
			out[f.Name+"_title"] = r.Titles[f.Name]
		}
	}
	return out
}

func shown(e *entity.Entity) func(record.Record, error) (any, error) {
	return func(r record.Record, err error) (any, error) {
		if err != nil {
			return nil, err
		}
		return show(e, r), nil
	}
}
