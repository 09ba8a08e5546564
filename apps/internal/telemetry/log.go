package telemetry

import (
	"io"
	"log"
	"log/slog"
	"regexp"
	"strings"
)

// NewLog returns a log of JSON lines. Lines hold no query string, no path and
// no client address: any of them can be, or lead to, a person.
func NewLog(out io.Writer, service string) *slog.Logger {
	return slog.New(slog.NewJSONHandler(out, nil)).With("service", service)
}

// address matches an IP address with its port, as net/http writes a client's.
var address = regexp.MustCompile(`(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:.%\w]*\]):\d+`)

// ServerLog returns a log for http.Server.ErrorLog, whose messages name the
// client's address.
func ServerLog(to *slog.Logger) *log.Logger { return log.New(redactor{to}, "", 0) }

type redactor struct{ to *slog.Logger }

func (r redactor) Write(line []byte) (int, error) {
	r.to.Warn("http server", "problem", strings.TrimSpace(address.ReplaceAllString(string(line), "a client")))
	return len(line), nil
}
