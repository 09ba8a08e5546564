package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/avila-devops/saas/apps/internal/cache"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// What may be sent from one address, and to one tenant, in a while.
const (
	sendWindow    = 10 * time.Minute
	mostByAddress = 5
	mostByTenant  = 200
)

// errTooMany says that more was sent than people send.
var errTooMany = errors.New("too many forms were sent")

// counts counts under both keys, unless one is full.
var counts = redis.NewScript(`
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[i + 1]) then return 0 end
end
for _, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[1]) end
end
return 1`)

// limit counts a form before it is kept. Without Redis nothing is let through:
// a form can wait, and an open door fills tables.
func (f *front) limit(ctx context.Context, id tenancy.ID, r *http.Request) error {
	prefix, err := cache.Prefix(id)
	if err != nil {
		return err //nolint:wrapcheck // it says that there is no tenant
	}
	sum := sha256.Sum256([]byte(network(r))) // keys show to whoever watches Redis
	keys := []string{prefix + "limit-form:" + hex.EncodeToString(sum[:16]), prefix + "limit-forms"}
	let, err := counts.Run(ctx, f.backing.Redis.Primary, keys, sendWindow.Milliseconds(), mostByAddress, mostByTenant).Int()
	if err != nil {
		return fmt.Errorf("count a form: %w", err)
	}
	if let == 0 {
		return errTooMany
	}
	return nil
}

// network is what one client holds of the internet: an IPv4 address, or the /64
// that IPv6 gives to each. The gateway writes the header anew, whatever a
// client sent, and nobody else reaches the service.
func network(r *http.Request) string {
	address := r.Header.Get("X-Forwarded-For")
	if address == "" {
		address, _, _ = net.SplitHostPort(r.RemoteAddr)
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap().WithZone(""); ip.Is6() {
		p, _ := ip.Prefix(64)
		return p.String()
	}
	return ip.String()
}
