package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
)

// The parameters of new hashes. One hash takes 46 MiB for as long as it is
// computed, so that guessing in bulk costs memory.
const (
	hashTime    = 1
	hashMemory  = 47104 // KiB
	hashThreads = 1
	hashKey     = 32
	hashSalt    = 16
	// maxPassword bounds the work that a client can ask for, in bytes.
	maxPassword = 1024
)

// Hasher computes and checks password hashes, a few at a time.
type Hasher struct {
	slots    chan struct{}
	dummy    string       // of a password that nobody has
	computed atomic.Int64 // hashes so far
}

// NewHasher returns a Hasher that computes at most parallel hashes at once:
// each takes 46 MiB, and a core for some 40 ms.
func NewHasher(parallel int) (*Hasher, error) {
	if parallel < 1 {
		return nil, fmt.Errorf("auth: %d hashes at once would be none; allow at least 1", parallel)
	}
	h := &Hasher{slots: make(chan struct{}, parallel)}
	var err error
	h.dummy, err = h.Hash(context.Background(), rand.Text())
	return h, err
}

// enter waits for a turn.
func (h *Hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("auth: too many sign-ins wait for their turn: %w: %w", ErrAway, context.Cause(ctx))
	}
}

// Hash returns a hash of a password exactly as it is.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if len(password) > maxPassword {
		return "", fmt.Errorf("auth: the password has %d bytes, more than %d", len(password), maxPassword)
	}
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	h.computed.Add(1)
	salt := make([]byte, hashSalt)
	_, _ = rand.Read(salt) // never fails: it ends the process instead
	key := argon2.IDKey([]byte(password), salt, hashTime, hashMemory, hashThreads, hashKey)
	return fmt.Sprintf("%s%s$%s", prefix(), base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

func prefix() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$", argon2.Version, hashMemory, hashTime, hashThreads)
}

// Check compares a password with a hash. stale says that the hash is of other
// parameters than new ones. An empty hash stands for no user at all: comparing
// takes as long, and never succeeds.
func (h *Hasher) Check(ctx context.Context, hash, password string) (ok, stale bool, err error) {
	nobody := hash == ""
	if nobody {
		hash = h.dummy
	}
	p, err := parseHash(hash)
	if err != nil {
		return false, false, err
	}
	if len(password) > maxPassword {
		password, nobody = "", true
	}
	leave, err := h.enter(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	h.computed.Add(1)
	key := argon2.IDKey([]byte(password), p.salt, p.time, p.memory, p.threads, uint32(len(p.key)))
	same := subtle.ConstantTimeCompare(key, p.key) == 1
	return same && !nobody, !strings.HasPrefix(hash, prefix()), nil
}

type parameters struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

// parseHash reads a hash. Its parameters are bounded: a hash that came from
// elsewhere must not take all memory.
func parseHash(hash string) (parameters, error) {
	var p parameters
	var version int
	bad := errors.New("auth: a stored hash is not one of argon2id; have its user set a new password")
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return p, bad
	}
	if n, err := fmt.Sscanf(parts[2], "v=%d", &version); n != 1 || err != nil || version != argon2.Version {
		return p, bad
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads); n != 3 || err != nil {
		return p, bad
	}
	var saltErr, keyErr error
	p.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	p.key, keyErr = base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || len(p.salt) < 8 || len(p.key) < 16 || len(p.key) > 64 ||
		p.memory < 8 || p.memory > 4*hashMemory || p.time < 1 || p.time > 8 || p.threads < 1 || p.threads > 8 {
		return p, bad
	}
	return p, nil
}
