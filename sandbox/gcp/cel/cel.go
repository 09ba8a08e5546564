// Package cel reads expressions of the Common Expression Language as Google's
// APIs take them in conditions: it says whether one is well formed, and what
// it speaks of. It evaluates nothing and knows no API: which names mean
// something where is its callers' business.
// https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
package cel

import (
	"fmt"
	"strings"
)

// Expression is what an expression speaks of.
type Expression struct {
	Roots   []string // names that stand at the start of a path: assertion
	Paths   []string // whole paths of names: assertion.sub
	Calls   []string // functions and methods that are called: startsWith
	Logical int      // how many && and || and ! there are
	// Truth: it can be true or false. Text, numbers and lists cannot.
	Truth bool
}

// Parse reads an expression. The error names the place.
func Parse(text string) (*Expression, error) {
	tokens, err := scan(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	truth, err := p.ternary()
	if err == nil && p.peek().kind != end {
		err = p.unexpected("the end")
	}
	if err != nil {
		return nil, err
	}
	p.found.Truth = truth
	return &p.found, nil
}

type parser struct {
	tokens []token
	at     int
	depth  int
	found  Expression
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

// take consumes an operator, if it is one of those.
func (p *parser) take(operators ...string) (string, bool) {
	t := p.peek()
	for _, operator := range operators {
		if (t.kind == symbol || t.kind == name && operator == "in") && t.text == operator {
			p.at++
			return operator, true
		}
	}
	return "", false
}

func (p *parser) expect(operator string) error {
	if _, ok := p.take(operator); !ok {
		return p.unexpected(operator)
	}
	return nil
}

func (p *parser) unexpected(wanted string) error {
	t := p.peek()
	if t.kind == end {
		return fmt.Errorf("it ends where %s is expected", wanted)
	}
	return fmt.Errorf("at character %d: %q where %s is expected", t.at+1, t.text, wanted)
}

// deepest bounds nesting, as Google's parser does.
const deepest = 32

func (p *parser) ternary() (bool, error) {
	if p.depth++; p.depth > deepest {
		return false, fmt.Errorf("it nests deeper than %d", deepest)
	}
	defer func() { p.depth-- }()
	truth, err := p.binary(0)
	if err != nil {
		return false, err
	}
	if _, ok := p.take("?"); !ok {
		return truth, nil
	}
	if _, err = p.binary(0); err == nil {
		err = p.expect(":")
	}
	if err != nil {
		return false, err
	}
	return p.ternary()
}

// levels are the binary operators, the weakest first.
var levels = [][]string{{"||"}, {"&&"}, {"==", "!=", "<=", ">=", "<", ">", "in"}, {"+", "-"}, {"*", "/", "%"}}

func (p *parser) binary(level int) (bool, error) {
	if level == len(levels) {
		return p.unary()
	}
	truth, err := p.binary(level + 1)
	for err == nil {
		operator, ok := p.take(levels[level]...)
		if !ok {
			return truth, nil
		}
		if level < 2 {
			p.found.Logical++
		}
		var right bool
		right, err = p.binary(level + 1)
		if err == nil && level < 2 && (!truth || !right) {
			return false, fmt.Errorf("%s joins what is neither true nor false", operator)
		}
		truth = level < 3
	}
	return false, err
}

func (p *parser) unary() (bool, error) {
	if _, ok := p.take("!"); ok {
		p.found.Logical++
		truth, err := p.unary()
		if err == nil && !truth {
			err = fmt.Errorf("! stands before what is neither true nor false")
		}
		return true, err
	}
	if _, ok := p.take("-"); ok {
		_, err := p.unary()
		return false, err
	}
	return p.member()
}

// member is a value with the names, calls and indices that follow it.
func (p *parser) member() (bool, error) {
	truth, path, err := p.primary()
	for err == nil {
		if _, ok := p.take("."); ok {
			t := p.peek()
			if t.kind != name {
				return false, p.unexpected("a name")
			}
			p.at++
			if _, called := p.take("("); called {
				p.found.Calls = append(p.found.Calls, t.text)
				p.path(path)
				path, truth = nil, true
				err = p.list(")")
			} else if truth = true; path != nil {
				path = append(path, t.text)
			}
			continue
		}
		if _, ok := p.take("["); ok {
			p.path(path)
			path, truth = nil, true
			if _, err = p.ternary(); err == nil {
				err = p.expect("]")
			}
			continue
		}
		p.path(path)
		return truth, nil
	}
	return false, err
}

func (p *parser) path(names []string) {
	if len(names) == 0 {
		return
	}
	p.found.Roots = append(p.found.Roots, names[0])
	p.found.Paths = append(p.found.Paths, strings.Join(names, "."))
}

// primary is a literal, a name, a call, a list or something in brackets. A
// name can be of any kind, so it may be true or false.
func (p *parser) primary() (truth bool, path []string, err error) {
	t := p.next()
	switch {
	case t.kind == literal:
		return false, nil, nil
	case t.kind == name && (t.text == "true" || t.text == "false"):
		return true, nil, nil
	case t.kind == name && t.text == "null":
		return false, nil, nil
	case t.kind == name && t.text == "in":
	case t.kind == name:
		if _, called := p.take("("); called {
			p.found.Calls = append(p.found.Calls, t.text)
			return true, nil, p.list(")")
		}
		return true, []string{t.text}, nil
	case t.kind == symbol && t.text == "(":
		truth, err = p.ternary()
		if err == nil {
			err = p.expect(")")
		}
		return truth, nil, err
	case t.kind == symbol && t.text == "[":
		return false, nil, p.list("]")
	}
	if t.kind != end {
		p.at--
	}
	return false, nil, p.unexpected("a value")
}

// list reads expressions up to a closing bracket.
func (p *parser) list(closing string) error {
	if _, ok := p.take(closing); ok {
		return nil
	}
	for {
		if _, err := p.ternary(); err != nil {
			return err
		}
		if _, ok := p.take(","); !ok {
			return p.expect(closing)
		}
	}
}
