// Package condition reads the conditions of IAM: the part of the Common
// Expression Language that Google accepts in a role binding, with its limits.
// It tells whether Google would take a condition, not what it evaluates to.
// https://cloud.google.com/iam/docs/conditions-overview
package condition

import (
	"fmt"
	"slices"
	"strings"
)

// mostOperators is how many logical operators Google takes in one condition.
// https://cloud.google.com/iam/docs/conditions-overview#restrictions
const mostOperators = 12

// roots are what a condition can speak of.
// https://cloud.google.com/iam/docs/conditions-attribute-reference
var roots = []string{"api", "destination", "origin", "request", "resource"}

// functions are those of strings, times and tags that Google knows.
var functions = []string{
	"contains", "duration", "endsWith", "extract", "getAttribute", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getFullYear",
	"getHours", "getMilliseconds", "getMinutes", "getMonth", "getSeconds", "hasOnly", "hasTagKey", "hasTagKeyId", "hasTagValueId", "isAllowed",
	"matchTag", "matchTagId", "matches", "size", "startsWith", "timestamp",
}

// Check returns what is wrong with a condition's expression, or nil.
func Check(expression string) error {
	tokens, err := scan(expression)
	if err != nil {
		return err
	}
	p := &parser{tokens: tokens}
	if err := p.either(); err != nil {
		return err
	}
	if !p.end() {
		return fmt.Errorf("%q follows where the expression is complete", p.peek().text)
	}
	if p.logical > mostOperators {
		return fmt.Errorf("it has %d logical operators: at most %d are allowed", p.logical, mostOperators)
	}
	if !p.spoke {
		return fmt.Errorf("it speaks of nothing: a condition is about one of %s", strings.Join(roots, ", "))
	}
	return nil
}

// parser descends through the grammar; each method reads one level of
// precedence.
type parser struct {
	tokens  []token
	at      int
	logical int
	depth   int
	spoke   bool
}

func (p *parser) end() bool { return p.at >= len(p.tokens) }

func (p *parser) peek() token {
	if p.end() {
		return token{kind: finish, text: "the end"}
	}
	return p.tokens[p.at]
}

// take reads one of the given symbols, if it is next.
func (p *parser) take(symbols ...string) bool {
	if next := p.peek(); next.kind == symbol && slices.Contains(symbols, next.text) {
		p.at++
		return true
	}
	return false
}

func (p *parser) want(text string) error {
	if p.take(text) {
		return nil
	}
	return fmt.Errorf("%q stands where %q is wanted", p.peek().text, text)
}

func (p *parser) either() error { return p.series(p.both, &p.logical, "||") }

func (p *parser) both() error { return p.series(p.relation, &p.logical, "&&") }

func (p *parser) series(part func() error, count *int, operators ...string) error {
	if err := part(); err != nil {
		return err
	}
	for p.take(operators...) {
		*count++
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) relation() error {
	if err := p.sum(); err != nil {
		return err
	}
	next := p.peek()
	if p.take("==", "!=", "<", "<=", ">", ">=") || next.kind == word && next.text == "in" {
		if next.kind == word {
			p.at++
		}
		return p.sum()
	}
	return nil
}

func (p *parser) sum() error {
	var arithmetic int
	return p.series(p.unary, &arithmetic, "+", "-")
}

func (p *parser) unary() error {
	for p.take("!", "-") {
		if p.tokens[p.at-1].text == "!" {
			p.logical++
		}
	}
	return p.postfix()
}
