package main

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// The cost of a password's hash, as OWASP has it for argon2id.
const (
	argonTime    = 1
	argonKiB     = 47104
	argonThreads = 1
	argonSalt    = 16
	argonBytes   = 32

	shortest = 12 // letters of a password
)

// hashFile returns the argon2id hash of the password in a file, and "" for no
// file.
func hashFile(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%w: -admin-password-file: %w", errUsage, err)
	}
	password := strings.TrimRight(string(text), "\r\n")
	if utf8.RuneCountInString(password) < shortest {
		return "", fmt.Errorf("%w: -admin-password-file: the password in %s is shorter than %d letters", errUsage, path, shortest)
	}
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails: it ends the program instead
	sum := argon2.IDKey([]byte(password), salt, argonTime, argonKiB, argonThreads, argonBytes)
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonKiB, argonTime, argonThreads, encode(salt), encode(sum)), nil
}
