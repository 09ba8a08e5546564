package auth_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/avila-devops/saas/apps/internal/auth"
)

func principal(p *bundle) auth.Principal {
	return auth.Principal{Tenant: a, User: "u-ana", Session: "S", Roles: []string{"admin"}, Since: p.clock.Now().Truncate(time.Second)}
}

func TestATokenStandsForItsUserAtItsTenant(t *testing.T) {
	t.Parallel()
	p := setup(t)
	token, err := p.Tokens.Issue(principal(p))
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Tokens.Verify(a, token)
	if want := principal(p); err != nil || got.Tenant != a || got.User != want.User || got.Session != want.Session || got.Roles[0] != "admin" || !got.Since.Equal(want.Since) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// ASVS: v5.0.0-8.4.1 (tenants), v5.0.0-9.2.3 and v5.0.0-9.2.4 (audience).
func TestATokenIsWorthNothingAtAnotherTenant(t *testing.T) {
	t.Parallel()
	p := setup(t)
	token, _ := p.Tokens.Issue(principal(p))
	if _, err := p.Tokens.Verify(b, token); err == nil || !strings.Contains(err.Error(), "audience") {
		t.Errorf("got %v", err)
	}
}

// ASVS: v5.0.0-9.2.1 (validity).
func TestATokenEndsAfterAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	p := setup(t)
	token, _ := p.Tokens.Issue(principal(p))
	p.clock.pass(auth.AccessLife)
	if _, err := p.Tokens.Verify(a, token); err != nil {
		t.Errorf("within the clocks' difference: %v", err)
	}
	p.clock.pass(16 * time.Second)
	if _, err := p.Tokens.Verify(a, token); err == nil || !strings.Contains(err.Error(), "expired") {
		t.Errorf("got %v", err)
	}
	p.clock.pass(-auth.AccessLife - time.Hour)
	if _, err := p.Tokens.Verify(a, token); err == nil {
		t.Error("it is good before its time")
	}
}

