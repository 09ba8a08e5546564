package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

// Service signs users in and out.
type Service struct {
	Users    Users
	Audit    Audit
	Hasher   *Hasher
	Tokens   *Tokens
	Sessions *Sessions
	Limits   *Limits
	Log      *slog.Logger
	Now      func() time.Time
}

// Attempt is a sign-in as a client asks for it.
type Attempt struct {
	Account, Password string
	Address           string // of the client, as the gateway saw it
	Client            string // its User-Agent
	Device            string // the token by which it may be known; may be empty
}

// Grant is what a signed-in client gets.
type Grant struct {
	Principal Principal
	Access    string
	Refresh   string
	Device    string // set by a sign-in only
}

// Confirm checks a password, as a sign-in or before something that a session
// alone is not enough for. Every failure of credentials takes the same time and
// is the same error. It returns the token by which the device is known from now
// on.
func (s *Service) Confirm(ctx context.Context, id tenant.ID, a Attempt) (user User, device string, err error) {
	try, err := s.Limits.begin(ctx, id, a.Account, a.Address, a.Device)
	if err != nil {
		if limited(err) {
			s.record(ctx, id, Event{Kind: SignInLimit, Address: a.Address})
		}
		return User{}, "", err
	}
	user, err = s.Users.ByAccount(ctx, id, a.Account)
	if err != nil && !errors.Is(err, ErrCredentials) {
		return User{}, "", fmt.Errorf("auth: find the account: %w: %w", ErrAway, err)
	}
	if err != nil {
		user = User{} // has no hash, and is compared all the same
	}
	ok, stale, err := s.Hasher.Check(ctx, user.Hash, a.Password)
	if err != nil {
		return User{}, "", err
	}
	if !ok || user.Disabled || user.ID == "" {
		s.record(ctx, id, Event{Kind: SignInFailed, User: user.ID, Address: a.Address})
		return User{}, "", ErrCredentials
	}
	if stale {
		s.renew(ctx, id, user.ID, a.Password)
	}
	device, err = try.succeed(ctx)
	return user, device, err
}

// SignIn checks a password and begins a session.
func (s *Service) SignIn(ctx context.Context, id tenant.ID, a Attempt) (Grant, error) {
	user, device, err := s.Confirm(ctx, id, a)
	if err != nil {
		return Grant{}, err
	}
	session, refresh, err := s.Sessions.Begin(ctx, id, user.ID, a.Client, a.Address)
	if err != nil {
		return Grant{}, err
	}
	// A sign-in that leaves no trace is none.
	if err := s.Audit.Record(ctx, id, Event{Kind: SignedIn, User: user.ID, Session: session.ID, Address: a.Address, At: s.Now()}); err != nil {
		return Grant{}, errors.Join(fmt.Errorf("auth: the audit log: %w: %w", ErrAway, err), s.Sessions.Revoke(ctx, id, user.ID, session.ID))
	}
	g, err := s.grant(id, user, session, refresh)
	g.Device = device
	return g, err
}

// renew hashes a password again by the present parameters. That it cannot be
// stored is no reason to refuse its user.
func (s *Service) renew(ctx context.Context, id tenant.ID, user, password string) {
	hash, err := s.Hasher.Hash(ctx, password)
	if err == nil {
		err = s.Users.SetHash(ctx, id, user, hash)
	}
	if err != nil {
		s.Log.Warn("auth: a password's hash could not be renewed", "tenant", id.String(), "problem", err.Error())
	}
}

func (s *Service) grant(id tenant.ID, user User, session Session, refresh string) (Grant, error) {
	p := Principal{Tenant: id, User: user.ID, Session: session.ID, Roles: user.Roles, Since: session.Began}
	access, err := s.Tokens.Issue(p)
	return Grant{Principal: p, Access: access, Refresh: refresh}, err
}

// Refresh replaces a refresh token and gives a new access token, with the roles
// that the user now has.
func (s *Service) Refresh(ctx context.Context, id tenant.ID, token, client, address string) (Grant, error) {
	session, refresh, err := s.Sessions.Rotate(ctx, id, token, client)
	if errors.Is(err, ErrReused) {
		s.record(ctx, id, Event{Kind: TokenReused, User: session.User, Session: session.ID, Address: address})
	}
	if err != nil {
		return Grant{}, err
	}
	user, err := s.Users.ByID(ctx, id, session.User)
	switch {
	case errors.Is(err, ErrCredentials) || err == nil && user.Disabled:
		return Grant{}, errors.Join(ErrSession, s.Sessions.Revoke(ctx, id, session.User, session.ID))
	case err != nil:
		return Grant{}, fmt.Errorf("auth: find the user: %w: %w", ErrAway, err)
	}
	s.record(ctx, id, Event{Kind: Refreshed, User: user.ID, Session: session.ID, Address: address})
	return s.grant(id, user, session, refresh)
}

// SignOut ends the session of a principal.
func (s *Service) SignOut(ctx context.Context, p Principal, address string) error {
	if err := s.Sessions.Revoke(ctx, p.Tenant, p.User, p.Session); err != nil && !errors.Is(err, ErrSession) {
		return err
	}
	s.record(ctx, p.Tenant, Event{Kind: SignedOut, User: p.User, Session: p.Session, Address: address})
	return nil
}

// record keeps an event after which nothing more is given away. That it could
// not be kept is logged, without what it was about.
func (s *Service) record(ctx context.Context, id tenant.ID, e Event) {
	e.At = s.Now()
	if err := s.Audit.Record(context.WithoutCancel(ctx), id, e); err != nil {
		s.Log.Error("auth: the audit log takes no events", "tenant", id.String(), "kind", string(e.Kind), "problem", err.Error())
	}
}
