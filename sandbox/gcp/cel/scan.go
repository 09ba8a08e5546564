package cel

import (
	"fmt"
	"strings"
)

type kind int

const (
	end kind = iota
	name
	literal
	symbol
)

// token is a word of an expression, and where it stands.
type token struct {
	kind kind
	text string
	at   int
}

// symbols are what is neither a name nor a literal, the longest first.
var symbols = []string{"&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ".", ",", "?", ":", "+", "-", "*", "/", "%"}

func scan(text string) ([]token, error) {
	var tokens []token
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case isLetter(c):
			j := i
			for j < len(text) && (isLetter(text[j]) || isDigit(text[j])) {
				j++
			}
			tokens, i = append(tokens, token{name, text[i:j], i}), j
		case isDigit(c):
			j := i
			for j < len(text) && (isDigit(text[j]) || text[j] == '.' && j+1 < len(text) && isDigit(text[j+1])) {
				j++
			}
			tokens, i = append(tokens, token{literal, text[i:j], i}), j
		case c == '\'' || c == '"':
			j := i + 1
			for j < len(text) && text[j] != c && text[j] != '\n' {
				if text[j] == '\\' {
					j++
				}
				j++
			}
			if j >= len(text) || text[j] != c {
				return nil, fmt.Errorf("at character %d: the text is not closed", i+1)
			}
			tokens, i = append(tokens, token{literal, text[i : j+1], i}), j+1
		default:
			found := ""
			for _, s := range symbols {
				if strings.HasPrefix(text[i:], s) {
					found = s
					break
				}
			}
			if found == "" {
				return nil, fmt.Errorf("at character %d: %q means nothing", i+1, text[i:i+1])
			}
			tokens, i = append(tokens, token{symbol, found, i}), i+len(found)
		}
	}
	return append(tokens, token{end, "", len(text)}), nil
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
