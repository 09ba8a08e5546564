package search_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/avila-devops/saas/apps/internal/search"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenant"
	"github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

var now = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func doc(kind, id, title, text string) search.Document {
	return search.Document{Kind: kind, ID: id, Title: title, Text: text, Updated: now}
}

// node sends requests to one address, as the client does to its nodes.
type node string

func (n node) Perform(r *http.Request) (*http.Response, error) {
	u, err := url.Parse(string(n))
	if err != nil {
		return nil, err
	}
	r.URL.Scheme, r.URL.Host = u.Scheme, u.Host
	return http.DefaultClient.Do(r)
}

func elastic(t *testing.T) (*search.Elastic, *nodes) {
	t.Helper()
	c := newNodes(t)
	e, err := search.NewElastic(node(c.server.URL), "docs")
	if err != nil {
		t.Fatal(err)
	}
	return e, c
}

func pair(t *testing.T, w *world) (*search.Pair, *nodes) {
	t.Helper()
	e, c := elastic(t)
	p, err := search.NewPair(e, w.postgres(), prometheus.NewRegistry(), telemetry.NewLog(io.Discard, "test"))
	if err != nil {
		t.Fatal(err)
	}
	return p, c
}

func ids(r search.Result) string {
	var all []string
	for _, h := range r.Hits {
		all = append(all, h.ID)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// operations are called on every engine.
var operations = map[string]func(ctx context.Context, e search.Engine, id tenant.ID) (string, error){
	"Search": func(ctx context.Context, e search.Engine, id tenant.ID) (string, error) {
		r, err := e.Search(ctx, id, search.Query{Text: "canário", Limit: 100})
		return ids(r), err
	},
	"Put": func(ctx context.Context, e search.Engine, id tenant.ID) (string, error) {
		return "", e.Put(ctx, id, search.Document{Kind: "k", ID: "1", Title: "canário de " + id.String(), Updated: now.Add(time.Hour)})
	},
	"Delete": func(ctx context.Context, e search.Engine, id tenant.ID) (string, error) {
		return "", e.Delete(ctx, id, "k", "1", "a:k:1", "../1")
	},
	"Erase": func(ctx context.Context, e search.Engine, id tenant.ID) (string, error) {
		_, err := e.Erase(ctx, id)
		return "", err
	},
}

// ASVS: v5.0.0-8.4.1 (tenants).
func TestNoOperationOfATenantReachesAnothers(t *testing.T) {
	e, c := elastic(t)
	w := newWorld(t)
	p := w.postgres()
	both, err := search.NewPair(e, p, prometheus.NewRegistry(), telemetry.NewLog(io.Discard, "test"))
	if err != nil {
		t.Fatal(err)
	}
	type operation = func(ctx context.Context, e search.Engine, id tenant.ID) (string, error)
	own := map[string]map[string]operation{ // those of one engine alone
		"Elastic": {"Provision": func(ctx context.Context, _ search.Engine, id tenant.ID) (string, error) {
			return "", e.Provision(ctx, id)
		}},
		"Postgres": {
			"PutTx": func(ctx context.Context, _ search.Engine, id tenant.ID) (string, error) {
				return "", w.db.Tx(ctx, id, func(tx *tenancy.Tx) error {
					return p.PutTx(ctx, tx, search.Document{Kind: "k", ID: "1", Title: "canário de " + id.String(), Updated: now.Add(time.Hour)})
				})
			},
			"DeleteTx": func(ctx context.Context, _ search.Engine, id tenant.ID) (string, error) {
				return "", w.db.Tx(ctx, id, func(tx *tenancy.Tx) error { return p.DeleteTx(ctx, tx, "k", "1") })
			},
		},
		"Pair": {"Reindex": func(ctx context.Context, _ search.Engine, id tenant.ID) (string, error) {
			n, err := both.Reindex(ctx, id)
			if n != 0 {
				return fmt.Sprint(n), err // b has none
			}
			return "", err
		}},
	}
	tries := map[string]bool{}
	var known []string
	for name, engine := range map[string]search.Engine{"Elastic": e, "Postgres": p, "Pair": both} {
		one, other := w.Tenant(t), w.Tenant(t)
		known = append(known, one.String(), other.String())
		all := maps.Clone(operations)
		maps.Copy(all, own[name])
		for operation, do := range all {
			if !strings.HasSuffix(operation, "Tx") { // the transaction is the tenant's
				tries[name+"."+operation] = true
			}
			for _, id := range []tenant.ID{one, other} {
				if _, err := engine.Erase(t.Context(), id); err != nil {
					t.Fatal(err)
				}
			}
			if err := engine.Put(t.Context(), one, doc("k", "1", "canário da dona", "")); err != nil {
				t.Fatal(err)
			}
			if got, err := do(t.Context(), engine, other); got != "" || err != nil {
				t.Errorf("%s: by %s b sees %q, %v", name, operation, got, err)
			}
			r, err := engine.Search(t.Context(), one, search.Query{Text: "canário"})
			if err != nil || len(r.Hits) != 1 || r.Hits[0].Title != "canário da dona" || r.Total != 1 {
				t.Errorf("%s: after %s a has %+v, %v", name, operation, r, err)
			}
		}
	}
	tenanttest.Covered(t, tries, nil, reflect.TypeFor[*search.Elastic](), reflect.TypeFor[*search.Postgres](), reflect.TypeFor[*search.Pair]())
	for _, q := range c.requests() {
		if q.path == "/_aliases" {
			continue
		}
		if !slices.ContainsFunc(known, q.filtered) {
			t.Errorf("%s names no tenant where it must: %v %v", q.path, q.body, q.lines)
		}
	}
}

func TestNoOperationWorksWithoutATenant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, c := pair(t, w)
	e, _ := elastic(t)
	var none tenant.ID
	for engine, each := range map[string]search.Engine{"pair": s, "elasticsearch": e, "postgresql": w.postgres()} {
		for name, do := range operations {
			if _, err := do(t.Context(), each, none); err == nil || !strings.Contains(err.Error(), "no tenant: ") {
				t.Errorf("%s of %s gives %v", name, engine, err)
			}
		}
	}
	_, reindex := s.Reindex(t.Context(), none)
	for name, err := range map[string]error{"Reindex": reindex, "Provision": e.Provision(t.Context(), none)} {
		if err == nil || !strings.Contains(err.Error(), "no tenant: ") {
			t.Errorf("%s gives %v", name, err)
		}
	}
	if n := len(c.requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestADocumentOfAnotherTenantIsDroppedWhateverElasticsearchSays(t *testing.T) {
	t.Parallel()
	e, c := elastic(t)
	if err := e.Put(t.Context(), tenanttest.ID("b"), doc("k", "1", "canário", "")); err != nil {
		t.Fatal(err)
	}
	c.set(func(c *nodes) { c.leak = true })
	r, err := e.Search(t.Context(), tenanttest.ID("a"), search.Query{Text: "canário"})
	if len(r.Hits) != 0 || r.Total != 0 || !errors.Is(err, search.ErrAway) || !strings.Contains(err.Error(), "look at the alias docs.a") {
		t.Errorf("a sees %+v, %v", r, err)
	}
}

func TestATenantsAliasFiltersAndRoutes(t *testing.T) {
	t.Parallel()
	e, c := elastic(t)
	if err := errors.Join(e.Install(t.Context()), e.Provision(t.Context(), tenanttest.ID("a"))); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"actions": []any{map[string]any{"add": map[string]any{
		"index": "docs", "alias": "docs.a", "routing": "a", "filter": map[string]any{"term": map[string]any{"tenant": "a"}},
	}}}}
	all := c.requests()
	if got := all[len(all)-1]; got.path != "/_aliases" || !reflect.DeepEqual(got.body, want) {
		t.Errorf("got %+v", got)
	}
	if first := all[0]; first.method != "PUT" || first.path != "/docs" || first.body["mappings"].(map[string]any)["dynamic"] != "strict" {
		t.Errorf("the index is made by %+v", first)
	}
}

func TestAnOlderWritingDoesNotReplaceANewer(t *testing.T) {
	e, _ := elastic(t)
	w := newWorld(t)
	id := w.Tenant(t)
	for name, engine := range map[string]search.Engine{"elasticsearch": e, "postgresql": w.postgres()} {
		newer := doc("k", "1", "canário novo", "")
		newer.Updated = now.Add(time.Second)
		if err := errors.Join(engine.Put(t.Context(), id, newer), engine.Put(t.Context(), id, doc("k", "1", "canário velho", ""))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if r, err := engine.Search(t.Context(), id, search.Query{Text: "canário"}); err != nil || len(r.Hits) != 1 || r.Hits[0].Title != "canário novo" {
			t.Errorf("%s has %+v, %v", name, r, err)
		}
		if _, err := engine.Erase(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
}

func TestPostgreSQLFindsPortugueseWordsHoweverTheyAreWritten(t *testing.T) {
	w := newWorld(t)
	p, id := w.postgres(), w.Tenant(t)
	if err := p.Put(t.Context(), id,
		doc("nota", "1", "Reciclagem de alumínio", "Recebemos 300 quilos de latas na cooperativa."), doc("paciente", "2", "João Conceição", "Consulta com a cardiologista; exames em anexo."),
		doc("paciente", "3", "Maria <b>Souza</b>", "Retorno: alumínio no sangue\x00."),
	); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"aluminio": "1 3", "ALUMÍNIO": "1 3", "lata": "1", "joao conceicao": "2", "exame": "2", `"latas na cooperativa"`: "1", `"cooperativa latas"`: "", "aluminio -sangue": "1",
		"alumínio or exames": "1 2 3", "inexistente": "", "'; DROP TABLE search_documents; --": "", "%": "", "\\": "", "a & | ! ( :*": "",
	} {
		r, err := p.Search(t.Context(), id, search.Query{Text: query})
		if err != nil || ids(r) != want || r.Total != len(r.Hits) {
			t.Errorf("%q finds %q of %d, %v", query, ids(r), r.Total, err)
		}
	}
	r, err := p.Search(t.Context(), id, search.Query{Text: "alumínio", Kinds: []string{"paciente"}})
	if err != nil || ids(r) != "3" || !strings.Contains(r.Hits[0].Snippet, "alumínio no sangue") {
		t.Errorf("by kind it finds %+v, %v", r, err)
	}
	page, err := p.Search(t.Context(), id, search.Query{Text: "alumínio", Limit: 1, Offset: 1})
	if err != nil || len(page.Hits) != 1 || page.Total != 2 || page.Hits[0].ID != "3" { // a word in the title counts for more
		t.Errorf("the second page is %+v, %v", page, err)
	}
}

// ASVS: v5.0.0-16.5.2.
func TestWhileElasticsearchIsAwayPostgreSQLAnswersAndSaysSo(t *testing.T) {
	w := newWorld(t)
	s, c := pair(t, w)
	id := w.Tenant(t)
	if err := s.Put(t.Context(), id, doc("k", "1", "canário", "")); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Search(t.Context(), id, search.Query{Text: "canário"}); err != nil || ids(r) != "1" || r.Degraded {
		t.Errorf("with Elasticsearch: %+v, %v", r, err)
	}
	c.set(func(c *nodes) { c.away = true })
	if err := s.Put(t.Context(), id, doc("k", "2", "canário", "")); !errors.Is(err, search.ErrBehind) || strings.Contains(err.Error(), "secret") {
		t.Errorf("Put gives %v", err)
	}
	if err := s.Delete(t.Context(), id, "k", "1"); !errors.Is(err, search.ErrBehind) {
		t.Errorf("Delete gives %v", err)
	}
	before := len(c.requests())
	for range 50 {
		if r, err := s.Search(t.Context(), id, search.Query{Text: "canário"}); err != nil || ids(r) != "2" || !r.Degraded {
			t.Fatalf("without: %+v, %v", r, err)
		}
	}
	if n := len(c.requests()) - before; n > 9 { // three tries each, at most once in each pause
		t.Errorf("Elasticsearch was asked %d times", n)
	}
	c.set(func(c *nodes) { c.away = false })
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		r, err := s.Search(t.Context(), id, search.Query{Text: "canário"})
		if err != nil {
			t.Fatal(err)
		}
		if !r.Degraded {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("10s after Elasticsearch was back, PostgreSQL answers")
		}
	}
	if n, err := s.Reindex(t.Context(), id); n != 1 || err != nil {
		t.Errorf("Reindex gives %d, %v", n, err)
	}
	if r, err := s.Search(t.Context(), id, search.Query{Text: "canário"}); err != nil || ids(r) != "2" || r.Degraded {
		t.Errorf("after Reindex: %+v, %v", r, err)
	}
}

// ASVS: v5.0.0-15.2.2.
func TestAClusterThatHangsIsNotWaitedFor(t *testing.T) {
	w := newWorld(t)
	s, c := pair(t, w)
	c.mu.Lock() // it accepts and says nothing
	began := time.Now()
	r, err := s.Search(t.Context(), w.Tenant(t), search.Query{Text: "canário"})
	took := time.Since(began)
	c.mu.Unlock()
	if err != nil || !r.Degraded || took > 4*time.Second {
		t.Errorf("after %s: %+v, %v", took, r, err)
	}
}

// ASVS: v5.0.0-2.2.1.
func TestAQueryOutOfItsBoundsIsRefusedWithAllThatIsWrong(t *testing.T) {
	t.Parallel()
	s, c := pair(t, newWorld(t))
	_, err := s.Search(t.Context(), tenanttest.ID("a"), search.Query{Text: " ", Limit: 1000, Offset: -1, Kinds: []string{"*"}})
	for _, want := range []string{"1 to 200 characters", "limit 1000 and offset -1", `kind "*" is not`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
	if err := s.Put(t.Context(), tenanttest.ID("a"), search.Document{Kind: "K", ID: ""}); err == nil || !strings.Contains(err.Error(), "lacks a kind") {
		t.Errorf("Put gives %v", err)
	}
	if n := len(c.requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestDocumentsOfTenantsAtRandomNeverMeet(t *testing.T) {
	w := newWorld(t)
	s, c := pair(t, w)
	var all sync.WaitGroup
	stop := make(chan struct{})
	var flicker sync.WaitGroup
	flicker.Go(func() { // Elasticsearch comes and goes
		for away := true; ; away = !away {
			select {
			case <-stop:
				return
			case <-time.After(30 * time.Millisecond):
				c.set(func(c *nodes) { c.away = away })
			}
		}
	})
	var names []string
	for n := range 4 {
		id := w.Tenant(t)
		name := id.String()
		names = append(names, name)
		for worker := range 2 {
			all.Go(func() {
				chance := rand.New(rand.NewPCG(uint64(n), uint64(worker)))
				for range 40 {
					key := fmt.Sprint(chance.IntN(5))
					var err error
					switch chance.IntN(4) {
					case 0:
						err = s.Put(t.Context(), id, search.Document{Kind: "k", ID: key, Title: "canário " + name, Updated: time.Now()})
					case 1:
						err = s.Delete(t.Context(), id, "k", key)
					default:
						var r search.Result
						r, err = s.Search(t.Context(), id, search.Query{Text: "canário"})
						for _, h := range r.Hits {
							if h.Title != "canário "+name {
								t.Errorf("%s finds %+v", name, h)
							}
						}
					}
					if err != nil && !errors.Is(err, search.ErrBehind) {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	close(stop)
	flicker.Wait()
	for _, q := range c.requests() {
		if !slices.ContainsFunc(names, q.filtered) {
			t.Errorf("%s names no tenant where it must", q.path)
		}
	}
}

// ASVS: v5.0.0-1.2.4.
func FuzzNothingThatIsSearchedForLeavesItsTenant(f *testing.F) {
	for _, seed := range []string{"canário", `tenant:b`, `*`, `"}}]}}`, "\x00", "+b -a", "\xff", `\`, "'", "%", "a & b"} {
		f.Add(seed)
	}
	w := newWorld(f)
	a, b := w.Tenant(f), w.Tenant(f)
	f.Fuzz(func(t *testing.T, text string) {
		p := w.postgres()
		e, c := elastic(t)
		for _, engine := range []search.Engine{p, e} {
			if err := engine.Put(t.Context(), b, doc("fuzz", "x", text, text)); err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			r, err := engine.Search(t.Context(), a, search.Query{Text: text, Kinds: []string{"fuzz"}})
			if len(r.Hits) != 0 || err != nil && !strings.Contains(err.Error(), "1 to 200 characters") {
				t.Errorf("%q finds %+v, %v", text, r, err)
			}
			if err := engine.Delete(t.Context(), b, "fuzz", "x"); err != nil {
				t.Error(err)
			}
		}
		for _, q := range c.requests() {
			if !q.filtered(a.String()) && !q.filtered(b.String()) {
				t.Errorf("%q: %s names no tenant where it must", text, q.path)
			}
		}
	})
}
