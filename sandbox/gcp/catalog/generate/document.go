package main

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
)

var (
	// A sentence of its own that starts so speaks of the provider's default.
	// "If unspecified, it defaults to …" speaks of what the cloud does.
	defaultText = regexp.MustCompile("(?:Default value(?: is|:)|Defaults to) (?:`\"?([^`\"]*)\"?`|\"([^\"]*)\"|(true|false|[0-9]+)s?\\b)")
	valuesText  = regexp.MustCompile("(?i)(?:Possible values are:|Possible values are|must be one of:?|one of:) ((?:(?:,|or|and| |`[^`]+`)+))")
	quotedText  = regexp.MustCompile("`([^`]+)`")
	plainValue  = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)
)

// document adds what a field's comment says beyond doubt: once, and of the
// field's own kind.
func document(p *catalog.Property, text string) {
	text = strings.Join(strings.Fields(text), " ")
	if p.Kind == catalog.String {
		p.Values = values(text)
	}
	matches := defaultText.FindAllStringSubmatch(text, -1)
	if len(matches) != 1 {
		return
	}
	value, ok := scalar(p.Kind, matches[0][1]+matches[0][2]+matches[0][3])
	if s, text := value.(string); text && len(p.Values) > 0 && !slices.Contains(p.Values, s) {
		return
	}
	if ok {
		p.Default = value
	}
}

// values reads the one list of possible values in a comment.
func values(text string) []string {
	lists := valuesText.FindAllStringSubmatch(text, -1)
	if len(lists) != 1 {
		return nil
	}
	var out []string
	for _, match := range quotedText.FindAllStringSubmatch(lists[0][1], -1) {
		value := strings.Trim(match[1], `"`)
		if !plainValue.MatchString(value) {
			return nil
		}
		out = append(out, value)
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

func scalar(kind catalog.Kind, text string) (any, bool) {
	switch kind {
	case catalog.String:
		return text, text != ""
	case catalog.Boolean:
		value, err := strconv.ParseBool(text)
		return value, err == nil
	case catalog.Integer, catalog.Number:
		value, err := strconv.ParseFloat(text, 64)
		return value, err == nil
	default:
		return nil, false
	}
}
