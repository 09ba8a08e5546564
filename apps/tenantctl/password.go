package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/avila-devops/saas/apps/internal/auth"
)

// shortest is how many letters a password has at least.
const shortest = 12

// hashFile returns the hash of the password in a file, as the services check
// it, and "" for no file.
func hashFile(ctx context.Context, path string) (string, error) {
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
	hasher, err := auth.NewHasher(1)
	if err != nil {
		return "", err //nolint:wrapcheck // it says what was attempted
	}
	hash, err := hasher.Hash(ctx, password)
	if err != nil {
		return "", fmt.Errorf("%w: -admin-password-file: %w", errUsage, err)
	}
	return hash, nil
}
