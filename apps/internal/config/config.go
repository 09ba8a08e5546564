// Package config reads a service's settings from environment variables. It
// collects every bad value, so that one start names all that must be set
// right. Which settings exist, and their defaults, are each service's own.
package config

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// maxEcho bounds how much of a bad value an error repeats.
const maxEcho = 64

// Lookup returns a variable's value and whether it is set, as os.LookupEnv does.
type Lookup func(name string) (string, bool)

// Reader reads settings, and keeps the problems that it meets.
type Reader struct {
	lookup   Lookup
	problems []error
}

// From returns a Reader of the variables that lookup knows.
func From(lookup Lookup) *Reader { return &Reader{lookup: lookup} }

// Err returns every problem met so far, or nil.
func (r *Reader) Err() error { return errors.Join(r.problems...) }

// Refuse records that a variable's value cannot be used, and what to do.
func (r *Reader) Refuse(name, value, reason, remedy string) {
	if len(value) > maxEcho {
		value = value[:maxEcho] + "…"
	}
	r.problems = append(r.problems, fmt.Errorf("%s: %q %s; %s", name, value, reason, remedy))
}

// Keep records a problem that another package found with values, if there is
// one.
func (r *Reader) Keep(problem error) {
	if problem != nil {
		r.problems = append(r.problems, problem)
	}
}

// value returns what is set. A variable that is set to nothing is a mistake in
// a manifest more often than a wish for the default, so it is not the default.
func (r *Reader) value(name, fallback string) string {
	if text, ok := r.lookup(name); ok {
		return text
	}
	return fallback
}

// Address reads the address to listen on: a port, and a host unless every
// interface is meant.
func (r *Reader) Address(name, fallback string) string {
	text := r.value(name, fallback)
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		r.Refuse(name, text, "is not host:port", "write the port after a colon, like "+fallback)
		return fallback
	}
	if number, err := strconv.Atoi(port); err != nil || number < 0 || number > 65535 {
		r.Refuse(name, text, "has no port between 0 and 65535", "write one, like "+fallback)
		return fallback
	}
	if host != "" && net.ParseIP(host) == nil && host != "localhost" {
		r.Refuse(name, text, "names a host that is not an IP address", "leave the host out to listen on every interface, like "+fallback)
		return fallback
	}
	return text
}

// Duration reads a time between least and most.
func (r *Reader) Duration(name string, fallback, least, most time.Duration) time.Duration {
	text := r.value(name, fallback.String())
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		r.Refuse(name, text, "is not a duration", "write a number and a unit, like "+fallback.String())
	case d < least || d > most:
		r.Refuse(name, text, fmt.Sprintf("is not between %s and %s", least, most), "write one that is, like "+fallback.String())
	default:
		return d
	}
	return fallback
}

// Distinct refuses a second address that is the first: whoever reaches the one
// would reach the other. Port 0 is a free port, another each time.
func (r *Reader) Distinct(first, address, second, other string) {
	_, port, _ := net.SplitHostPort(address)
	_, otherPort, _ := net.SplitHostPort(other)
	if port == otherPort && port != "0" {
		r.Refuse(second, other, "has the port of "+first+", so callers would read its answers", "give it another port, which no one but the cluster reaches")
	}
}