// ASVS: v5.0.0-9.1.1 (signature), v5.0.0-9.1.2 (algorithms), v5.0.0-9.1.3 (keys),
// v5.0.0-9.2.2 (type).
// ASVS: v5.0.0-11.6.1.
func TestATokenThatIsNotOursIsRefused(t *testing.T) {
	t.Parallel()
	p := setup(t)
	key := privateKey(t, p.dir, "2026-02.pem")
	if err := p.keys.Refresh(); err != nil {
		t.Fatal(err)
	}
	public := key.Public().(ed25519.PublicKey)
	_, stranger, _ := ed25519.GenerateKey(nil)
	good, _ := p.Tokens.Issue(principal(p))
	header, _, err := jwt.NewParser().ParseUnverified(good, jwt.MapClaims{})
	if err != nil {
		t.Fatal(err)
	}
	claims := header.Claims.(jwt.MapClaims)
	sign := func(change func(*jwt.Token, jwt.MapClaims), method jwt.SigningMethod, with any) string {
		c := jwt.MapClaims{}
		for k, v := range claims {
			c[k] = v
		}
		token := jwt.NewWithClaims(method, c)
		token.Header["kid"], token.Header["typ"] = header.Header["kid"], "at+jwt"
		change(token, c)
		text, err := token.SignedString(with)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	same := func(*jwt.Token, jwt.MapClaims) {}
	if _, err := p.Tokens.Verify(a, sign(same, jwt.SigningMethodEdDSA, key)); err != nil {
		t.Fatalf("the token that the others are made of is refused: %v", err)
	}
	without := func(claim string) string {
		return sign(func(_ *jwt.Token, c jwt.MapClaims) { delete(c, claim) }, jwt.SigningMethodEdDSA, key)
	}
	for name, token := range map[string]string{
		"nothing":             "",
		"no token":            "a.b.c",
		"another's signature": sign(same, jwt.SigningMethodEdDSA, stranger),
		"no signature":        sign(same, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"our key as a secret": sign(same, jwt.SigningMethodHS256, []byte(public)),
		"another key's name":  sign(func(t *jwt.Token, _ jwt.MapClaims) { t.Header["kid"] = "x" }, jwt.SigningMethodEdDSA, key),
		"a key of its own": sign(func(t *jwt.Token, _ jwt.MapClaims) {
			t.Header["jwk"] = map[string]string{"kty": "OKP", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(stranger.Public().(ed25519.PublicKey))}
		}, jwt.SigningMethodEdDSA, stranger),
		"another type":    sign(func(t *jwt.Token, _ jwt.MapClaims) { t.Header["typ"] = "JWT" }, jwt.SigningMethodEdDSA, key),
		"another issuer":  sign(func(_ *jwt.Token, c jwt.MapClaims) { c["iss"] = "https://evil.test" }, jwt.SigningMethodEdDSA, key),
		"two audiences":   sign(func(_ *jwt.Token, c jwt.MapClaims) { c["aud"] = []string{"urn:avila:tenant:a", "urn:avila:tenant:b"} }, jwt.SigningMethodEdDSA, key),
		"no audience":     without("aud"),
		"no end":          without("exp"),
		"no session":      without("sid"),
		"no user":         without("sub"),
		"no beginning":    without("nbf"),
		"no sign-in time": without("auth_time"),
		"a longer text":   good + strings.Repeat("A", 9000),
		"a changed text":  good[:len(good)-20] + strings.Map(func(r rune) rune { return 'A' + (r-'A'+1)%26 }, good[len(good)-20:len(good)-19]) + good[len(good)-19:],
	} {
		if got, err := p.Tokens.Verify(a, token); err == nil {
			t.Errorf("%s: it stands for %+v", name, got)
		}
	}
}

// ASVS: v5.0.0-11.2.2.
func TestAKeyIsReplacedWithoutATokenBeingLost(t *testing.T) {
	t.Parallel()
	p := setup(t)
	old, _ := p.Tokens.Issue(principal(p))
	verifier := t.TempDir() // what a service has that makes no tokens
	public := func(name string, key ed25519.PrivateKey) {
		der, err := x509.MarshalPKIXPublicKey(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(verifier, name), "PUBLIC KEY", der)
	}
	key := privateKey(t, p.dir, "2026-02.pem")
	public("2026-02.pem", key)
	if err := p.keys.Refresh(); err != nil {
		t.Fatal(err)
	}
	fresh, _ := p.Tokens.Issue(principal(p))
	for _, token := range []string{old, fresh} {
		if _, err := p.Tokens.Verify(a, token); err != nil {
			t.Errorf("with both keys: %v", err)
		}
	}
	keys, err := auth.LoadKeys(verifier)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, _ := auth.NewTokens(keys, "https://aviladevops.test", p.clock.Now)
	if _, err := elsewhere.Verify(a, fresh); err != nil {
		t.Errorf("where only the public key is: %v", err)
	}
	if _, err := elsewhere.Issue(principal(p)); err == nil || !strings.Contains(err.Error(), "holds no private key") {
		t.Errorf("it makes tokens: %v", err)
	}
	if err := os.Remove(filepath.Join(p.dir, "2026-01.pem")); err != nil {
		t.Fatal(err)
	}
	if err := p.keys.Refresh(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Tokens.Verify(a, old); err == nil {
		t.Error("a token of the removed key is good")
	}
	if err := os.WriteFile(filepath.Join(p.dir, "2026-03.pem"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.keys.Refresh(); err == nil || !strings.Contains(err.Error(), "2026-03.pem is not one PEM block") {
		t.Errorf("a bad key gives %v", err)
	}
	if _, err := p.Tokens.Verify(a, fresh); err != nil {
		t.Errorf("the keys that stood are lost: %v", err)
	}
}

func TestTheKeySetShowsPublicHalvesOnly(t *testing.T) {
	t.Parallel()
	p := setup(t)
	rec := httptest.NewRecorder()
	p.keys.JWKS().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
	var set struct{ Keys []map[string]string }
	if err := json.Unmarshal(rec.Body.Bytes(), &set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%s: %v", rec.Body, err)
	}
	for name, want := range map[string]string{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig"} {
		if set.Keys[0][name] != want {
			t.Errorf("%s is %q", name, set.Keys[0][name])
		}
	}
	if _, private := set.Keys[0]["d"]; private || len(set.Keys[0]) != 6 {
		t.Errorf("the key has %v", set.Keys[0])
	}
}
