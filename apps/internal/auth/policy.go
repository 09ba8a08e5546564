package auth

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
)

const (
	minPassword = 12 // characters
	// strong is zxcvbn's score, of 0 to 4, from which on some 10^10 guesses are
	// needed. It knows some 30,000 passwords in use, names, words, dates and
	// rows of keys; what counts is what is guessed first, not which kinds of
	// characters there are.
	strong = 3
)

// contextWords are what people here would guess first.
var contextWords = []string{
	"avila", "ávila", "aviladevops", "devops", "clinica", "clínica", "reciclagem", "fiscal", "admin", "administrador",
	"senha", "mudar", "trocar", "acesso", "sistema", "empresa", "brasil", "paulista", "saopaulo",
	"flamengo", "corinthians", "palmeiras", "vasco", "gremio", "cruzeiro", "santos", "deus", "jesus", "familia", "amor",
}

// CheckPassword refuses a new password that is too short or too easily
// guessed. About are words about its user: account, names, the company's name.
func CheckPassword(password string, about ...string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password):
		return errors.New("a senha contém caracteres inválidos")
	case n < minPassword:
		return fmt.Errorf("a senha tem %d caracteres; use pelo menos %d", n, minPassword)
	case len(password) > maxPassword:
		return fmt.Errorf("a senha tem mais de %d bytes; use uma menor", maxPassword)
	}
	var words []string
	for _, each := range about {
		parts := strings.FieldsFunc(strings.ToLower(each), func(r rune) bool { return strings.ContainsRune("@._- ", r) })
		words = append(append(words, parts...), strings.ToLower(each), strings.Join(parts, ""))
	}
	words = append(words, contextWords...)
	judged := password
	if len(judged) > 100 { // judging takes long on long texts, and a hundred bytes tell
		judged = judged[:100]
	}
	if zxcvbn.PasswordStrength(judged, words).Score < strong {
		return errors.New("a senha é fácil de adivinhar; use algumas palavras sem ligação entre si, ou a que um gerenciador de senhas criar")
	}
	return nil
}
