// Package api is Admin's API: one table of operations from which the routes,
// what each asks of its user, and the OpenAPI document are made. What an
// operation does is in the stores behind it; pages for people are dashboard's.
package api

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/avila-devops/saas/apps/admin/internal/audit"
	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/figure"
	"github.com/avila-devops/saas/apps/admin/internal/people"
	"github.com/avila-devops/saas/apps/admin/internal/permission"
	"github.com/avila-devops/saas/apps/admin/internal/record"
	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/brand"
	"github.com/avila-devops/saas/apps/internal/cache"
	"github.com/avila-devops/saas/apps/internal/search"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Note is told who used which feature, and when in the tenant's zone.
type Note func(id tenancy.ID, user, feature string, at time.Time)

// API is what operations work with.
type API struct {
	Auth     *auth.Service
	Keys     *auth.Keys
	People   *people.Store
	Records  *record.Store
	Audit    *audit.Log
	Brand    *brand.Store
	Figures  *figure.Store
	Counted  *cache.Space[figure.Summary]
	Entities []*entity.Entity // users and roles among them
	Search   search.Engine
	Note     Note
	Log      *slog.Logger
}

// Operation is one request that the API takes.
type Operation struct {
	ID, Method, Path string
	Tag, Summary     string
	Permission       string // that its user must hold; empty: every user may
	Open             string // why anybody may, if so
	Query            []Parameter
	Body, Answer     Schema // nil for none
	Status           int    // when all is well
	Refusals         []int  // besides those that any operation may answer with
	Do               func(c *Call) (any, error)
	Handler          http.Handler // in place of Do
}

// Parameter is one of a query.
type Parameter struct {
	Name, About string
	Schema      Schema
}

// Operations is the table.
func (a *API) Operations() []Operation {
	all := slices.Concat(a.signIn(), a.account(), a.tenant(), a.search())
	for _, e := range a.Entities {
		all = append(all, a.records(e)...)
	}
	all = append(all, a.users()...)
	return append(all, a.document(all))
}

// Register routes every operation.
func (a *API) Register(mux *auth.Mux) {
	for _, o := range a.Operations() {
		h := o.Handler
		if h == nil {
			h = a.serve(o)
		}
		pattern := o.Path
		if strings.HasSuffix(pattern, "/") {
			pattern += "{$}"
		}
		switch {
		case o.Open != "":
			mux.Open(o.Method, pattern, o.Open, h)
		case o.Permission != "":
			mux.Handle(o.Method, pattern, permission.Need(o.Permission), h)
		default:
			mux.Handle(o.Method, pattern, auth.AnyUser(), h)
		}
	}
}

// Call is one request on its way through an operation.
type Call struct {
	*http.Request
	Tenant tenancy.Tenant
	Who    auth.Principal // zero where anybody may ask
	Zone   *time.Location
	w      http.ResponseWriter
}

// By is who asks, for stores.
func (c *Call) By() entity.Actor { return entity.Actor{User: c.Who.User, Permissions: c.Who.Roles} }

// serve turns an operation into a handler.
func (a *API) serve(o Operation) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		t, ok := tenancy.Of(r.Context())
		if !ok {
			Refuse(w, http.StatusNotFound)
			return
		}
		c := &Call{Request: r, Tenant: t, w: w}
		c.Who, _ = auth.From(r.Context())
		b, err := a.Brand.Load(r.Context(), t.ID)
		if err != nil {
			a.fail(c, o, err)
			return
		}
		c.Zone = b.Location()
		answer, err := o.Do(c)
		if err != nil {
			a.fail(c, o, err)
			return
		}
		if c.Who.User != "" {
			a.Note(t.ID, c.Who.User, o.Tag, time.Now().In(c.Zone))
		}
		reply(w, o.Status, answer)
	})
}

// client is the address of who asks, which the gateway writes and nobody else:
// only it and the clinic can connect.
func (c *Call) client() string { return Client(c.Request) }

// Client is the address of who makes a request, as the gateway saw it.
func Client(r *http.Request) string { return r.Header.Get("X-Forwarded-For") }
