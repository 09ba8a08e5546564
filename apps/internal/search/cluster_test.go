package search_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// nodes answer as Elasticsearch does, over documents in memory, and notes
// what it was asked. It takes filters literally: a request without the tenant's
// would see everybody's documents.
type nodes struct {
	t       *testing.T
	mu      sync.Mutex
	docs    map[string]map[string]any // by _id
	aliases map[string]any
	seen    []request
	away    bool
	leak    bool // whether filters are forgotten
	server  *httptest.Server
}

type request struct {
	method, path, routing string
	body                  map[string]any
	lines                 []map[string]any
}

func newNodes(t *testing.T) *nodes {
	t.Helper()
	c := &nodes{t: t, docs: map[string]map[string]any{}, aliases: map[string]any{}}
	c.server = httptest.NewServer(c)
	t.Cleanup(c.server.Close)
	return c
}

func (c *nodes) set(how func(*nodes)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	how(c)
}

func (c *nodes) requests() []request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]request{}, c.seen...)
}

func (c *nodes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	raw, _ := io.ReadAll(r.Body)
	q := request{method: r.Method, path: r.URL.Path, routing: r.URL.Query().Get("routing")}
	if strings.HasSuffix(r.URL.Path, "/_bulk") {
		for d := json.NewDecoder(bytes.NewReader(raw)); ; {
			line := map[string]any{}
			if d.Decode(&line) != nil {
				break
			}
			q.lines = append(q.lines, line)
		}
	} else if len(raw) > 0 && json.Unmarshal(raw, &q.body) != nil {
		c.t.Errorf("%s is sent %s", r.URL.Path, raw)
	}
	c.seen = append(c.seen, q)
	w.Header().Set("X-Elastic-Product", "Elasticsearch")
	w.Header().Set("Content-Type", "application/json")
	switch {
	case c.away:
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, `{"error":{"type":"cluster_block_exception","reason":"secret"},"status":503}`)
	case strings.HasSuffix(q.path, "/_search"):
		c.search(w, q)
	case strings.HasSuffix(q.path, "/_bulk"):
		c.bulk(w, q)
	case strings.HasSuffix(q.path, "/_delete_by_query"):
		n := 0
		for id, doc := range c.docs {
			if c.matches(q.body, doc) {
				delete(c.docs, id)
				n++
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"deleted": n})
	default:
		_, _ = io.WriteString(w, `{"acknowledged":true}`)
	}
}

// matches applies the filters of a query.
func (c *nodes) matches(body map[string]any, doc map[string]any) bool {
	query, _ := body["query"].(map[string]any)
	clauses, _ := query["bool"].(map[string]any)
	filters, _ := clauses["filter"].([]any)
	for _, f := range filters {
		for kind, condition := range f.(map[string]any) {
			for field, want := range condition.(map[string]any) {
				switch kind {
				case "term":
					if doc[field] != want && !c.leak {
						return false
					}
				case "terms":
					found := false
					for _, each := range want.([]any) {
						found = found || doc[field] == each
					}
					if !found {
						return false
					}
				case "range":
					if doc[field].(float64) >= want.(map[string]any)["lt"].(float64) {
						return false
					}
				}
			}
		}
	}
	return true
}

func (c *nodes) search(w http.ResponseWriter, q request) {
	must := q.body["query"].(map[string]any)["bool"].(map[string]any)["must"].(map[string]any)["simple_query_string"].(map[string]any)
	hits := []any{}
	for _, doc := range c.docs {
		if c.matches(q.body, doc) && strings.Contains(strings.ToLower(doc["title"].(string)+" "+doc["text"].(string)), strings.ToLower(must["query"].(string))) {
			hits = append(hits, map[string]any{"_score": 1.5, "_source": doc, "highlight": map[string]any{"text": []string{doc["text"].(string)}}})
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"hits": map[string]any{"total": map[string]any{"value": len(hits)}, "hits": hits}})
}

func (c *nodes) bulk(w http.ResponseWriter, q request) {
	items := []any{}
	for i := 0; i < len(q.lines); i++ {
		head, _ := q.lines[i]["index"].(map[string]any)
		if head == nil {
			id := q.lines[i]["delete"].(map[string]any)["_id"].(string)
			status := 404
			if c.docs[id] != nil {
				status = 200
			}
			delete(c.docs, id)
			items = append(items, map[string]any{"delete": map[string]any{"status": status}})
			continue
		}
		i++
		id := head["_id"].(string)
		status := 201
		if old := c.docs[id]; old != nil && old["_version"].(float64) > head["version"].(float64) {
			status = 409
		} else {
			q.lines[i]["_version"] = head["version"]
			c.docs[id] = q.lines[i]
		}
		items = append(items, map[string]any{"index": map[string]any{"status": status}})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": false, "items": items})
}

// filtered reports whether a request names the tenant where it must: in the
// filter of a query, in every line of a change.
func (q request) filtered(tenant string) bool {
	mine := map[string]any{"term": map[string]any{"tenant": tenant}}
	if q.routing != tenant {
		return false
	}
	if strings.HasSuffix(q.path, "/_bulk") {
		for i := 0; i < len(q.lines); i++ {
			for action, head := range q.lines[i] {
				if id, _ := head.(map[string]any)["_id"].(string); !strings.HasPrefix(id, tenant+":") {
					return false
				}
				if action == "index" {
					if i++; q.lines[i]["tenant"] != tenant {
						return false
					}
				}
				break
			}
		}
		return strings.HasPrefix(q.path, "/docs."+tenant+"/")
	}
	filters, _ := q.body["query"].(map[string]any)["bool"].(map[string]any)["filter"].([]any)
	return len(filters) > 0 && reflect.DeepEqual(filters[0], mine)
}
