package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Text reads a value as it stands. Without a fallback it must be set.
func (r *Reader) Text(name, fallback string) string {
	text := r.value(name, fallback)
	if text == "" {
		r.Refuse(name, text, "is not set", "set it")
	}
	return text
}

// Optional reads a value that may be left out.
func (r *Reader) Optional(name string) string {
	text, ok := r.lookup(name)
	if ok && text == "" {
		r.Refuse(name, text, "is set to nothing", "leave it out, or give it a value")
	}
	return text
}

// Choice reads one of the allowed values.
func (r *Reader) Choice(name, fallback string, allowed ...string) string {
	text := r.value(name, fallback)
	if !slices.Contains(allowed, text) {
		r.Refuse(name, text, "is not allowed", "write one of "+strings.Join(allowed, ", "))
		return fallback
	}
	return text
}

// Number reads a whole number between least and most.
func (r *Reader) Number(name string, fallback, least, most int) int {
	text := r.value(name, strconv.Itoa(fallback))
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		r.Refuse(name, text, "is not a whole number", "write one, like "+strconv.Itoa(fallback))
	case n < least || n > most:
		r.Refuse(name, text, fmt.Sprintf("is not between %d and %d", least, most), "write one that is, like "+strconv.Itoa(fallback))
	default:
		return n
	}
	return fallback
}
