package migration

import (
	"errors"
	"fmt"
	"strings"
)

var errUnfinished = errors.New("a quotation, a comment or a function's body does not end")

// Split cuts SQL into its statements, without comments between them. Each is
// then sent by itself: several in one text would need the simple protocol. It
// knows quoted texts and names, dollar quotes and comments.
func Split(sql string) ([]string, error) {
	var statements []string
	var current strings.Builder
	for rest := sql; rest != ""; {
		token, after, err := token(rest)
		if err != nil {
			return nil, fmt.Errorf("%w, near %.40q", err, rest)
		}
		rest = after
		switch {
		case token == ";":
			if text := strings.TrimSpace(current.String()); text != "" {
				statements = append(statements, text)
			}
			current.Reset()
		case strings.HasPrefix(token, "--"), strings.HasPrefix(token, "/*"):
			current.WriteByte(' ')
		default:
			current.WriteString(token)
		}
	}
	if text := strings.TrimSpace(current.String()); text != "" {
		statements = append(statements, text)
	}
	return statements, nil
}

// token cuts off the first quotation, comment, semicolon or other character.
func token(sql string) (first, rest string, err error) {
	through := func(open, end string) (string, string, error) {
		i := strings.Index(sql[len(open):], end)
		if i < 0 {
			return "", "", errUnfinished
		}
		n := len(open) + i + len(end)
		return sql[:n], sql[n:], nil
	}
	switch {
	case sql[0] == '\'' || sql[0] == '"': // one that is doubled begins the next token
		return through(sql[:1], sql[:1])
	case strings.HasPrefix(sql, "--"):
		if i := strings.IndexByte(sql, '\n'); i >= 0 {
			return sql[:i], sql[i:], nil
		}
		return sql, "", nil
	case strings.HasPrefix(sql, "/*"):
		return through("/*", "*/")
	case sql[0] == '$':
		if i := strings.IndexByte(sql[1:], '$'); i >= 0 && isTag(sql[1:1+i]) {
			return through(sql[:i+2], sql[:i+2])
		}
	}
	return sql[:1], sql[1:], nil
}

// isTag tells a dollar quote from a parameter.
func isTag(text string) bool {
	for i, c := range text {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}
