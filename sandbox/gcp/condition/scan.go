package condition

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a token is.
type kind int

const (
	finish kind = iota
	symbol
	word
	text
	number
)

type token struct {
	kind kind
	text string
}

// symbols, the longer first.
var symbols = []string{"||", "&&", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ",", ".", "+", "-"}

// scan divides an expression into tokens.
func scan(expression string) ([]token, error) {
	var tokens []token
	for rest := strings.TrimSpace(expression); rest != ""; rest = strings.TrimLeftFunc(rest, unicode.IsSpace) {
		first, _ := utf8.DecodeRuneInString(rest)
		var length int
		var what kind
		switch {
		case first == '"' || first == '\'':
			if length = quoted(rest); length == 0 {
				return nil, fmt.Errorf("the text that starts with %.20s is not closed", rest)
			}
			what = text
		case first >= '0' && first <= '9':
			what, length = number, span(rest, func(c rune) bool { return c >= '0' && c <= '9' || c == '.' })
		case first == '_' || unicode.IsLetter(first):
			what, length = word, span(rest, func(c rune) bool { return c == '_' || unicode.IsLetter(c) || unicode.IsDigit(c) })
		default:
			what = symbol
			for _, s := range symbols {
				if strings.HasPrefix(rest, s) {
					length = len(s)
					break
				}
			}
			if length == 0 {
				return nil, fmt.Errorf("%.1q means nothing here", rest)
			}
		}
		tokens = append(tokens, token{what, rest[:length]})
		rest = rest[length:]
	}
	if len(tokens) == 0 {
		return nil, fmt.Errorf("it is empty")
	}
	return tokens, nil
}

// quoted is the length of the text at the start, with its quotation marks; 0
// when it is not closed.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return i + 1
		}
	}
	return 0
}

func span(s string, in func(rune) bool) int {
	for i, c := range s {
		if !in(c) {
			return i
		}
	}
	return len(s)
}
