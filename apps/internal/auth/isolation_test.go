package auth_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/tenant"
	"github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

// crossings tries each operation as tenant b, with what is tenant a's.
var crossings = map[string]func(ctx context.Context, p *bundle, g auth.Grant) error{
	"Tokens.Verify": func(_ context.Context, p *bundle, g auth.Grant) error {
		if who, err := p.Tokens.Verify(b, g.Access); err == nil {
			return fmt.Errorf("a's token stands for %+v at b", who)
		}
		return nil
	},
	"Sessions.Begin": func(ctx context.Context, p *bundle, _ auth.Grant) error {
		for range 25 { // more than a user may have
			if _, _, err := p.Sessions.Begin(ctx, b, "u-ana", "", ""); err != nil {
				return err
			}
		}
		return nil
	},
	"Sessions.Rotate": func(ctx context.Context, p *bundle, g auth.Grant) error {
		if _, _, err := p.Sessions.Rotate(ctx, b, g.Refresh, browser); !errors.Is(err, auth.ErrSession) {
			return fmt.Errorf("a's token at b: %w", err)
		}
		return nil
	},
	"Sessions.Live": func(ctx context.Context, p *bundle, g auth.Grant) error {
		if live, err := p.Sessions.Live(ctx, b, g.Principal.Session); live || err != nil {
			return fmt.Errorf("a's session lives at b: %w", err)
		}
		return nil
	},
	"Sessions.List": func(ctx context.Context, p *bundle, _ auth.Grant) error {
		if list, err := p.Sessions.List(ctx, b, "u-ana"); len(list) != 0 || err != nil {
			return fmt.Errorf("b sees %v, %w", list, err)
		}
		return nil
	},
	"Sessions.Revoke": func(ctx context.Context, p *bundle, g auth.Grant) error {
		if err := p.Sessions.Revoke(ctx, b, "u-ana", g.Principal.Session); !errors.Is(err, auth.ErrSession) {
			return fmt.Errorf("b ends it: %w", err)
		}
		return nil
	},
	"Sessions.RevokeAll": func(ctx context.Context, p *bundle, _ auth.Grant) error {
		if n, err := p.Sessions.RevokeAll(ctx, b, "u-ana", ""); n != 0 || err != nil {
			return fmt.Errorf("b ends %d, %w", n, err)
		}
		return nil
	},
	"Service.SignIn": func(ctx context.Context, p *bundle, _ auth.Grant) error {
		for range 6 { // more than the limit at b
			_, _ = p.SignIn(ctx, b, try("ana", "wrong", "203.0.113.7", ""))
		}
		if _, err := p.SignIn(ctx, b, try("ana", password, "203.0.113.7", "")); !isLimit(err) {
			return fmt.Errorf("at b there is no limit: %w", err)
		}
		_, err := p.SignIn(ctx, a, try("ana", password, "203.0.113.7", ""))
		return err // a limit at b is none at a
	},
	"Service.Confirm": func(ctx context.Context, p *bundle, _ auth.Grant) error {
		p.people.change(b, "ana", func(u *auth.User) { u.Hash = "" })
		if user, _, err := p.Confirm(ctx, b, try("ana", password, "203.0.113.7", "")); !errors.Is(err, auth.ErrCredentials) {
			return fmt.Errorf("a's password is %+v's at b: %w", user, err)
		}
		_, _, err := p.Confirm(ctx, a, try("ana", password, "203.0.113.7", ""))
		return err
	},
	"Service.Refresh": func(ctx context.Context, p *bundle, g auth.Grant) error {
		if _, err := p.Refresh(ctx, b, g.Refresh, browser, ""); !errors.Is(err, auth.ErrSession) {
			return fmt.Errorf("a's token at b: %w", err)
		}
		return nil
	},
	"Service.SignOut": func(ctx context.Context, p *bundle, g auth.Grant) error {
		stranger := g.Principal
		stranger.Tenant = b
		return p.SignOut(ctx, stranger, "")
	},
}

// ASVS: v5.0.0-8.4.1 (tenants).
func TestNoOperationOfATenantReachesAnothers(t *testing.T) {
	t.Parallel()
	exempt := map[string]string{"Tokens.Issue": "its tenant is that of the principal whom the service has just signed in"}
	tenanttest.Covered(t, crossings, exempt, reflect.TypeFor[*auth.Tokens](), reflect.TypeFor[*auth.Sessions](), reflect.TypeFor[*auth.Service]())
	for name, cross := range crossings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := setup(t)
			g := p.enter(t, a)
			if err := cross(t.Context(), p, g); err != nil {
				t.Error(err)
			}
			if live, err := p.Sessions.Live(t.Context(), a, g.Principal.Session); !live || err != nil {
				t.Errorf("a's session stands: %t, %v", live, err)
			}
			if _, err := p.Refresh(t.Context(), a, g.Refresh, browser, ""); err != nil {
				t.Errorf("a's token at a: %v", err)
			}
		})
	}
}

