package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/avila-devops/saas/apps/internal/auth"
)

// hashFile returns the hash of the password in a file, as the services check
// it, and "" for no file. It judges the password as they do, by words about its
// user; the reason is theirs, in Portuguese.
func hashFile(ctx context.Context, path string, about ...string) (string, error) {
	if path == "" {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%w: -admin-password-file: %w", errUsage, err)
	}
	password := strings.TrimRight(string(text), "\r\n")
	if err := auth.CheckPassword(password, about...); err != nil {
		return "", fmt.Errorf("%w: -admin-password-file: the password in %s is refused; openssl rand -base64 18 writes a better one: %w", errUsage, path, err)
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
