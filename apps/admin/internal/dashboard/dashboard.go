// Package dashboard is the pages by which people administer a tenant: lists,
// forms, figures, users, the audit log. They need no script. What they show and
// change is in the stores and in api, and each route asks for the same
// permission as the API's.
package dashboard

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/avila-devops/saas/apps/admin/internal/api"
	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/people"
	"github.com/avila-devops/saas/apps/admin/internal/permission"
	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/brand"
	"github.com/avila-devops/saas/apps/internal/files"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/web"
)

//go:embed pages static
var content embed.FS

// Root is the path that all pages are under.
const Root = "/admin/"

// Dashboard serves the pages.
type Dashboard struct {
	api    *api.API
	files  *files.Store
	log    *slog.Logger
	assets *web.Assets
	pages  *template.Template
}

// New reads the pages: one that cannot be read stops the start, not a user.
func New(a *api.API, f *files.Store, log *slog.Logger) (*Dashboard, error) {
	static, err := fs.Sub(content, "static")
	if err != nil {
		return nil, fmt.Errorf("open the assets: %w", err)
	}
	assets, err := web.NewAssets(Root+"estatico/", static)
	if err != nil {
		return nil, fmt.Errorf("read the assets: %w", err)
	}
	pages, err := template.New("").Funcs(template.FuncMap{"asset": assets.Path}).ParseFS(content, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("read the pages: %w", err)
	}
	return &Dashboard{api: a, files: f, log: log, assets: assets, pages: pages}, nil
}

// Register routes every page.
func (d *Dashboard) Register(mux *auth.Mux, notFound http.HandlerFunc) {
	open := func(method, pattern, why string, h func(*visit) error) {
		mux.Open(method, Root+pattern, why, d.serve(h))
	}
	mux.Open(http.MethodGet, strings.TrimSuffix(Root, "/"), "it leads to the home page, which asks", http.RedirectHandler(Root, http.StatusPermanentRedirect))
	mux.Open(http.MethodGet, d.assets.Pattern(), "the looks of the sign-in page", d.assets.Handler(notFound))
	open(http.MethodGet, "tema.css", "the looks of the sign-in page", d.theme)
	open(http.MethodGet, "logotipo", "the looks of the sign-in page", d.logo)
	open(http.MethodGet, "entrar", "whoever signs in has no token yet", d.signInPage)
	open(http.MethodPost, "entrar", "whoever signs in has no token yet; guesses are limited", d.signIn)

	everyone := func(method, pattern string, h func(*visit) error) {
		mux.Handle(method, Root+pattern, auth.AnyUser(), d.serve(h))
	}
	everyone(http.MethodGet, "{$}", d.home)
	everyone(http.MethodPost, "sair", d.signOut)
	everyone(http.MethodGet, "senha", d.passwordPage)
	everyone(http.MethodPost, "senha", d.changePassword)
	everyone(http.MethodGet, "sessoes/{$}", d.sessions)
	everyone(http.MethodPost, "sessoes/encerrar", d.endSession)
	everyone(http.MethodGet, "api", d.document)
	everyone(http.MethodGet, "busca", d.search)

	may := func(method, pattern, one string, h func(*visit) error) {
		mux.Handle(method, Root+pattern, permission.Need(one), d.serve(h))
	}
	may(http.MethodGet, "auditoria/{$}", permission.Read("audit"), d.auditLog)
	may(http.MethodGet, "configuracoes", permission.Read("settings"), d.settings)
	may(http.MethodPost, "configuracoes", permission.Write("settings"), d.saveSettings)
	for _, e := range d.api.Entities {
		base, read, write := e.Slug+"/", permission.Read(e.Name), permission.Write(e.Name)
		with := func(h func(*visit, *entity.Entity) error) func(*visit) error {
			return func(v *visit) error { return h(v, e) }
		}
		may(http.MethodGet, base+"{$}", read, with(d.list))
		may(http.MethodGet, base+"{key}", read, with(d.edit))
		may(http.MethodPost, base+"{key}", write, with(d.save))
		may(http.MethodGet, base+"{key}/historico", read, with(d.history))
		if !e.NoCreate {
			may(http.MethodGet, base+"novo", write, with(d.blank))
			may(http.MethodPost, base+"novo", write, with(d.create))
		}
		if len(e.Actions) > 0 {
			may(http.MethodPost, base+"acoes", write, with(d.act))
		}
	}
	may(http.MethodPost, "usuarios/{key}/senha", permission.Write("users"), d.resetPassword)
	may(http.MethodPost, "usuarios/{key}/sessoes", permission.Write("users"), d.endSessions)
}

