package api

import (
	"context"
	"net/http"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/permission"
	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/search"
)

// search is the operation over all records that can be found.
func (a *API) search() []Operation {
	return []Operation{{ID: "search", Method: http.MethodGet, Path: "/api/search/", Tag: "search", Summary: "Busca em tudo o que o usuário pode consultar", Status: http.StatusOK,
		Query: []Parameter{{"q", "palavras, \"frases\", -palavras", Schema{"type": "string", "maxLength": 200}}},
		Answer: object(
			property{"items", list(object(property{"kind", text("como patients"), false}, property{"id", text(""), false}, property{"title", text(""), false}, property{"snippet", text(""), false})), false},
			property{"total", number(""), false}, property{"degraded", Schema{"type": "boolean", "description": "a busca está sem tolerância a erros de digitação"}, false}),
		Refusals: []int{http.StatusUnprocessableEntity}, Do: func(c *Call) (any, error) {
			found, err := a.Find(c.Context(), c.Who, c.URL.Query().Get("q"))
			if err != nil {
				return nil, err
			}
			items := make([]map[string]string, 0, len(found.Hits))
			for _, h := range found.Hits {
				items = append(items, map[string]string{"kind": h.Kind, "id": h.ID, "title": h.Title, "snippet": h.Snippet})
			}
			return map[string]any{"items": items, "total": found.Total, "degraded": found.Degraded}, nil
		}}}
}

// Find searches among the records that a user may read.
func (a *API) Find(ctx context.Context, who auth.Principal, words string) (search.Result, error) {
	if words == "" || len(words) > 200 {
		return search.Result{}, entity.Problems{{Field: "q", Detail: "escreva o que procura, em até 200 letras"}}
	}
	var kinds []string
	for _, e := range a.Entities {
		if e.Found && permission.Held(who.Roles, permission.Read(e.Name)) {
			kinds = append(kinds, e.Name)
		}
	}
	if len(kinds) == 0 { // none would be all
		return search.Result{}, nil
	}
	return a.Search.Search(ctx, who.Tenant, search.Query{Text: words, Kinds: kinds, Limit: 50}) //nolint:wrapcheck // it says what was attempted
}
