package config_test

import (
	"testing"

	"github.com/avila-devops/saas/apps/internal/config"
)

// ASVS: v5.0.0-1.4.2.
func TestTextsChoicesAndNumbersAreReadOrRefused(t *testing.T) {
	t.Parallel()
	env := map[string]string{"SET": "x", "EMPTY": "", "FIVE": "5", "HALF": "0.5", "FAR": "11"}
	lookup := func(name string) (string, bool) { text, ok := env[name]; return text, ok }
	for name, row := range map[string]struct {
		read func(*config.Reader) any
		want any
		err  string
	}{
		"a text":           {func(r *config.Reader) any { return r.Text("SET", "y") }, "x", ""},
		"a default":        {func(r *config.Reader) any { return r.Text("UNSET", "y") }, "y", ""},
		"no text":          {func(r *config.Reader) any { return r.Text("UNSET", "") }, "", `UNSET: "" is not set; set it`},
		"left out":         {func(r *config.Reader) any { return r.Optional("UNSET") }, "", ""},
		"set to nothing":   {func(r *config.Reader) any { return r.Optional("EMPTY") }, "", `EMPTY: "" is set to nothing; leave it out, or give it a value`},
		"a choice":         {func(r *config.Reader) any { return r.Choice("SET", "y", "y", "x") }, "x", ""},
		"no choice":        {func(r *config.Reader) any { return r.Choice("SET", "y", "y", "z") }, "y", `SET: "x" is not allowed; write one of y, z`},
		"a number":         {func(r *config.Reader) any { return r.Number("FIVE", 1, 1, 10) }, 5, ""},
		"a number's half":  {func(r *config.Reader) any { return r.Number("HALF", 1, 1, 10) }, 1, `HALF: "0.5" is not a whole number; write one, like 1`},
		"a number too far": {func(r *config.Reader) any { return r.Number("FAR", 1, 1, 10) }, 1, `FAR: "11" is not between 1 and 10; write one that is, like 1`},
	} {
		r := config.From(lookup)
		got, text := row.read(r), ""
		if err := r.Err(); err != nil {
			text = err.Error()
		}
		if got != row.want || text != row.err {
			t.Errorf("%s: %v, %q", name, got, text)
		}
	}
}
