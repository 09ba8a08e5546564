package condition

import (
	"fmt"
	"slices"
	"strings"
)

// deepest bounds how far parentheses and lists nest, as CEL itself does.
const deepest = 32

// postfix reads a value and what is asked of it: members, calls and elements.
func (p *parser) postfix() error {
	if err := p.value(); err != nil {
		return err
	}
	for {
		switch {
		case p.take("."):
			name := p.peek()
			if name.kind != word {
				return fmt.Errorf("%q stands where a name is wanted", name.text)
			}
			p.at++
			if p.take("(") {
				if !slices.Contains(functions, name.text) {
					return fmt.Errorf("no function is called %s: use one of %s", name.text, strings.Join(functions, ", "))
				}
				if err := p.list(")"); err != nil {
					return err
				}
			}
		case p.take("["):
			if err := p.either(); err != nil {
				return err
			}
			if err := p.want("]"); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

func (p *parser) value() error {
	next := p.peek()
	p.at++
	switch {
	case next.kind == text, next.kind == number:
		return nil
	case next.kind == symbol && next.text == "(":
		return p.nested(func() error {
			if err := p.either(); err != nil {
				return err
			}
			return p.want(")")
		})
	case next.kind == symbol && next.text == "[":
		return p.nested(func() error { return p.list("]") })
	case next.kind == word:
		return p.name(next.text)
	}
	p.at--
	return fmt.Errorf("%q stands where a value is wanted", next.text)
}

func (p *parser) nested(part func() error) error {
	if p.depth++; p.depth > deepest {
		return fmt.Errorf("it nests more than %d deep", deepest)
	}
	defer func() { p.depth-- }()
	return part()
}

func (p *parser) name(name string) error {
	switch {
	case name == "true" || name == "false":
		// Google takes the one word true, for all: it speaks of everything.
		p.spoke = true
		return nil
	case p.take("("):
		if name != "timestamp" && name != "duration" && name != "size" {
			return fmt.Errorf("%s is no function by itself: use timestamp, duration or size, or ask it of a value", name)
		}
		return p.list(")")
	case slices.Contains(roots, name):
		p.spoke = true
		return nil
	}
	return fmt.Errorf("%s is not known here: a condition is about one of %s", name, strings.Join(roots, ", "))
}

// list reads what stands between commas, up to a closing symbol.
func (p *parser) list(closing string) error {
	if p.take(closing) {
		return nil
	}
	for {
		if err := p.either(); err != nil {
			return err
		}
		if p.take(closing) {
			return nil
		}
		if err := p.want(","); err != nil {
			return err
		}
	}
}
