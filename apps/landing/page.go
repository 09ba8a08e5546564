package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/avila-devops/saas/apps/internal/files"
	"github.com/avila-devops/saas/apps/internal/search"
	"github.com/avila-devops/saas/apps/internal/subscription"
	"github.com/avila-devops/saas/apps/internal/web"
)

// Page is what the template of every page but the apex's home is given.
type Page struct {
	Title, Text string
	Hidden      bool // from search engines
	Home        bool

	Apex      bool
	Canonical string
	Card      Card

	Form     *Form
	Order    *subscription.Subscription
	Plan     Plan
	Query    string
	Hits     []search.Hit
	Degraded bool
}

// show answers with a page in the looks of its owner. A card that cannot be
// read leaves the host's name.
func (f *front) show(w http.ResponseWriter, r *http.Request, v visit, code int, p Page) {
	p.Apex, p.Canonical = v.apex, "https://"+v.host+r.URL.Path
	if v.apex {
		p.Card.Brand = Brand{Name: "Ávila DevOps"}
	} else if p.Card.Brand.Name == "" {
		card, err := f.card(r.Context(), v.id)
		if p.Card = card; err != nil {
			p.Card = Card{Brand: Brand{Name: v.host}}
		}
	}
	var out bytes.Buffer
	if err := f.pages.ExecuteTemplate(&out, "page.html", p); err != nil {
		panic(err) // the mux answers it
	}
	file, err := web.NewFile("text/html; charset=utf-8", out.Bytes())
	if err != nil {
		panic(err)
	}
	keep := revalidate
	if code != http.StatusOK || p.Form != nil || p.Order != nil {
		keep = web.Never
	}
	file.Serve(w, r, code, keep)
}

func (f *front) showHome(w http.ResponseWriter, r *http.Request, v visit) {
	if r.Method == http.MethodGet && !v.id.IsZero() {
		f.business.visit(v.id)
	}
	if v.apex {
		f.home.Serve(w, r, http.StatusOK, revalidate)
		return
	}
	card, err := f.card(r.Context(), v.id)
	if err != nil {
		f.away(w, r, v, err)
		return
	}
	f.show(w, r, v, http.StatusOK, Page{Title: card.Brand.Name, Text: card.Brand.Tagline, Home: true, Card: card})
}

func (f *front) showThanks(w http.ResponseWriter, r *http.Request, v visit) {
	f.show(w, r, v, http.StatusOK, Page{Title: "Recebemos o seu pedido", Text: "Obrigado! Respondemos em até um dia útil, pelo contato que você deixou.", Hidden: true})
}

// showStyle answers with the colours of a tenant, as a file of the same origin:
// the policy admits no style within a page.
func (f *front) showStyle(w http.ResponseWriter, r *http.Request, v visit) {
	if v.apex {
		f.fail(w, r, http.StatusNotFound)
		return
	}
	card, err := f.card(r.Context(), v.id)
	if err != nil {
		card.Brand = readBrand(v.id, nil)
	}
	file, err := web.NewFile("text/css; charset=utf-8", []byte(card.Brand.style()))
	if err != nil {
		panic(err)
	}
	file.Serve(w, r, http.StatusOK, revalidate)
}

// logoTypes are pictures that run nothing.
var logoTypes = []string{"image/png", "image/jpeg", "image/webp"}

func (f *front) showLogo(w http.ResponseWriter, r *http.Request, v visit) {
	if v.apex {
		f.fail(w, r, http.StatusNotFound)
		return
	}
	card, err := f.card(r.Context(), v.id)
	if err != nil || card.Brand.Logo == "" {
		f.fail(w, r, http.StatusNotFound)
		return
	}
	content, o, err := f.backing.Files.Open(r.Context(), v.id, card.Brand.Logo)
	if err != nil {
		if !errors.Is(err, files.ErrNotFound) {
			f.log.Warn("a logo could not be read", "tenant", v.id, "problem", err.Error())
		}
		f.fail(w, r, http.StatusNotFound)
		return
	}
	defer content.Close()
	if !slices.Contains(logoTypes, o.Type) || o.Size > 1<<20 {
		f.fail(w, r, http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", o.Type)
	w.Header().Set("Content-Length", strconv.FormatInt(o.Size, 10))
	w.Header().Set("Cache-Control", web.Briefly)
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, content) // a client that went away needs no answer
	}
}

func (f *front) showRobots(w http.ResponseWriter, r *http.Request, v visit) {
	serveText(w, r, "text/plain; charset=utf-8", "User-agent: *\nAllow: /\nDisallow: /busca\nDisallow: /contratar/\nSitemap: https://"+v.host+"/sitemap.xml\n")
}

func (f *front) showSitemap(w http.ResponseWriter, r *http.Request, v visit) {
	paths := []string{"/", "/contato", "/agendar"}
	if v.apex {
		paths[2] = "/contratar"
	}
	var out strings.Builder
	out.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for _, p := range paths {
		out.WriteString("<url><loc>" + (&url.URL{Scheme: "https", Host: v.host, Path: p}).String() + "</loc></url>\n") // a host has no character of markup
	}
	out.WriteString("</urlset>\n")
	serveText(w, r, "application/xml; charset=utf-8", out.String())
}

func serveText(w http.ResponseWriter, r *http.Request, kind, text string) {
	file, err := web.NewFile(kind, []byte(text))
	if err != nil {
		panic(err)
	}
	file.Serve(w, r, http.StatusOK, web.Briefly)
}