// visit is one request on its way to its page.
type visit struct {
	*http.Request
	w      http.ResponseWriter
	tenant tenancy.Tenant
	who    auth.Principal // zero where anybody may ask
	brand  brand.Brand
}

func (v *visit) may(one string) bool { return permission.Held(v.who.Roles, one) }

func (v *visit) by() entity.Actor { return entity.Actor{User: v.who.User, Permissions: v.who.Roles} }

// serve turns a page into a handler.
func (d *Dashboard) serve(h func(*visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t, ok := tenancy.Of(r.Context())
		if !ok {
			d.Problem(w, r, http.StatusNotFound)
			return
		}
		v := &visit{Request: r, w: w, tenant: t}
		v.who, _ = auth.From(r.Context())
		w.Header().Set("Cache-Control", "no-store")
		var err error
		if v.brand, err = d.api.Brand.Load(r.Context(), t.ID); err == nil {
			err = h(v)
		}
		if v.who.User != "" {
			d.api.Note(t.ID, v.who.User, d.feature(r.URL.Path), time.Now().In(v.brand.Location()))
		}
		d.answer(v, err)
	})
}

// feature is what a path is about, named as the API names it.
func (d *Dashboard) feature(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, Root), "/")
	for _, e := range d.api.Entities {
		if e.Slug == first {
			return e.Name
		}
	}
	switch first {
	case "":
		return "figures"
	case "busca":
		return "search"
	case "auditoria":
		return "audit"
	case "configuracoes":
		return "settings"
	default:
		return "auth"
	}
}

// answer turns what went wrong into its page.
func (d *Dashboard) answer(v *visit, err error) {
	var problems entity.Problems
	switch {
	case err == nil:
	case errors.Is(err, entity.ErrNotFound):
		d.Problem(v.w, v.Request, http.StatusNotFound)
	case errors.As(err, &problems):
		d.problem(v.w, v.Request, problem{http.StatusUnprocessableEntity, "Não foi possível", problems.Error()})
	case errors.Is(err, auth.ErrAway), errors.Is(err, tenancy.ErrClosed):
		d.Problem(v.w, v.Request, http.StatusServiceUnavailable)
	default:
		d.log.Error("dashboard: a page failed", "tenant", v.tenant.Name, "problem", err.Error())
		d.Problem(v.w, v.Request, http.StatusInternalServerError)
	}
}

// page is what the layout shows around a page's own.
type page struct {
	Title  string
	Brand  brand.Brand
	Theme  string
	Logo   string
	Menu   []item
	Me     *people.Profile
	Notice string
	Body   any
}

type item struct {
	Href, Label string
	Here        bool
	First       bool // of a group
}

// render answers with a page.
func (d *Dashboard) render(v *visit, code int, name, title string, body any) error {
	p := page{Title: title, Brand: v.brand, Body: body, Theme: Root + "tema.css?v=" + strings.TrimPrefix(v.brand.Colour, "#"), Logo: logoPath(v.brand)}
	if v.who.User != "" {
		me, err := d.api.People.Profile(v.Context(), v.tenant.ID, v.who.User)
		if err != nil {
			return err //nolint:wrapcheck // it says what was read
		}
		p.Me, p.Menu = &me, d.menu(v)
	}
	p.Notice = takeNotice(v)
	var out bytes.Buffer
	if err := d.pages.ExecuteTemplate(&out, name+".html", p); err != nil {
		return fmt.Errorf("render the page %s: %w", name, err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(code)
	_, _ = v.w.Write(out.Bytes()) // the client's connection is its own affair
	return nil
}

// menu holds what the user may see.
func (d *Dashboard) menu(v *visit) []item {
	all := []item{{Href: Root, Label: "Início"}}
	add := func(slug, label, one string, first bool) {
		if v.may(one) {
			all = append(all, item{Href: Root + slug, Label: label, First: first})
		}
	}
	for _, e := range d.api.Entities {
		add(e.Slug+"/", e.Many, permission.Read(e.Name), e.Name == "users")
	}
	add("auditoria/", "Auditoria", permission.Read("audit"), false)
	add("configuracoes", "Configurações", permission.Read("settings"), false)
	i := slices.IndexFunc(all[1:], func(i item) bool { return strings.HasPrefix(v.URL.Path, i.Href) })
	all[i+1].Here = true // none: the home page
	if i < 0 && v.URL.Path != Root {
		all[0].Here = false
	}
	return all
}

// see redirects after a change, so that a reload repeats nothing.
func (v *visit) see(path string) error {
	http.Redirect(v.w, v.Request, path, http.StatusSeeOther)
	return nil
}
