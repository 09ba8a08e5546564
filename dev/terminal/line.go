package terminal

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// levels are colours by level; what is usual has none.
var levels = map[string]string{"DEBUG": "2", "WARN": "33", "ERROR": "31"}

// readable turns a line of slog's JSON into text. Any other stays as it is,
// without what could move the cursor.
func (t *Terminal) readable(line string) string {
	fields, ok := parse(line)
	if !ok {
		return clean(line)
	}
	var head, rest []string
	for _, f := range fields {
		switch f.key {
		case "time":
			if at, err := time.Parse(time.RFC3339Nano, f.text); err == nil {
				head = append(head, t.paint("2", at.Local().Format("15:04:05")))
			}
		case "level":
			level := fmt.Sprintf("%-5s", clean(f.text))
			if code, ok := levels[f.text]; ok {
				level = t.paint(code, level)
			}
			head = append(head, level)
		case "msg":
			head = append(head, clean(f.text))
		case "service": // the prefix says it
		default:
			text := clean(f.text)
			if text == "" || strings.ContainsAny(text, " =\"") {
				text = strconv.Quote(text)
			}
			rest = append(rest, t.paint("2", clean(f.key)+"=")+text)
		}
	}
	return strings.Join(append(head, rest...), " ")
}

type field struct{ key, text string }

// parse reads an object in the order in which it was written.
func parse(line string) ([]field, bool) {
	if !strings.HasPrefix(line, "{") {
		return nil, false
	}
	dec := json.NewDecoder(strings.NewReader(line))
	if _, err := dec.Token(); err != nil {
		return nil, false
	}
	var fields []field
	var message bool
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, false
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, false
		}
		f := field{key: fmt.Sprint(key), text: string(raw)}
		var text string
		if json.Unmarshal(raw, &text) == nil {
			f.text = text
		}
		message = message || f.key == "msg"
		fields = append(fields, f)
	}
	_, err := dec.Token()
	return fields, err == nil && message
}

// clean takes control characters out: a log line may hold what a visitor sent.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '·'
		}
		return r
	}, text)
}
