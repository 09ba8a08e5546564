package auth

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
)

// Keys are the keys of access tokens: files *.pem in a directory, each an
// Ed25519 key. Private ones sign and verify, public ones verify. The private
// key whose file name sorts last signs.
//
// To replace a key: put the public half of the new one beside the old, everywhere;
// then the private one where tokens are made; remove the old one when its last
// token has ended.
type Keys struct {
	dir     string
	current atomic.Pointer[keySet]
}

type keySet struct {
	signer ed25519.PrivateKey // nil where tokens are only verified
	kid    string
	public map[string]ed25519.PublicKey
}

// LoadKeys reads the directory.
func LoadKeys(dir string) (*Keys, error) {
	k := &Keys{dir: dir}
	return k, k.Refresh()
}

// Refresh reads the directory again. When it cannot be used, the keys that
// were read before stand.
func (k *Keys) Refresh() error {
	files, err := filepath.Glob(filepath.Join(k.dir, "*.pem"))
	if err != nil {
		return fmt.Errorf("auth: keys: %w", err)
	}
	slices.Sort(files)
	set := &keySet{public: map[string]ed25519.PublicKey{}}
	var problems []error
	for _, file := range files {
		if err := set.add(file); err != nil {
			problems = append(problems, err)
		}
	}
	if len(files) == 0 {
		problems = append(problems, fmt.Errorf("auth: keys: %s has no *.pem; put an Ed25519 key there", k.dir))
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	k.current.Store(set)
	return nil
}

func (s *keySet) add(file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("auth: keys: %w", err)
	}
	block, rest := pem.Decode(content)
	if block == nil || len(strings.TrimSpace(string(rest))) > 0 {
		return fmt.Errorf("auth: keys: %s is not one PEM block", file)
	}
	if private, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		if key, ok := private.(ed25519.PrivateKey); ok {
			public := key.Public().(ed25519.PublicKey)
			s.signer, s.kid = key, thumbprint(public)
			s.public[s.kid] = public
			return nil
		}
	}
	if public, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
		if key, ok := public.(ed25519.PublicKey); ok {
			s.public[thumbprint(key)] = key
			return nil
		}
	}
	return fmt.Errorf("auth: keys: %s holds no Ed25519 key; make one with: openssl genpkey -algorithm ed25519", file)
}

// thumbprint is a key's id by RFC 7638: its members in this order.
func thumbprint(key ed25519.PublicKey) string {
	sum := sha256.Sum256(fmt.Appendf(nil, `{"crv":"Ed25519","kty":"OKP","x":%q}`, base64.RawURLEncoding.EncodeToString(key)))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// webKey is a public key as RFC 8037 writes it.
type webKey struct {
	Type      string `json:"kty"`
	Curve     string `json:"crv"`
	X         string `json:"x"`
	ID        string `json:"kid"`
	Algorithm string `json:"alg"`
	Use       string `json:"use"`
}

// JWKS answers with the public keys.
func (k *Keys) JWKS() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var set struct {
			Keys []webKey `json:"keys"`
		}
		for id, key := range k.current.Load().public {
			set.Keys = append(set.Keys, webKey{"OKP", "Ed25519", base64.RawURLEncoding.EncodeToString(key), id, "EdDSA", "sig"})
		}
		slices.SortFunc(set.Keys, func(a, b webKey) int { return strings.Compare(a.ID, b.ID) })
		w.Header().Set("Content-Type", "application/jwk-set+json")
		w.Header().Set("Cache-Control", "public, max-age=300")
		_ = json.NewEncoder(w).Encode(set) // the client's connection is its own affair
	})
}
