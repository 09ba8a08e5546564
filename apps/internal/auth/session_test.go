package auth_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/auth"
)

func (p *bundle) refresh(t testing.TB, token string) (auth.Grant, error) {
	t.Helper()
	return p.Refresh(t.Context(), a, token, browser, "203.0.113.7")
}

// ASVS: v5.0.0-7.2.2.
func TestARefreshTokenIsReplacedEachTimeAndTheSessionStays(t *testing.T) {
	t.Parallel()
	p := setup(t)
	g := p.enter(t, a)
	seen := map[string]bool{g.Refresh: true}
	for range 5 {
		next, err := p.refresh(t, g.Refresh)
		if err != nil || seen[next.Refresh] || next.Principal.Session != g.Principal.Session || !next.Principal.Since.Equal(g.Principal.Since) {
			t.Fatalf("got %+v, %v", next, err)
		}
		seen[next.Refresh], g = true, next
		p.clock.pass(time.Minute)
	}
}

// ASVS: v5.0.0-7.2.3 (256 random bits), v5.0.0-7.2.4 (a new one at each sign-in).
func TestRedisHoldsNoTokenThatCouldBeUsed(t *testing.T) {
	t.Parallel()
	p := setup(t)
	g := p.enter(t, a)
	next, err := p.refresh(t, g.Refresh)
	if err != nil {
		t.Fatal(err)
	}
	var held strings.Builder
	for _, key := range p.client.Keys(t.Context(), "*").Val() {
		dump, err := p.client.Do(t.Context(), "DUMP", key).Text()
		if err != nil {
			t.Fatal(err)
		}
		held.WriteString(key + dump)
		for _, value := range p.client.HGetAll(t.Context(), key).Val() {
			held.WriteString(value)
		}
	}
	for name, secret := range map[string]string{"refresh": g.Refresh[27:], "next refresh": next.Refresh[27:], "access": g.Access, "device": g.Device, "password": password, "account": ":ana"} {
		if len(secret) < 4 || strings.Contains(held.String(), secret) {
			t.Errorf("Redis holds the %s", name)
		}
	}
}

// ASVS: v5.0.0-16.3.3.
func TestAReplacedTokenThatComesBackEndsItsSession(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		client string
		after  time.Duration
		times  int
	}{
		"from another client at once":       {"curl", 0, 1},
		"from the same client, later":       {browser, 11 * time.Second, 1},
		"after its successor was used, too": {browser, 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := setup(t)
			first := p.enter(t, a)
			last := first
			for range row.times {
				next, err := p.refresh(t, last.Refresh)
				if err != nil {
					t.Fatal(err)
				}
				last = next
			}
			p.clock.pass(row.after)
			if _, err := p.Refresh(t.Context(), a, first.Refresh, row.client, ""); !errors.Is(err, auth.ErrReused) {
				t.Errorf("the thief gets %v", err)
			}
			if _, err := p.refresh(t, last.Refresh); !errors.Is(err, auth.ErrSession) {
				t.Errorf("the owner gets %v", err)
			}
			if live, err := p.Sessions.Live(t.Context(), a, first.Principal.Session); live || err != nil {
				t.Errorf("the session stands: %t, %v", live, err)
			}
			if !strings.Contains(p.trail.kinds(), "refresh_token_reused") {
				t.Errorf("the audit has %s", p.trail.kinds())
			}
		})
	}
}

// ASVS: v5.0.0-11.3.3.
func TestManyRefreshesOfOneClientAtOnceGetTheSameSuccessor(t *testing.T) {
	t.Parallel()
	p := setup(t)
	g := p.enter(t, a)
	for range 10 {
		answers := make([]auth.Grant, 12)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() {
				var err error
				if answers[i], err = p.refresh(t, g.Refresh); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, each := range answers {
			if each.Refresh == g.Refresh || each.Refresh != answers[0].Refresh {
				t.Fatalf("successors differ: %q and %q", each.Refresh, answers[0].Refresh)
			}
		}
		g = answers[0]
	}
	if strings.Contains(p.trail.kinds(), "reused") {
		t.Errorf("the audit has %s", p.trail.kinds())
	}
}

func TestOfTwoThievesAndAnOwnerAtOnceNoTwoKeepTheSession(t *testing.T) {
	t.Parallel()
	p := setup(t)
	g := p.enter(t, a)
	var mu sync.Mutex
	got := map[string]bool{}
	var all sync.WaitGroup
	for _, client := range []string{"owner", "thief", "another thief"} {
		all.Go(func() {
			next, err := p.Refresh(t.Context(), a, g.Refresh, client, "")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				got[next.Refresh] = true
			}
		})
	}
	all.Wait()
	if len(got) > 1 {
		t.Errorf("%d different successors were given", len(got))
	}
	if live, _ := p.Sessions.Live(t.Context(), a, g.Principal.Session); live {
		t.Error("the session stands")
	}
}

func TestAGuessAtATokenDoesNotEndTheSessionItNames(t *testing.T) {
	t.Parallel()
	p := setup(t)
	g := p.enter(t, a)
	guess := g.Refresh[:27] + strings.Repeat("A", 43)
	if _, err := p.refresh(t, guess); !errors.Is(err, auth.ErrSession) || errors.Is(err, auth.ErrReused) {
		t.Errorf("the guess gets %v", err)
	}
	if _, err := p.refresh(t, g.Refresh); err != nil {
		t.Errorf("the owner gets %v", err)
	}
}

