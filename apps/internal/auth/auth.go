// Package auth decides who a request is from: passwords, the tokens that stand
// for a sign-in, the sessions behind them, limits on guessing, and a mux on
// which every route asks for a signed-in user unless it says why not. Users,
// roles and the audit log are kept elsewhere, behind interfaces here; which
// tenant a host is for, the resolver knows.
//
// A session belongs to one tenant, and so does every token of it: none is worth
// anything at another tenant's host.
package auth

import (
	"context"
	"errors"
	"time"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

var (
	// ErrCredentials is the answer to every sign-in that is not to be: it tells
	// an unknown account, a wrong password and a disabled user from each other
	// to nobody.
	ErrCredentials = errors.New("account or password is wrong")
	// ErrSession says that a session has ended, or never was.
	ErrSession = errors.New("the session has ended; sign in again")
	// ErrReused says that a refresh token came back after its successor was in
	// use: one of two who hold it stole it, so the session has ended.
	ErrReused = errors.New("a refresh token was used again; its session has ended")
	// ErrAway says that what sign-ins depend on cannot be reached.
	ErrAway = errors.New("sign-in is not possible at the moment")
)

// User is who may sign in, as the service that keeps users has it.
type User struct {
	ID       string
	Hash     string // of the password, as Hasher.Hash wrote it
	Roles    []string
	Disabled bool
}

// Users finds users. An unknown one is ErrCredentials.
type Users interface {
	ByAccount(ctx context.Context, id tenant.ID, account string) (User, error)
	ByID(ctx context.Context, id tenant.ID, user string) (User, error)
	// SetHash stores a hash of the same password by the present parameters.
	SetHash(ctx context.Context, id tenant.ID, user, hash string) error
}

// Event is something that an audit wants to know.
type Event struct {
	Kind    EventKind
	User    string // the user's id; empty where the account is unknown
	Session string
	Address string // of the client
	At      time.Time
}

// EventKind names an event.
type EventKind string

// The events.
const (
	SignedIn     EventKind = "signed_in"
	SignInFailed EventKind = "sign_in_failed"
	SignInLimit  EventKind = "sign_in_limited"
	SignedOut    EventKind = "signed_out"
	Refreshed    EventKind = "refreshed"
	TokenReused  EventKind = "refresh_token_reused"
	Revoked      EventKind = "session_revoked"
	Denied       EventKind = "permission_denied"
)

// Audit keeps events, of each tenant by itself.
type Audit interface {
	Record(ctx context.Context, id tenant.ID, event Event) error
}
