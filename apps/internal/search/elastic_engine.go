package search

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

var _ Engine = (*Elastic)(nil)

// Search implements Engine.
func (e *Elastic) Search(ctx context.Context, id tenant.ID, q Query) (Result, error) {
	if err := tenant.Check(id); err != nil {
		return Result{}, err
	}
	q, err := q.normal()
	if err != nil {
		return Result{}, err
	}
	filter := []object{mine(id)}
	if len(q.Kinds) > 0 {
		filter = append(filter, object{"terms": object{"kind": q.Kinds}})
	}
	var answer struct {
		Hits struct {
			Total struct{ Value int }
			Hits  []struct {
				Score     float64 `json:"_score"`
				Source    source  `json:"_source"`
				Highlight struct{ Text []string }
			}
		}
	}
	err = e.send(ctx, http.MethodPost, "/"+e.alias(id)+"/_search", url.Values{"routing": {id.String()}}, object{
		"from": q.Offset, "size": q.Limit, "timeout": "1s", "track_total_hits": 10_000,
		"query": object{"bool": object{
			"filter": filter,
			"must": object{"simple_query_string": object{
				"query": q.Text, "fields": []string{"title^3", "text"}, "default_operator": "and", "lenient": true,
				"flags": "PHRASE|NOT|WHITESPACE|FUZZY", // what users write is words: nothing in it names a field
			}},
		}},
		"highlight": object{"pre_tags": []string{""}, "post_tags": []string{""}, "fields": object{"text": object{"fragment_size": 160, "number_of_fragments": 1, "no_match_size": 160}}},
	}, &answer)
	if err != nil {
		return Result{}, err
	}
	out := Result{Total: answer.Hits.Total.Value}
	for _, h := range answer.Hits.Hits {
		if h.Source.Tenant != id.String() {
			return Result{}, fmt.Errorf("search: %w: Elasticsearch gave another tenant's document, and all of it was dropped; look at the alias %s", ErrAway, e.alias(id))
		}
		out.Hits = append(out.Hits, Hit{Kind: h.Source.Kind, ID: h.Source.ID, Title: h.Source.Title, Snippet: strings.Join(h.Highlight.Text, " "), Score: h.Score})
	}
	return out, nil
}

// Put implements Engine.
func (e *Elastic) Put(ctx context.Context, id tenant.ID, docs ...Document) error {
	if err := errors.Join(tenant.Check(id), check(docs)); err != nil {
		return err
	}
	var body bytes.Buffer
	out := json.NewEncoder(&body) // a line each
	for _, d := range docs {
		head := object{"index": object{"_id": docID(id, d.Kind, d.ID), "version": d.Updated.UnixMicro(), "version_type": "external_gte"}}
		if err := errors.Join(out.Encode(head), out.Encode(source{id.String(), d.Kind, d.ID, text(d.Title, maxTitle), text(d.Text, maxText), time.Now().UnixMilli()})); err != nil {
			return fmt.Errorf("search: %w", err)
		}
	}
	return e.bulk(ctx, id, &body)
}

// Delete implements Engine.
func (e *Elastic) Delete(ctx context.Context, id tenant.ID, kind string, ids ...string) error {
	if err := tenant.Check(id); err != nil {
		return err
	}
	var body bytes.Buffer
	out := json.NewEncoder(&body)
	for _, doc := range ids {
		if err := out.Encode(object{"delete": object{"_id": docID(id, kind, doc)}}); err != nil {
			return fmt.Errorf("search: %w", err)
		}
	}
	return e.bulk(ctx, id, &body)
}

// bulk sends changes, through the tenant's alias and with its routing. A
// document that is newer there, or gone, is as it should be.
func (e *Elastic) bulk(ctx context.Context, id tenant.ID, body *bytes.Buffer) error {
	if body.Len() == 0 {
		return nil
	}
	var answer struct {
		Errors bool
		Items  []map[string]struct{ Status int }
	}
	if err := e.send(ctx, http.MethodPost, "/"+e.alias(id)+"/_bulk", url.Values{"routing": {id.String()}}, body.Bytes(), &answer); err != nil {
		return err
	}
	bad := 0
	for _, item := range answer.Items {
		for _, outcome := range item {
			if outcome.Status >= 300 && outcome.Status != http.StatusConflict && outcome.Status != http.StatusNotFound {
				bad++
			}
		}
	}
	if bad > 0 {
		return fmt.Errorf("search: %w: Elasticsearch refused %d of %d changes", ErrAway, bad, len(answer.Items))
	}
	return nil
}

// Erase implements Engine, and removes the alias.
func (e *Elastic) Erase(ctx context.Context, id tenant.ID) (int, error) {
	if err := tenant.Check(id); err != nil {
		return 0, err
	}
	n, err := e.remove(ctx, id, mine(id))
	if err != nil {
		return 0, err
	}
	err = e.send(ctx, http.MethodPost, "/_aliases", nil, object{"actions": []object{{"remove": object{"index": e.index, "alias": e.alias(id), "must_exist": false}}}}, nil)
	return n, err
}

// remove removes the tenant's documents that a filter finds.
func (e *Elastic) remove(ctx context.Context, id tenant.ID, filter object) (int, error) {
	var answer struct{ Deleted int }
	err := e.send(ctx, http.MethodPost, "/"+e.index+"/_delete_by_query", url.Values{"routing": {id.String()}, "refresh": {"true"}, "conflicts": {"proceed"}},
		object{"query": object{"bool": object{"filter": []object{mine(id), filter}}}}, &answer)
	return answer.Deleted, err
}

// prune removes what was not written since a time.
func (e *Elastic) prune(ctx context.Context, id tenant.ID, since time.Time) error {
	_, err := e.remove(ctx, id, object{"range": object{"seen": object{"lt": since.UnixMilli()}}})
	return err
}
