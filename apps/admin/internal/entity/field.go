package entity

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Field is one of an entity's.
type Field struct {
	Name, Label string
	Help        string
	Kind        Kind
	Required    bool
	Null        bool // nothing is null in the table, and not ""
	Max         int  // characters, or the greatest number; 200 of texts when 0
	Min         int  // the least number
	Choices     []Choice
	Link        *Link
	Default     string
	Once        bool // set when the record is created, and never again
	ReadOnly    bool
	Listed      bool // it is a column of the list
	Filter      bool // the list can be narrowed by it
}

// Choice is one of the values that a field may have.
type Choice struct{ Value, Label string }

// Link is another entity's record.
type Link struct {
	Table, Slug string
	Key         Key
	Title       string // the column that it is called by
	Active      string // in SQL, those that can still be chosen; all when empty
}

// Expression reads the field from the table t as text.
func (f *Field) Expression() string {
	column := "t." + f.Name
	switch f.Kind {
	case Moment:
		column = `to_char(` + column + ` at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
	case Set:
		column = "array_to_string(" + column + ", ',')"
	default:
		column += "::text"
	}
	return "coalesce(" + column + ", '')"
}

// LinkTitle reads what the linked record is called.
func (f *Field) LinkTitle() string {
	return fmt.Sprintf("coalesce((select l.%s from %s l where l.tenant_id = t.tenant_id and l.%s = t.%s), '')", f.Link.Title, f.Link.Table, f.Link.Key.Column, f.Name)
}

// Parameter is what writes the field from the n-th argument.
func (f *Field) Parameter(n int) string {
	p := fmt.Sprintf("$%d::text", n)
	if f.Null {
		p = "nullif(" + p + ", '')"
	}
	switch f.Kind {
	case Set:
		return "string_to_array(" + p + ", ',')"
	case Reference:
		return p + "::" + f.Link.Key.Type
	default:
		return p + "::" + f.Kind.sql()
	}
}

// check says what is wrong with a value, which is in its one form.
func (f *Field) check(value string) string {
	if value == "" {
		if f.Required {
			return "preencha este campo"
		}
		return ""
	}
	if most := f.longest(); !f.Kind.numeric() && utf8.RuneCountInString(value) > most {
		return fmt.Sprintf("tem mais de %d caracteres", most)
	}
	if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		return "tem caracteres inválidos"
	}
	if f.Kind == Option && !slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.Value == value }) {
		return "escolha uma das opções"
	}
	if f.Kind == Set {
		for each := range strings.SplitSeq(value, ",") {
			if !slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.Value == each }) {
				return fmt.Sprintf("%.60q não é uma das opções", each)
			}
		}
	}
	if f.Kind == Reference && f.Link.Key.Type == "uuid" && !IsUUID(value) {
		return "escolha um registro da lista"
	}
	return f.Kind.check(value, f.Min, f.Max)
}

func (f *Field) longest() int {
	switch {
	case f.Max > 0:
		return f.Max
	case f.Kind == Set || f.Kind == Long:
		return 4000
	default:
		return 200
	}
}

// IsUUID tells whether a text is the one form of a UUID.
func IsUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// Label is what a choice is called.
func (f *Field) label(value string) string {
	for _, c := range f.Choices {
		if c.Value == value {
			return c.Label
		}
	}
	return value
}
