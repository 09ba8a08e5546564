package ini

import (
	_ "embed"
	"fmt"
	"strings"
	"text/template"
	"time"
)

//go:embed pgbouncer.ini.tmpl
var text string

var tmpl = template.Must(template.New("pgbouncer.ini").
	Funcs(template.FuncMap{"seconds": func(d time.Duration) int { return int(d / time.Second) }}).Parse(text))

// view is what the template reads: the arguments, and what follows from them.
type view struct {
	*Args
	PreparedStatements bool // since 1.21; before, there were none
	AuthDatabase       bool // since 1.19
}

// Usual is how many connections are opened before the reserve is needed.
func (p Pool) Usual() int { return p.Size - p.Reserve }

// Render writes pgbouncer.ini.
func Render(a *Args) (string, error) {
	if err := a.validate(); err != nil {
		return "", fmt.Errorf("pgbouncer.ini: %w", err)
	}
	v := &view{Args: a, PreparedStatements: a.PgBouncer.AtLeast(1, 21), AuthDatabase: a.PgBouncer.AtLeast(1, 19)}
	var b strings.Builder
	if err := tmpl.Execute(&b, v); err != nil {
		return "", fmt.Errorf("pgbouncer.ini: %w", err)
	}
	return b.String(), nil
}
