package search

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

// Performer sends a request to one of the nodes; what elasticdial.Open returns
// is one.
type Performer interface {
	Perform(*http.Request) (*http.Response, error)
}

// Elastic is Elasticsearch: one index, in which each tenant has an alias that
// filters, and a routing of its own. Every query names the tenant once more, so
// that an alias that someone made wrong shows nothing.
type Elastic struct {
	client Performer
	index  string
}

// NewElastic returns the engine of an index.
func NewElastic(client Performer, index string) (*Elastic, error) {
	if !word(index) || index[0] == '_' || index[0] == '-' {
		return nil, fmt.Errorf("search: index %.40q is not 1 to 40 of a-z, 0-9, _ and -", index)
	}
	return &Elastic{client: client, index: index}, nil
}

// alias is a tenant's. A tenant's name has no dot.
func (e *Elastic) alias(id tenant.ID) string { return e.index + "." + id.String() }

type object = map[string]any

// mine is the filter without which nothing is asked.
func mine(id tenant.ID) object { return object{"term": object{"tenant": id.String()}} }

// docID names a document of a tenant: no id of one is another's.
func docID(id tenant.ID, kind, doc string) string { return id.String() + ":" + kind + ":" + doc }

// source is a document as it is indexed.
type source struct {
	Tenant string `json:"tenant"`
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Title  string `json:"title"`
	Text   string `json:"text"`
	Seen   int64  `json:"seen"` // when it was written here, in milliseconds
}

// mapping finds Portuguese words with and without their accents.
var mapping = object{
	"settings": object{"analysis": object{
		"filter":   object{"parar": object{"type": "stop", "stopwords": "_brazilian_"}, "radical": object{"type": "stemmer", "language": "brazilian"}},
		"analyzer": object{"pt_br": object{"type": "custom", "tokenizer": "standard", "filter": []string{"lowercase", "parar", "asciifolding", "radical"}}},
	}},
	"mappings": object{"dynamic": "strict", "_routing": object{"required": true}, "properties": object{
		"tenant": object{"type": "keyword"}, "kind": object{"type": "keyword"}, "id": object{"type": "keyword"}, "seen": object{"type": "date", "format": "epoch_millis"},
		"title": object{"type": "text", "analyzer": "pt_br"}, "text": object{"type": "text", "analyzer": "pt_br"},
	}},
}

// Install makes the index where there is none.
func (e *Elastic) Install(ctx context.Context) error {
	err := e.send(ctx, http.MethodPut, "/"+e.index, nil, mapping, nil)
	var refused refusal
	if errors.As(err, &refused) && refused.kind == "resource_already_exists_exception" {
		return nil
	}
	return err
}

// Provision makes a tenant's alias.
func (e *Elastic) Provision(ctx context.Context, id tenant.ID) error {
	if err := tenant.Check(id); err != nil {
		return err
	}
	return e.send(ctx, http.MethodPost, "/_aliases", nil, object{"actions": []object{{"add": object{
		"index": e.index, "alias": e.alias(id), "filter": mine(id), "routing": id.String(),
	}}}}, nil)
}

// refusal is what Elasticsearch answers to what it does not do.
type refusal struct {
	status int
	kind   string
}

func (r refusal) Error() string {
	return fmt.Sprintf("Elasticsearch answers %d (%s)", r.status, r.kind)
}

// send makes a request. What is asked, and what is answered, is in no error:
// both hold what users wrote.
func (e *Elastic) send(ctx context.Context, method, path string, query url.Values, body, into any) error {
	raw, ready := body.([]byte)
	kind := "application/x-ndjson"
	if !ready {
		kind = "application/json"
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return fmt.Errorf("search: %w", err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, path+"?"+query.Encode(), bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	req.Header.Set("Content-Type", kind)
	res, err := e.client.Perform(req)
	if err != nil {
		return fmt.Errorf("search: %w: %w", ErrAway, err)
	}
	defer res.Body.Close()
	in := io.LimitReader(res.Body, 32<<20)
	if res.StatusCode >= 300 {
		var answer struct {
			Error struct {
				Type string `json:"type"`
			} `json:"error"`
		}
		_ = json.NewDecoder(in).Decode(&answer) // the status says enough
		return fmt.Errorf("search: %w: %w", ErrAway, refusal{res.StatusCode, answer.Error.Type})
	}
	if into == nil {
		return nil
	}
	if err := json.NewDecoder(in).Decode(into); err != nil {
		return fmt.Errorf("search: %w: read the answer of Elasticsearch: %w", ErrAway, err)
	}
	return nil
}