func TestNoOperationWorksWithoutATenant(t *testing.T) {
	t.Parallel()
	p := setup(t)
	var none tenant.ID
	ctx := t.Context()
	_, _, begin := p.Sessions.Begin(ctx, none, "u", "", "")
	_, _, rotate := p.Sessions.Rotate(ctx, none, p.enter(t, a).Refresh, "")
	_, live := p.Sessions.Live(ctx, none, "x")
	_, list := p.Sessions.List(ctx, none, "x")
	_, all := p.Sessions.RevokeAll(ctx, none, "x", "")
	_, signIn := p.SignIn(ctx, none, try("ana", password, "", ""))
	_, verify := p.Tokens.Verify(none, "x")
	_, issue := p.Tokens.Issue(auth.Principal{User: "u", Session: "s"})
	for name, err := range map[string]error{
		"Begin": begin, "Rotate": rotate, "Live": live, "List": list, "RevokeAll": all, "SignIn": signIn, "Verify": verify, "Issue": issue,
		"Revoke": p.Sessions.Revoke(ctx, none, "u", "s"), "SignOut": p.SignOut(ctx, auth.Principal{User: "u", Session: "s"}, ""),
	} {
		if err == nil || !strings.Contains(err.Error(), "no tenant: ") {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

func TestSessionsAndLimitsOfTenantsAtRandomNeverMeet(t *testing.T) {
	t.Parallel()
	p := setup(t)
	const guesses = 5
	var all sync.WaitGroup
	for n := range 10 {
		id := tenanttest.ID(fmt.Sprintf("t%d", n))
		for worker := range 2 {
			all.Go(func() {
				chance := rand.New(rand.NewPCG(uint64(n), uint64(worker)))
				user := fmt.Sprintf("%s-%d", id, worker)
				session, token, err := p.Sessions.Begin(t.Context(), id, user, browser, "")
				if err != nil {
					t.Error(err)
					return
				}
				let := 0
				for range 60 {
					stranger := tenanttest.ID(fmt.Sprintf("t%d", (n+1+chance.IntN(9))%10))
					switch chance.IntN(4) {
					case 0:
						if session, token, err = p.Sessions.Rotate(t.Context(), id, token, browser); err != nil || session.User != user {
							t.Errorf("%s got %+v, %v", user, session, err)
							return
						}
					case 1:
						if _, _, err := p.Sessions.Rotate(t.Context(), stranger, token, browser); !errors.Is(err, auth.ErrSession) {
							t.Errorf("%s takes %s's token: %v", stranger, user, err)
						}
					case 2:
						list, err := p.Sessions.List(t.Context(), id, user)
						if err != nil || len(list) != 1 || list[0].ID != session.ID {
							t.Errorf("%s sees %v, %v", user, list, err)
						}
					default:
						if err := p.Limits.Begin(t.Context(), id, fmt.Sprint("account", worker), fmt.Sprintf("192.0.2.%d", worker), ""); err == nil {
							let++
						}
					}
				}
				for range guesses {
					if err := p.Limits.Begin(t.Context(), id, fmt.Sprint("account", worker), fmt.Sprintf("192.0.2.%d", worker), ""); err == nil {
						let++
					}
				}
				if let != guesses {
					t.Errorf("%s was let guess %d times", user, let)
				}
			})
		}
	}
	all.Wait()
}

// ASVS: v5.0.0-1.3.3.
func FuzzKeysOfTwoTenantsNeverMeet(f *testing.F) {
	f.Add("a", "pair", "x", "b", "x:y")
	f.Add("a", "b:pair", "x", "a", "x")
	f.Fuzz(func(t *testing.T, first, kind, part, second, other string) {
		one, two := tenanttest.ID(first), tenanttest.ID(second)
		if first == second || tenant.Check(one) != nil || tenant.Check(two) != nil {
			return
		}
		if auth.LimitKey(one, kind, part) == auth.LimitKey(two, kind, other) || auth.SessionKey(one, part) == auth.SessionKey(two, other) {
			t.Errorf("%q and %q meet", first, second)
		}
	})
}
