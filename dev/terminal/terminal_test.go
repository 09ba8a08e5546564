package terminal

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestLinesStandBehindTheirSource(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 25, 12, 0, 1, 5e8, time.Local)
	for name, row := range map[string]struct{ line, want string }{
		"text":            {"plain words", "plain words"},
		"JSON of a log":   {fmt.Sprintf(`{"time":%q,"level":"WARN","msg":"slow","service":"landing","took":1.5,"plan":"a b","empty":"","deep":{"x":[1]}}`, at.Format(time.RFC3339Nano)), `12:00:01 WARN  slow took=1.5 plan="a b" empty="" deep="{\"x\":[1]}"`},
		"JSON of another": {`{"a":1}`, `{"a":1}`},
		"half of JSON":    {`{"level":"INFO","msg":`, `{"level":"INFO","msg":`},
		"escapes":         {"a\x1b[2Jb", "a·[2Jb"},
		"JSON's escapes":  {`{"level":"INFO","msg":"a\u001b[2Jb","k\u001b":"\u0007"}`, `INFO  a·[2Jb k·=·`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			fmt.Fprintln(New(&out, false).Source("landing"), row.line)
			if want := "landing    │ " + row.want + "\n"; out.String() != want {
				t.Errorf("got  %q\nwant %q", out.String(), want)
			}
		})
	}
}

func TestColoursAreForWhoShowsThem(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	term := New(&out, true)
	term.Say("landing", `{"level":"ERROR","msg":"broken"}`)
	term.Say("admin", "well")
	if lines := strings.Split(out.String(), "\n"); !strings.Contains(lines[0], "\x1b[31mERROR\x1b[0m broken") || !strings.HasPrefix(lines[1], "\x1b[35madmin") {
		t.Errorf("got %q", lines)
	}
}

func TestChatterIsLeftOut(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := New(&out, false).Quiet("redis", regexp.MustCompile("^hello"))
	fmt.Fprint(w, "hello again\nproblem\n\n")
	if out.String() != "redis      │ problem\n" {
		t.Errorf("got %q", &out)
	}
}

func TestLinesOfManyDoNotMix(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	term := New(&out, false)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			w := term.Source(fmt.Sprintf("app%d", i))
			for range 50 {
				for _, part := range []string{"one ", "two ", "three\n"} {
					fmt.Fprint(w, part)
				}
			}
		})
	}
	all.Wait()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for _, line := range lines {
		if !strings.HasSuffix(line, "│ one two three") {
			t.Fatalf("a line is %q", line)
		}
	}
	if len(lines) != 400 {
		t.Errorf("%d lines were shown of 400", len(lines))
	}
	fmt.Fprint(term.Source("app0"), strings.Repeat("x", 3*longest))
	if !strings.Contains(out.String(), strings.Repeat("x", longest)) {
		t.Error("a line without an end is never shown")
	}
}
