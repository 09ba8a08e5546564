// Package entity describes the things that Admin keeps: their fields, how they
// are searched, sorted and changed in bulk, and what is wrong with a value that
// a person or a program wrote. The API, the pages and the statements of SQL are
// all made from one description, so that they cannot differ. It reaches no
// database: that is record's.
package entity

import (
	"context"
	"slices"

	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Entity is a kind of thing. Its SQL is written by us, never by a user.
type Entity struct {
	Name      string // of its table, in the API's paths and in permissions
	Slug      string // in the paths of pages
	One, Many string
	Key       Key
	Title     string // the field that a record is called by
	Fields    []Field
	Search    []string // the columns in which words are looked for
	Sorts     []Sort   // the first unless another is asked for
	Actions   []Action
	Unique    map[string]Problem // what a violated constraint means
	NoCreate  bool               // records come from elsewhere
	Found     bool               // among all that can be searched at once

	// Check judges a change before it is written, in its transaction, and may
	// complete it.
	Check func(ctx context.Context, tx *tenancy.Tx, c *Change) (Problems, error)
	// Verify judges all records after one was changed or removed.
	Verify func(ctx context.Context, tx *tenancy.Tx) (Problems, error)
	// Settled is told of a change that is committed.
	Settled func(ctx context.Context, id tenancy.ID, c *Change)
}

// Key is the column that a record is found by.
type Key struct{ Column, Type string }

// ID is the key of most.
var ID = Key{"id", "uuid"}

// Values are a record's, each as text in one form only: dates as 2006-01-02,
// moments in UTC by RFC 3339, amounts in cents. Nothing is "".
type Values map[string]string

// Actor is who changes something.
type Actor struct {
	User        string
	Permissions []string
}

// Change is what is about to be written.
type Change struct {
	By     Actor
	Keys   []string // none when a record is created
	Action string   // of a change in bulk
	Old    Values   // nil when a record is created
	New    Values   // nil of a change in bulk
}

// Sort is an order. Its column is never null.
type Sort struct {
	Name, Label  string
	Column, Type string
	Down         bool
}

// Action is a change in bulk.
type Action struct {
	Name, Label string
	Confirm     string // what is asked first
	Set         string // columns, in SQL; empty to delete
	From        string // the records that it touches, in SQL; all when empty
	Danger      bool
}

// Field finds a field, or nil.
func (e *Entity) Field(name string) *Field {
	i := slices.IndexFunc(e.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &e.Fields[i]
}

// Action finds an action, or nil.
func (e *Entity) Action(name string) *Action {
	i := slices.IndexFunc(e.Actions, func(a Action) bool { return a.Name == name })
	if i < 0 {
		return nil
	}
	return &e.Actions[i]
}

// Object is how the audit log names a record.
func (e *Entity) Object(key string) string { return e.Name + ":" + key }
