package gcp

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// longestFilter is Cloud Logging's limit in characters:
// https://cloud.google.com/logging/quotas
const longestFilter = 20_000

// dangling finds an operator with nothing after it, or two in a row.
var dangling = regexp.MustCompile(`(?:^|[\s(])(AND|OR)\s*(?:\)|$|(?:AND|OR)(?:[\s(]|$))`)

// checkFilter judges the outside of a filter in the language that Cloud
// Logging and Cloud Monitoring share: quotes and parentheses that match, and
// operators between two things. What a filter names is not known here.
// https://cloud.google.com/logging/docs/view/logging-query-language
func checkFilter(in resource.PropertyMap, path string) []problem {
	var problems []problem
	for _, filter := range texts(in, path) {
		if fault := filterFault(filter); fault != "" {
			problems = append(problems, problem{path, fmt.Sprintf("%q is not a filter: %s", clip(filter), fault)})
		}
	}
	return problems
}

func filterFault(filter string) string {
	if len([]rune(filter)) > longestFilter {
		return fmt.Sprintf("it has more than %d characters", longestFilter)
	}
	outside, ok := unquoted(filter)
	if !ok {
		return "a quotation mark is not closed"
	}
	depth := 0
	for _, c := range outside {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth < 0 {
			return "a parenthesis closes that none opened"
		}
	}
	if depth > 0 {
		return "a parenthesis is not closed"
	}
	if strings.HasPrefix(strings.TrimSpace(outside), "AND ") || strings.HasPrefix(strings.TrimSpace(outside), "OR ") || dangling.MatchString(outside) {
		return "AND and OR stand between two terms"
	}
	return ""
}

// unquoted replaces what stands between quotation marks by a letter; ok is
// false when one is not closed.
func unquoted(filter string) (outside string, ok bool) {
	var b strings.Builder
	inside, escaped := false, false
	for _, c := range filter {
		switch {
		case escaped:
			escaped = false
		case inside && c == '\\':
			escaped = true
		case c == '"':
			if inside {
				b.WriteByte('x')
			}
			inside = !inside
		case !inside:
			b.WriteRune(c)
		}
	}
	return b.String(), !inside
}
