package auth

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

const (
	// AccessLife is how long an access token is worth something.
	AccessLife = 15 * time.Minute
	// accessType keeps other tokens of the same keys from being taken for one
	// (RFC 9068).
	accessType = "at+jwt"
	// skew is how far the clocks of two machines may differ.
	skew = 15 * time.Second
)

// Principal is who a request is from.
type Principal struct {
	Tenant  tenant.ID
	User    string
	Session string
	Roles   []string
	// Since is when the password was asked for.
	Since time.Time
}

// claims are an access token's.
type claims struct {
	jwt.RegisteredClaims
	Session string           `json:"sid"`
	Roles   []string         `json:"roles,omitempty"`
	Since   *jwt.NumericDate `json:"auth_time"`
}

// Tokens makes and verifies access tokens.
type Tokens struct {
	keys   *Keys
	issuer string
	now    func() time.Time
}

// NewTokens returns the tokens of an issuer, such as https://aviladevops.com.br.
func NewTokens(keys *Keys, issuer string, now func() time.Time) (*Tokens, error) {
	if issuer == "" {
		return nil, errors.New("auth: tokens need an issuer; name the site's own address")
	}
	return &Tokens{keys: keys, issuer: issuer, now: now}, nil
}

// audience names one tenant. Every tenant has its own, for the keys are the
// same.
func audience(id tenant.ID) string { return "urn:avila:tenant:" + id.String() }

// Issue returns an access token.
func (t *Tokens) Issue(p Principal) (string, error) {
	if err := tenant.Check(p.Tenant); err != nil {
		return "", err
	}
	if p.User == "" || p.Session == "" {
		return "", errors.New("auth: a token needs a user and a session")
	}
	set := t.keys.current.Load()
	if set.signer == nil {
		return "", fmt.Errorf("auth: %s holds no private key, so tokens are only verified here", t.keys.dir)
	}
	now := t.now()
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: t.issuer, Subject: p.User, Audience: jwt.ClaimStrings{audience(p.Tenant)},
			IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(AccessLife)),
		},
		Session: p.Session, Roles: p.Roles, Since: jwt.NewNumericDate(p.Since),
	})
	token.Header["kid"], token.Header["typ"] = set.kid, accessType
	signed, err := token.SignedString(set.signer)
	if err != nil {
		return "", fmt.Errorf("auth: sign a token: %w", err)
	}
	return signed, nil
}

// Verify returns whom a token stands for at the tenant that the request is for.
func (t *Tokens) Verify(id tenant.ID, token string) (Principal, error) {
	if err := tenant.Check(id); err != nil {
		return Principal{}, err
	}
	if len(token) > 8<<10 {
		return Principal{}, errors.New("auth: the token is longer than any of ours")
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithIssuer(t.issuer), jwt.WithAudience(audience(id)),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(skew), jwt.WithTimeFunc(t.now), jwt.WithStrictDecoding())
	var c claims
	if _, err := parser.ParseWithClaims(token, &c, t.key); err != nil {
		return Principal{}, fmt.Errorf("auth: the token is refused: %w", err)
	}
	// One audience: a token that named two tenants would be worth something at both.
	if len(c.Audience) != 1 || c.Subject == "" || c.Session == "" || c.Since == nil || c.NotBefore == nil {
		return Principal{}, errors.New("auth: the token is refused: it lacks what ours have")
	}
	return Principal{Tenant: id, User: c.Subject, Session: c.Session, Roles: c.Roles, Since: c.Since.Time}, nil
}

// key finds the key that a token names, among our own only.
func (t *Tokens) key(token *jwt.Token) (any, error) {
	if token.Header["typ"] != accessType {
		return nil, errors.New("its type is not that of an access token")
	}
	kid, _ := token.Header["kid"].(string)
	key, ok := t.keys.current.Load().public[kid]
	if !ok {
		return nil, errors.New("it names a key that is not ours")
	}
	return key, nil
}
