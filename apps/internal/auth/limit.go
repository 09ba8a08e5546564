package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

// LimitError says when the next attempt is possible.
type LimitError struct{ Wait time.Duration }

// Error implements error.
func (e LimitError) Error() string {
	return fmt.Sprintf("too many attempts; the next is possible in %s", e.Wait.Round(time.Second))
}

// bound is how many failures something may have in a while.
type bound struct {
	most   int
	window time.Duration
}

// Failures are counted in four ways. Whoever has signed in before, and shows
// the device token that was given then, is counted by that token alone; whoever
// comes from where the account signed in before, by address only: a stranger
// who guesses at the account, from wherever else and as often as may be, keeps
// its owner out of nothing.
var (
	byDevice  = bound{10, 15 * time.Minute} // a known device, at its account
	byPair    = bound{5, 15 * time.Minute}  // an address, at an account
	byAddress = bound{50, 15 * time.Minute} // an address, at all accounts of a tenant
	byAccount = bound{50, time.Hour}        // an account, from all addresses
)

// deviceLife is how long a device, or a network, is known after its last
// sign-in.
const deviceLife = 180 * 24 * time.Hour

//go:embed attempt.lua
var attemptSource string

var attemptScript = redis.NewScript(attemptSource)

// Limits counts failed sign-ins in Redis, each tenant's by themselves.
type Limits struct{ redis redis.UniversalClient }

// NewLimits returns the limits that a primary holds.
func NewLimits(primary redis.UniversalClient) *Limits { return &Limits{redis: primary} }

// attempt is one try, counted before it is judged: many at once are no way
// around a limit.
type attempt struct {
	limits  *Limits
	id      tenant.ID
	name    string // of the account, as a digest: keys show to whoever watches Redis
	network string // of the client, as a digest
	device  string // known, or empty
	keys    []string
}

func (l *Limits) key(id tenant.ID, kind string, parts ...string) string {
	return "t:" + id.String() + ":limit-" + kind + ":" + strings.Join(parts, ":")
}

// digest is a fixed number of characters, so that keys made of several cannot
// be mistaken for each other.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// begin counts a try, or refuses it with a LimitError. Accounts that do not
// exist have limits too.
func (l *Limits) begin(ctx context.Context, id tenant.ID, account, address, device string) (*attempt, error) {
	if err := tenant.Check(id); err != nil {
		return nil, err
	}
	a := &attempt{limits: l, id: id, name: digest(strings.ToLower(strings.TrimSpace(account))), network: digest(network(address))}
	known, err := l.redis.MGet(ctx, l.key(id, "device", a.name, digest(device)), l.key(id, "network", a.name, a.network)).Result()
	if err != nil {
		return nil, fmt.Errorf("auth: look a device up: %w: %w", ErrAway, err)
	}
	var bounds []bound
	pair, all := l.key(id, "pair", a.name, a.network), l.key(id, "address", a.network)
	switch {
	case known[0] != nil:
		a.device = device
		bounds, a.keys = []bound{byDevice}, []string{l.key(id, "known", a.name, digest(device))}
	case known[1] != nil:
		bounds, a.keys = []bound{byPair, byAddress}, []string{pair, all}
	default:
		bounds, a.keys = []bound{byPair, byAddress, byAccount}, []string{pair, all, l.key(id, "account", a.name)}
	}
	var args []any
	for _, b := range bounds {
		args = append(args, b.most, b.window.Milliseconds())
	}
	wait, err := attemptScript.Run(ctx, l.redis, a.keys, args...).Int64()
	if err != nil {
		return nil, fmt.Errorf("auth: count an attempt: %w: %w", ErrAway, err)
	}
	if wait > 0 {
		return a, LimitError{Wait: time.Duration(wait) * time.Millisecond}
	}
	return a, nil
}

// succeed takes the try back, forgets the failures before it, and returns the
// token by which this device is known from now on.
func (a *attempt) succeed(ctx context.Context) (device string, err error) {
	device = a.device
	if device == "" {
		device = rand.Text()
	}
	_, err = a.limits.redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Del(ctx, a.keys[0])
		for _, key := range a.keys[1:] {
			p.Decr(ctx, key)
			p.ExpireNX(ctx, key, byAccount.window) // had it ended meanwhile, a count without an end would be left
		}
		p.Set(ctx, a.limits.key(a.id, "device", a.name, digest(device)), 1, deviceLife)
		p.Set(ctx, a.limits.key(a.id, "network", a.name, a.network), 1, deviceLife)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("auth: remember a device: %w: %w", ErrAway, err)
	}
	return device, nil
}

// network is what one client holds of the internet: an IPv4 address, or the
// /64 that IPv6 gives to each.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		p, _ := ip.Prefix(64)
		return p.String()
	}
	return ip.String()
}

// limited reports whether an error is a limit's.
func limited(err error) bool {
	var limit LimitError
	return errors.As(err, &limit)
}
