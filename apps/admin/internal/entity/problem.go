package entity

import (
	"errors"
	"strings"
)

var (
	// ErrNotFound says that the tenant has no such record.
	ErrNotFound = errors.New("registro não encontrado")
	// ErrConflict says that somebody else changed the record meanwhile.
	ErrConflict = errors.New("o registro foi alterado por outra pessoa; veja a versão atual e tente de novo")
)

// Problem is what is wrong with a field, or with the whole where Field is
// empty, in words for whoever wrote it.
type Problem struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// Problems are all that is wrong with a change.
type Problems []Problem

// Error implements error.
func (p Problems) Error() string {
	var all []string
	for _, each := range p {
		all = append(all, strings.TrimPrefix(each.Field+": "+each.Detail, ": "))
	}
	return strings.Join(all, "; ")
}

// Of returns the first problem of a field.
func (p Problems) Of(field string) string {
	for _, each := range p {
		if each.Field == field {
			return each.Detail
		}
	}
	return ""
}
