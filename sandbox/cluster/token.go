package cluster

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/avila-devops/saas/sandbox/atomicfile"
	"github.com/avila-devops/saas/sandbox/home"
)

// User is who the sandbox's token speaks for, in every cluster.
const User = "engineer@sandbox.local"

// group may do everything, as whoever created the cluster may on GKE.
const group = "system:masters"

// tokensFile is the API server's token auth file.
const tokensFile = "tokens.csv"

var tokenPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Token returns the one token of the sandbox, which every cluster accepts. The
// first who asks makes it.
func Token(h home.Home) (string, error) {
	token, err := readToken(h)
	if !errors.Is(err, fs.ErrNotExist) {
		return token, err
	}
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(h.Token()), 0o700); err != nil {
		return "", fmt.Errorf("make the sandbox's token: %w", err)
	}
	temp := h.Token() + "." + hex.EncodeToString(random[:4])
	defer func() { _ = os.Remove(temp) }()
	if err := atomicfile.Write(temp, []byte(hex.EncodeToString(random)+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("make the sandbox's token: %w", err)
	}
	// A link fails where a rename would put this token in place of one that
	// another process just made and gave to its cluster.
	if err := os.Link(temp, h.Token()); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("make the sandbox's token: %w", err)
	}
	return readToken(h)
}

func readToken(h home.Home) (string, error) {
	text, err := os.ReadFile(h.Token())
	if err != nil {
		return "", fmt.Errorf("the sandbox's token: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if !tokenPattern.MatchString(token) {
		return "", fmt.Errorf("the sandbox's token: %s does not hold 64 hexadecimal digits: remove it and run make up", h.Token())
	}
	return token, nil
}

// tokens is the content of the token auth file: token, user, uid, groups.
func tokens(token string) []byte {
	return []byte(strings.Join([]string{token, User, User, group}, ",") + "\n")
}
