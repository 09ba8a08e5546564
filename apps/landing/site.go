package main

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"

	"github.com/avila-devops/saas/apps/internal/web"
)

//go:embed pages static
var embedded embed.FS

// newSite routes the static site.
func newSite(meter web.Meter, log *slog.Logger) (http.Handler, error) {
	pages, problem, err := prepare(nil, false)
	if err != nil {
		return nil, err
	}
	mux := web.NewMux(meter, log, problem)
	mux.Handle(http.MethodGet, "/{$}", pages.home.Kept(web.Briefly))
	mux.Handle(http.MethodGet, pages.assets.Pattern(), pages.assets.Handler(mux.NotFound))
	mux.Handle(http.MethodGet, "/robots.txt", pages.assets.File("robots.txt").Kept(web.Briefly))
	mux.Handle(http.MethodGet, "/favicon.ico", pages.assets.File("icone.svg").Kept(web.Briefly))
	return mux, nil
}

// prepared is what the site serves.
type prepared struct {
	templates *template.Template
	home      *web.File
	assets    *web.Assets
}

// Home is the apex's home page. Without plans it offers nothing but an address
// to write to.
type Home struct {
	Content
	Plans []Plan
	Pay   bool // here, by a payment provider
}

// prepare renders every page once: a page that cannot be rendered stops the
// start, not a visitor.
func prepare(plans []Plan, pay bool) (*prepared, func(http.ResponseWriter, *http.Request, int), error) {
	static, err := fs.Sub(embedded, "static")
	if err != nil {
		return nil, nil, fmt.Errorf("open the assets: %w", err)
	}
	assets, err := web.NewAssets("/estatico/", static)
	if err != nil {
		return nil, nil, err
	}
	pages, err := template.New("").Funcs(template.FuncMap{"asset": assets.Path}).ParseFS(embedded, "pages/*.html")
	if err != nil {
		return nil, nil, fmt.Errorf("read the pages: %w", err)
	}
	home, err := render(pages, "home.html", Home{content, plans, pay})
	if err != nil {
		return nil, nil, err
	}
	problem, err := problems(pages)
	if err != nil {
		return nil, nil, err
	}
	return &prepared{templates: pages, home: home, assets: assets}, problem, nil
}

func render(pages *template.Template, name string, data any) (*web.File, error) {
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, name, data); err != nil {
		return nil, fmt.Errorf("render the page: %w", err)
	}
	f, err := web.NewFile("text/html; charset=utf-8", out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return f, nil
}
