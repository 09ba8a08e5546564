package spec

import (
	"errors"
	"fmt"
	"strings"
)

// The kinds of [Problem]. Test for them with errors.Is on what [Load] returns.
var (
	ErrUnknownKey = errors.New("unknown key")
	ErrType       = errors.New("wrong type")
	ErrMissing    = errors.New("missing")
	ErrInvalid    = errors.New("not allowed")
	ErrOverlap    = errors.New("overlaps")
	ErrDuplicate  = errors.New("duplicate")
)

// A Problem is one thing wrong with a stack's configuration.
type Problem struct {
	Kind   error  // one of the Err values above
	Path   string // where: saas:regions[1].cidr
	Value  string // what was given, as written; empty when nothing was
	Detail string // what is wrong with it
	Remedy string // what to write instead
}

// valueLimit bounds how much of a bad value a message repeats.
const valueLimit = 60

func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Path)
	b.WriteString(": ")
	if p.Value != "" {
		value := p.Value
		if len(value) > valueLimit {
			value = value[:valueLimit] + "…"
		}
		fmt.Fprintf(&b, "%q ", value)
	}
	b.WriteString(p.Detail)
	if p.Remedy != "" {
		b.WriteString("; ")
		b.WriteString(p.Remedy)
	}
	return b.String()
}

// Unwrap gives the kind.
func (p *Problem) Unwrap() error { return p.Kind }

// problems collects what is wrong, in the order of discovery.
type problems []error

func (ps *problems) add(kind error, path, value, detail, remedy string) {
	*ps = append(*ps, &Problem{Kind: kind, Path: path, Value: value, Detail: detail, Remedy: remedy})
}

// oneOf reports value unless allowed holds it. The same slice makes the check
// and the message, so the two cannot disagree.
func oneOf[T ~string](ps *problems, path string, value T, allowed []T) {
	for _, a := range allowed {
		if value == a {
			return
		}
	}
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = string(a)
	}
	if value == "" {
		ps.add(ErrMissing, path, "", "is missing", "set one of "+strings.Join(names, ", "))
		return
	}
	ps.add(ErrInvalid, path, string(value), "is not allowed", "use one of "+strings.Join(names, ", "))
}

// between reports value unless min <= value <= max.
func between(ps *problems, path string, value, min, max int) {
	if value < min || value > max {
		ps.add(ErrInvalid, path, fmt.Sprint(value), "is out of range", fmt.Sprintf("use %d to %d", min, max))
	}
}

// err joins the problems, or returns nil when there are none.
func (ps problems) err() error { return errors.Join(ps...) }
