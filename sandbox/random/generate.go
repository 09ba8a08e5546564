package random

import (
	"crypto/rand"
	"fmt"
	"math/big"

	"golang.org/x/crypto/bcrypt"
)

// bcryptLimit is how much of a password bcrypt reads. The official provider
// hashes the beginning of a longer one.
const bcryptLimit = 72

// generate makes a password and its hash.
func (r rule) generate() (password, hash string, err error) {
	password, err = r.text()
	if err != nil {
		return "", "", err
	}
	hashed, err := bcrypt.GenerateFromPassword([]byte(password)[:min(len(password), bcryptLimit)], bcrypt.DefaultCost)
	if err != nil {
		return "", "", fmt.Errorf("hash: %w", err)
	}
	return password, string(hashed), nil
}

// text makes what the rule describes. First each class gets the characters
// that it must have, then all that are allowed fill the rest, then the order
// is shuffled, so that no place tells its class.
func (r rule) text() (string, error) {
	var text []byte
	var err error
	var allowed string
	for _, c := range r.classes {
		if c.allowed {
			allowed += c.characters
		}
		if text, err = pick(text, c.characters, c.least); err != nil {
			return "", err
		}
	}
	if text, err = pick(text, allowed, r.length-len(text)); err != nil {
		return "", err
	}
	for i := len(text) - 1; i > 0; i-- {
		j, err := below(i + 1)
		if err != nil {
			return "", err
		}
		text[i], text[j] = text[j], text[i]
	}
	return string(text), nil
}

// pick appends count characters, each as likely as any other.
func pick(text []byte, characters string, count int) ([]byte, error) {
	if count > 0 && characters == "" {
		return nil, fmt.Errorf("no character is allowed for %d of its places", count)
	}
	for range count {
		i, err := below(len(characters))
		if err != nil {
			return nil, err
		}
		text = append(text, characters[i])
	}
	return text, nil
}

func below(n int) (int, error) {
	i, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		return 0, fmt.Errorf("read random bytes: %w", err)
	}
	return int(i.Int64()), nil
}