// ASVS: v5.0.0-7.3.1 (idle), v5.0.0-7.3.2 (at most).
func TestASessionEndsWhenIdleAndInAnyCaseAfterAWeek(t *testing.T) {
	t.Parallel()
	p := setup(t)
	g := p.enter(t, a)
	key := auth.SessionKey(a, g.Principal.Session)
	if ttl := p.client.PTTL(t.Context(), key).Val(); ttl > auth.IdleLife || ttl < auth.IdleLife-time.Minute {
		t.Errorf("idle, it ends in %s", ttl)
	}
	p.clock.pass(auth.SessionLife - time.Hour)
	g, err := p.refresh(t, g.Refresh)
	if err != nil {
		t.Fatal(err)
	}
	if ttl := p.client.PTTL(t.Context(), key).Val(); ttl > time.Hour {
		t.Errorf("an hour before its end, it ends in %s", ttl)
	}
	p.clock.pass(time.Hour)
	if _, err := p.refresh(t, g.Refresh); !errors.Is(err, auth.ErrSession) {
		t.Errorf("after a week: %v", err)
	}
}

// ASVS: v5.0.0-7.5.2 and v5.0.0-7.4.3 (users see and end sessions),
// v5.0.0-7.4.1 (sign-out).
// ASVS: v5.0.0-8.2.2.
func TestAUserSeesAndEndsOwnSessionsAndNoOthers(t *testing.T) {
	t.Parallel()
	p := setup(t)
	first := p.enter(t, a)
	p.clock.pass(time.Minute)
	second := p.enter(t, a)
	list, err := p.Sessions.List(t.Context(), a, "u-ana")
	if err != nil || len(list) != 2 || list[0].ID != second.Principal.Session || list[1].Client != browser || list[1].Address != "203.0.113.7" {
		t.Fatalf("the list is %+v, %v", list, err)
	}
	if err := p.Sessions.Revoke(t.Context(), a, "u-bia", first.Principal.Session); !errors.Is(err, auth.ErrSession) {
		t.Errorf("another user ends it: %v", err)
	}
	if n, err := p.Sessions.RevokeAll(t.Context(), a, "u-ana", second.Principal.Session); n != 1 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	if _, err := p.refresh(t, first.Refresh); !errors.Is(err, auth.ErrSession) {
		t.Errorf("the ended session gives %v", err)
	}
	if err := p.SignOut(t.Context(), second.Principal, ""); err != nil {
		t.Fatal(err)
	}
	if list, err := p.Sessions.List(t.Context(), a, "u-ana"); len(list) != 0 || err != nil {
		t.Errorf("the list is %+v, %v", list, err)
	}
}

// ASVS: v5.0.0-7.1.2.
func TestTheOldestOfTooManySessionsEnds(t *testing.T) {
	t.Parallel()
	p := setup(t)
	var first string
	for i := range 22 {
		s, _, err := p.Sessions.Begin(t.Context(), a, "u-ana", browser, "")
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = s.ID
		}
		p.clock.pass(time.Second)
	}
	list, err := p.Sessions.List(t.Context(), a, "u-ana")
	if err != nil || len(list) != 20 {
		t.Errorf("%d sessions, %v", len(list), err)
	}
	if live, _ := p.Sessions.Live(t.Context(), a, first); live {
		t.Error("the first stands")
	}
}

// ASVS: v5.0.0-7.4.2 (a disabled user's sessions end).
func TestADisabledUserIsNotRefreshedAndHasTheRolesOfTheMoment(t *testing.T) {
	t.Parallel()
	p := setup(t)
	g := p.enter(t, a)
	p.people.change(a, "ana", func(u *auth.User) { u.Roles = []string{"reader"} })
	g, err := p.refresh(t, g.Refresh)
	if err != nil || len(g.Principal.Roles) != 1 || g.Principal.Roles[0] != "reader" {
		t.Fatalf("got %+v, %v", g.Principal, err)
	}
	p.people.change(a, "ana", func(u *auth.User) { u.Disabled = true })
	if _, err := p.refresh(t, g.Refresh); !errors.Is(err, auth.ErrSession) {
		t.Errorf("got %v", err)
	}
	if live, _ := p.Sessions.Live(t.Context(), a, g.Principal.Session); live {
		t.Error("the session stands")
	}
}

func FuzzATextIsARefreshTokenOnlyAsWeWriteIt(f *testing.F) {
	f.Add("")
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAAAA." + strings.Repeat("A", 43))
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAAA:." + strings.Repeat("A", 43))
	f.Fuzz(func(t *testing.T, token string) {
		session, secret, err := auth.ReadToken(token)
		if err != nil {
			if !errors.Is(err, auth.ErrSession) || len(token) > 20 && strings.Contains(err.Error(), token) {
				t.Errorf("%q: %v", token, err)
			}
			return
		}
		if auth.WriteToken(session, secret) != token || strings.ContainsAny(session, ":*/ \n") {
			t.Errorf("%q is read as %q", token, session)
		}
	})
}
