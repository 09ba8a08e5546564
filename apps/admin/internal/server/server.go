// Package server puts Admin together: its stores, its API and its pages behind
// one mux, on which every route asks for a user of the host's tenant unless it
// says why not. What it rests on is opened by main.
package server

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/avila-devops/saas/apps/admin/internal/activity"
	"github.com/avila-devops/saas/apps/admin/internal/api"
	"github.com/avila-devops/saas/apps/admin/internal/audit"
	"github.com/avila-devops/saas/apps/admin/internal/clinic"
	"github.com/avila-devops/saas/apps/admin/internal/dashboard"
	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/figure"
	"github.com/avila-devops/saas/apps/admin/internal/finding"
	"github.com/avila-devops/saas/apps/admin/internal/people"
	"github.com/avila-devops/saas/apps/admin/internal/record"
	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/brand"
	"github.com/avila-devops/saas/apps/internal/cache"
	"github.com/avila-devops/saas/apps/internal/files"
	"github.com/avila-devops/saas/apps/internal/search"
	"github.com/avila-devops/saas/apps/internal/setting"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenant"
	"github.com/avila-devops/saas/apps/internal/web"
)

// Parts are what Admin rests on.
type Parts struct {
	DB        *tenancy.DB
	Directory *tenancy.Directory
	Redis     redis.UniversalClient
	Cache     *cache.Cache
	Files     *files.Store
	Search    search.Engine
	Index     *finding.Index
	Keys      *auth.Keys
	Issuer    string
	Hasher    *auth.Hasher
	Metrics   *telemetry.Metrics
	Log       *slog.Logger
	Process   string // names this process among those of the same service
}

// Server is Admin.
type Server struct {
	http.Handler
	Activity *activity.Recorder
	Records  *record.Store
	Entities []*entity.Entity
	mux      *auth.Mux
}

// Routes are all that it answers.
func (s *Server) Routes() []auth.Route { return s.mux.Routes() }

// New puts the parts together.
func New(p Parts) (*Server, error) {
	tokens, err := auth.NewTokens(p.Keys, p.Issuer, time.Now)
	if err != nil {
		return nil, fmt.Errorf("prepare the tokens: %w", err)
	}
	figures := figure.New(p.DB)
	recorder, err := activity.New(p.Redis, figures, p.Directory.All, p.Metrics.Registry(), p.Log, p.Process)
	if err != nil {
		return nil, fmt.Errorf("prepare the counting: %w", err)
	}
	counted, err := cache.NewSpace[figure.Summary](p.Cache, cache.Kind{Name: "figures", Life: time.Minute})
	if err != nil {
		return nil, fmt.Errorf("prepare the cache of figures: %w", err)
	}
	brands, err := brand.New(setting.NewStore(p.DB.Fresh()), p.Cache)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what was attempted
	}
	sessions, log := auth.NewSessions(p.Redis, time.Now), audit.New(p.DB)
	users := people.New(p.DB, sessions, p.Log)
	a := &api.API{
		Auth: &auth.Service{Users: users, Audit: log, Hasher: p.Hasher, Tokens: tokens, Sessions: sessions, Limits: auth.NewLimits(p.Redis), Log: p.Log, Now: time.Now},
		Keys: p.Keys, People: users, Records: record.New(p.DB, p.Index), Audit: log, Brand: brands, Figures: figures, Counted: counted,
		Entities: append(clinic.Entities(), users.Users(), users.Roles()), Search: p.Search, Note: recorder.Note, Log: p.Log,
	}
	d, err := dashboard.New(a, p.Files, p.Log)
	if err != nil {
		return nil, fmt.Errorf("prepare the pages: %w", err)
	}
	refuse := func(w http.ResponseWriter, r *http.Request, code int) {
		if strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/.well-known/") {
			api.Refuse(w, code)
			return
		}
		d.Problem(w, r, code)
	}
	router := web.NewMux(p.Metrics, p.Log, refuse)
	mux := auth.NewMux(router, &auth.Guard{Tokens: tokens, Sessions: sessions, Audit: log, Log: p.Log, Tenant: tenantOf, Refuse: refuse})
	a.Register(mux)
	d.Register(mux, router.NotFound)
	return &Server{Handler: p.Directory.Handler(d.Renew(router), unknown(router)), Activity: recorder, Records: a.Records, Entities: a.Entities, mux: mux}, nil
}

// tenantOf is the tenant that the directory found for a request.
func tenantOf(r *http.Request) (tenant.ID, bool) {
	t, ok := tenancy.Of(r.Context())
	return t.ID, ok
}

// unknown answers where no tenant is: on every route that is not found, or
// refused, since all of them ask for one.
func unknown(router *web.Mux) func(http.ResponseWriter, *http.Request, error) {
	return func(w http.ResponseWriter, r *http.Request, _ error) {
		r = r.Clone(r.Context())
		r.URL.Path = "/"
		router.ServeHTTP(w, r)
	}
}
