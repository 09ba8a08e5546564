// Package search finds a tenant's documents by their words: in Elasticsearch,
// and while that is away in PostgreSQL, which has every document first. It holds
// neither what is a document nor who may see it within a tenant.
package search

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

var (
	// ErrAway says that an engine cannot be reached.
	ErrAway = errors.New("search is away")
	// ErrBehind says that documents are kept, and that Elasticsearch does not
	// know them yet: call Reindex later, in a job.
	ErrBehind = errors.New("the index is behind")
)

// Document is what can be found.
type Document struct {
	Kind    string // such as "paciente": a-z, 0-9, _ and -
	ID      string
	Title   string
	Text    string
	Updated time.Time // an older writing does not replace a newer one
}

// Query asks for documents.
type Query struct {
	Text   string   // words, "phrases", -words
	Kinds  []string // all when empty
	Limit  int      // 1 to 100; 20 when 0
	Offset int      // at most 1,000
}

// Hit is a document that was found.
type Hit struct {
	Kind, ID, Title string
	Snippet         string // plain text
	Score           float64
}

// Result is a page of what was found.
type Result struct {
	Hits  []Hit
	Total int
	// Degraded says that Elasticsearch is away: words are found, but neither
	// with slips of the pen nor in the best order.
	Degraded bool
}

// Engine is one way to search. Every method concerns one tenant.
type Engine interface {
	Search(ctx context.Context, id tenant.ID, q Query) (Result, error)
	Put(ctx context.Context, id tenant.ID, docs ...Document) error
	Delete(ctx context.Context, id tenant.ID, kind string, ids ...string) error
	// Erase removes all of a tenant's documents and returns how many there were.
	Erase(ctx context.Context, id tenant.ID) (int, error)
}

// normal returns a query within its bounds.
func (q Query) normal() (Query, error) {
	q.Text = strings.ToValidUTF8(strings.ReplaceAll(strings.TrimSpace(q.Text), "\x00", ""), "")
	if q.Limit == 0 {
		q.Limit = 20
	}
	var problems []error
	if q.Text == "" || utf8.RuneCountInString(q.Text) > 200 {
		problems = append(problems, errors.New("search: the text has not 1 to 200 characters"))
	}
	if q.Limit < 1 || q.Limit > 100 || q.Offset < 0 || q.Offset > 1000 {
		problems = append(problems, fmt.Errorf("search: limit %d and offset %d are not 1 to 100 and 0 to 1000", q.Limit, q.Offset))
	}
	for _, kind := range q.Kinds {
		if !word(kind) {
			problems = append(problems, fmt.Errorf("search: kind %.40q is not 1 to 40 of a-z, 0-9, _ and -", kind))
		}
	}
	return q, errors.Join(problems...)
}

// check refuses documents that could not be found again.
func check(docs []Document) error {
	var problems []error
	for _, d := range docs {
		if !word(d.Kind) || d.ID == "" || len(d.ID) > 200 || d.Updated.IsZero() {
			problems = append(problems, fmt.Errorf("search: document %.40q of kind %.40q lacks a kind of a-z, 0-9, _ and -, an id of 1 to 200 bytes, or the time it was changed", d.ID, d.Kind))
		}
	}
	return errors.Join(problems...)
}

func word(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// text makes a text fit for both engines: PostgreSQL takes no zero byte.
func text(s string, most int) string {
	s = strings.ReplaceAll(s, "\x00", "")
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "")
}

const (
	maxTitle = 500
	maxText  = 200 << 10 // a tsvector holds less than 1 MiB
)
