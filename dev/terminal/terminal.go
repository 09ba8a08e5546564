// Package terminal shows what many processes say in one terminal: a line each,
// behind the name of who says it, and logs of JSON as text. It decides nothing
// about what is said.
package terminal

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
)

// width is of the column of names; the longest is "prometheus".
const width = 10

// colours are the prefixes', in the order in which sources come.
var colours = []string{"36", "35", "34", "32", "33", "96", "95", "94", "92", "93"}

// Terminal is where all lines go.
type Terminal struct {
	mu      sync.Mutex
	out     io.Writer
	colour  bool
	sources map[string]*source
}

// New returns a terminal. Colours are for those that show them.
func New(out io.Writer, colour bool) *Terminal {
	return &Terminal{out: out, colour: colour, sources: map[string]*source{}}
}

// Source is where a process writes. The same name is the same source.
func (t *Terminal) Source(name string) io.Writer {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, ok := t.sources[name]
	if !ok {
		s = &source{terminal: t, prefix: t.paint(colours[len(t.sources)%len(colours)], fmt.Sprintf("%-*s │ ", width, name))}
		t.sources[name] = s
	}
	return s
}

// Quiet leaves out what a source says every day.
func (t *Terminal) Quiet(name string, chatter *regexp.Regexp) io.Writer {
	w := t.Source(name)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sources[name].chatter = chatter
	return w
}

// Say writes a text as the given source.
func (t *Terminal) Say(name, format string, values ...any) {
	fmt.Fprintln(t.Source(name), strings.TrimRight(fmt.Sprintf(format, values...), "\n"))
}

// Show writes a text as it is.
func (t *Terminal) Show(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintln(t.out, strings.TrimRight(text, "\n"))
}

func (t *Terminal) paint(code, text string) string {
	if !t.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// source holds what was not yet ended by a newline.
type source struct {
	terminal *Terminal
	prefix   string
	chatter  *regexp.Regexp // nil shows everything
	rest     []byte
}

// longest is how much of one line is kept before it is shown without its end.
const longest = 64 << 10

func (s *source) Write(b []byte) (int, error) {
	t := s.terminal
	t.mu.Lock()
	defer t.mu.Unlock()
	s.rest = append(s.rest, b...)
	for {
		at := bytes.IndexByte(s.rest, '\n')
		if at < 0 && len(s.rest) < longest {
			return len(b), nil
		}
		if at < 0 {
			at = len(s.rest) - 1
		}
		if line := strings.TrimRight(string(s.rest[:at]), "\r \t"); line != "" && (s.chatter == nil || !s.chatter.MatchString(line)) {
			fmt.Fprintln(t.out, s.prefix+t.readable(line))
		}
		s.rest = s.rest[at+1:]
	}
}
