package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/avila-devops/saas/apps/internal/search"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/web"
)

// The kinds of documents that the public may find.
const (
	kindService = "servico"
	kindPage    = "pagina"
)

// indexed remembers what this process had indexed of each tenant.
type indexed struct {
	mu   sync.Mutex
	last map[tenancy.ID]map[string]search.Document // by kind and id
}

// index makes a card's services and text findable, where they changed.
func (f *front) index(ctx context.Context, id tenancy.ID, c Card) {
	docs := documents(c, f)
	f.indexed.mu.Lock()
	defer f.indexed.mu.Unlock()
	if f.indexed.last == nil {
		f.indexed.last = map[tenancy.ID]map[string]search.Document{}
	}
	before, after := f.indexed.last[id], map[string]search.Document{}
	var changed []search.Document
	for _, d := range docs {
		key := d.Kind + "/" + d.ID
		if was, ok := before[key]; !ok || was.Title != d.Title || was.Text != d.Text {
			changed = append(changed, d)
		}
		after[key] = d
	}
	var err error
	if len(changed) > 0 {
		err = f.backing.Search.Put(ctx, id, changed...)
	}
	for key, d := range before {
		if _, ok := after[key]; !ok {
			err = errors.Join(err, f.backing.Search.Delete(ctx, id, d.Kind, d.ID))
		}
	}
	if err != nil && !errors.Is(err, search.ErrBehind) {
		f.log.Warn("what is public could not be indexed", "tenant", id, "problem", err.Error())
		return // tried again with the next card
	}
	f.indexed.last[id] = after
}

func documents(c Card, f *front) []search.Document {
	docs := []search.Document{{Kind: kindPage, ID: "inicio", Title: c.Brand.Name, Text: strings.Join(append([]string{c.Brand.Tagline, c.Brand.Text}, c.Brand.Points...), "\n"), Updated: f.now()}}
	for _, o := range c.Offers {
		docs = append(docs, search.Document{Kind: kindService, ID: o.ID, Title: o.Name, Text: o.Price(), Updated: o.Updated})
	}
	return docs
}

// showSearch finds among what the tenant's page shows: a service that is no
// longer offered may still be indexed, and is left out.
func (f *front) showSearch(w http.ResponseWriter, r *http.Request, v visit) {
	if v.apex {
		f.fail(w, r, http.StatusNotFound)
		return
	}
	card, err := f.card(r.Context(), v.id)
	if err != nil {
		f.away(w, r, v, err)
		return
	}
	words := clean(r.URL.Query().Get("q"))
	if runes := []rune(words); len(runes) > 200 {
		words = string(runes[:200])
	}
	p := Page{Title: "Busca", Card: card, Query: words, Hidden: true}
	if words == "" {
		p.Text = "Escreva o que procura."
		f.show(w, r, v, http.StatusOK, p)
		return
	}
	found, err := f.backing.Search.Search(r.Context(), v.id, search.Query{Text: words, Kinds: []string{kindService, kindPage}, Limit: 50})
	if err != nil {
		f.away(w, r, v, err)
		return
	}
	p.Degraded = found.Degraded
	for _, h := range found.Hits {
		if h.Kind == kindPage || slices.ContainsFunc(card.Offers, func(o Offer) bool { return o.ID == h.ID }) {
			p.Hits = append(p.Hits, h)
		}
	}
	if len(p.Hits) == 0 {
		p.Text = "Nada encontrado com essas palavras."
	}
	w.Header().Set("Cache-Control", web.Never)
	f.show(w, r, v, http.StatusOK, p)
}
