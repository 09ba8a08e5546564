package auth

import (
	"context"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

// Occupy takes one of the places in which hashes are computed.
func (h *Hasher) Occupy() (leave func()) {
	h.slots <- struct{}{}
	return func() { <-h.slots }
}

// Computed is how many hashes were computed.
func (h *Hasher) Computed() int64 { return h.computed.Load() }

// What the fuzz tests look at.
var (
	ReadToken  = readToken
	WriteToken = writeToken
	SessionKey = sessionKey
)

// LimitKey is where a limit counts.
var LimitKey = (&Limits{}).key

// Begin counts an attempt.
func (l *Limits) Begin(ctx context.Context, id tenant.ID, account, address, device string) error {
	_, err := l.begin(ctx, id, account, address, device)
	return err
}
