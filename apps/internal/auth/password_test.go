package auth_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"encoding/base64"

	"github.com/avila-devops/saas/apps/internal/auth"
)

// ASVS: v5.0.0-11.4.2 (argon2id), v5.0.0-6.2.8 (the password exactly as it is).
func TestAPasswordIsKeptAsArgon2idExactlyAsItIs(t *testing.T) {
	t.Parallel()
	h := hasher()
	hash, err := h.Hash(t.Context(), password)
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=47104,t=1,p=1$") {
		t.Fatalf("the hash is %q, %v", hash, err)
	}
	for try, want := range map[string]bool{password: true, password + " ": false, strings.ToUpper(password): false, password[:20]: false, "": false} {
		if ok, stale, err := h.Check(t.Context(), hash, try); ok != want || stale || err != nil {
			t.Errorf("%q: %t, stale %t, %v", try, ok, stale, err)
		}
	}
	again, _ := h.Hash(t.Context(), password)
	if again == hash {
		t.Error("two hashes of one password are the same")
	}
}

func TestNoHashIsComparedAsLongAndNeverMatches(t *testing.T) {
	t.Parallel()
	for _, try := range []string{password, ""} {
		if ok, _, err := hasher().Check(t.Context(), "", try); ok || err != nil {
			t.Errorf("nobody's password is %q: %t, %v", try, ok, err)
		}
	}
}

// ASVS: v5.0.0-11.2.2.
func TestAHashOfOtherParametersIsCheckedAndCalledStale(t *testing.T) {
	t.Parallel()
	salt := []byte("0123456789abcdef")
	key := argon2.IDKey([]byte(password), salt, 2, 19456, 1, 32)
	old := "$argon2id$v=19$m=19456,t=2,p=1$" + base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(key)
	if ok, stale, err := hasher().Check(t.Context(), old, password); !ok || !stale || err != nil {
		t.Errorf("%t, stale %t, %v", ok, stale, err)
	}
}

// ASVS: v5.0.0-1.4.2.
func TestAStoredHashThatCouldTakeAllMemoryIsRefused(t *testing.T) {
	t.Parallel()
	tail := "$MDEyMzQ1Njc4OWFiY2RlZg$" + strings.Repeat("A", 43)
	for _, bad := range []string{
		"x", "$argon2i$v=19$m=47104,t=1,p=1" + tail, "$argon2id$v=19$m=4294967295,t=1,p=1" + tail, "$argon2id$v=19$m=47104,t=100,p=1" + tail,
		"$argon2id$v=16$m=47104,t=1,p=1" + tail, "$argon2id$v=19$m=47104,t=1,p=0" + tail, "$argon2id$v=19$m=47104,t=1,p=1$!$!", "$2a$10$abc",
	} {
		if ok, _, err := hasher().Check(t.Context(), bad, password); ok || err == nil || strings.Contains(err.Error(), bad) && len(bad) > 3 {
			t.Errorf("%q: %t, %v", bad, ok, err)
		}
	}
}

// ASVS: v5.0.0-15.2.2.
func TestWhoeverWaitsTooLongForAHashIsToldSo(t *testing.T) {
	t.Parallel()
	h, err := auth.NewHasher(1)
	if err != nil {
		t.Fatal(err)
	}
	leave := h.Occupy()
	defer leave()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, _, err := h.Check(ctx, hashed(), password); !errors.Is(err, auth.ErrAway) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// ASVS: v5.0.0-6.2.1 (length), v5.0.0-6.2.4 (passwords in use), v5.0.0-6.2.5 (no
// rules of composition), v5.0.0-6.2.9 (64 characters and more), v5.0.0-6.2.11
// (words of this context).
// ASVS: v5.0.0-6.1.2.
func TestAPasswordIsJudgedByItsLengthAndHowEasilyItIsGuessed(t *testing.T) {
	t.Parallel()
	for _, good := range []string{password, strings.Repeat("azulejo marmota ", 8), "xkqzvbnrtwpl", "ção-ñandú-über-żółw", "941837265093"} {
		if err := auth.CheckPassword(good, "ana@clinica-sul.com.br"); err != nil {
			t.Errorf("%q is refused: %v", good, err)
		}
	}
	for bad, want := range map[string]string{
		"curta":                    "a senha tem 5 caracteres; use pelo menos 12",
		"çççççççççç1":              "a senha tem 11 caracteres",
		"password1234":             "fácil de adivinhar",
		"qwertyuiop12":             "fácil de adivinhar",
		"aaaaaaaaaaaaaaaa":         "fácil de adivinhar",
		"Flamengo2024":             "fácil de adivinhar",
		"aviladevops1":             "fácil de adivinhar",
		"clinica-sul1":             "fácil de adivinhar",
		"anapaulasouza":            "fácil de adivinhar",
		"\xff" + password:          "caracteres inválidos",
		strings.Repeat("ab3", 400): "mais de 1024 bytes",
	} {
		err := auth.CheckPassword(bad, "ana.paula.souza@clinica-sul.com.br", "Ana Paula Souza")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), bad) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

// weakKey is a password's key by parameters of long ago.
func weakKey(password string) string {
	return base64.RawStdEncoding.EncodeToString(argon2.IDKey([]byte(password), []byte("0123456789abcdef"), 1, 64, 1, 32))
}
