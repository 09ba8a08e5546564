package auth_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/auth"
)

func try(account, password, address, device string) auth.Attempt {
	return auth.Attempt{Account: account, Password: password, Address: address, Client: browser, Device: device}
}

func isLimit(err error) bool {
	var limit auth.LimitError
	return errors.As(err, &limit)
}

// ASVS: v5.0.0-6.3.8 (no user can be deduced).
// ASVS: v5.0.0-16.3.1.
func TestEveryFailedSignInIsTheSameErrorAfterTheSameWork(t *testing.T) {
	t.Parallel()
	p := setup(t)
	var err error
	if p.Hasher, err = auth.NewHasher(1); err != nil { // its own, so that its work can be counted
		t.Fatal(err)
	}
	p.people.change(a, "off", func(u *auth.User) { *u = auth.User{ID: "u-off", Hash: hashed(), Disabled: true} })
	for name, attempt := range map[string]auth.Attempt{
		"unknown account": try("nobody", password, "", ""), "unknown, with no password": try("nobody", "", "", ""), "wrong password": try("ana", "wrong", "", ""),
		"disabled user": try("off", password, "", ""), "a password longer than any": try("ana", strings.Repeat("x", 5000), "", ""),
	} {
		before := p.Hasher.Computed()
		_, err := p.SignIn(t.Context(), a, attempt)
		if err == nil || err.Error() != auth.ErrCredentials.Error() {
			t.Errorf("%s: %v", name, err)
		}
		if n := p.Hasher.Computed() - before; n != 1 {
			t.Errorf("%s: %d hashes were computed", name, n)
		}
		if !strings.HasSuffix(p.trail.kinds(), "sign_in_failed") {
			t.Errorf("%s: the audit has %s", name, p.trail.kinds())
		}
	}
}

// ASVS: v5.0.0-6.3.1 (guessing).
// ASVS: v5.0.0-16.3.3.
func TestGuessingAtAnAccountFromOneAddressEnds(t *testing.T) {
	t.Parallel()
	for _, account := range []string{"ana", "nobody"} {
		p := setup(t)
		for range 5 {
			if _, err := p.SignIn(t.Context(), a, try(account, "wrong", "198.51.100.1", "")); !errors.Is(err, auth.ErrCredentials) {
				t.Fatalf("%s: %v", account, err)
			}
		}
		for _, same := range []string{account, " " + strings.ToUpper(account)} { // limits know an account however it is written
			_, err := p.SignIn(t.Context(), a, try(same, password, "198.51.100.1", ""))
			if !isLimit(err) || !strings.Contains(err.Error(), "too many attempts; the next is possible in 1") {
				t.Errorf("%q: %v", same, err)
			}
		}
		if !strings.HasSuffix(p.trail.kinds(), "sign_in_limited") {
			t.Errorf("the audit has %s", p.trail.kinds())
		}
	}
}

// ASVS: v5.0.0-2.4.1, v5.0.0-6.3.1.
func TestManyGuessesAtOnceAreNoWayAroundALimit(t *testing.T) {
	t.Parallel()
	p := setup(t)
	var mu sync.Mutex
	var judged int
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			if _, err := p.SignIn(t.Context(), a, try("ana", "wrong", "198.51.100.1", "")); errors.Is(err, auth.ErrCredentials) {
				mu.Lock()
				defer mu.Unlock()
				judged++
			}
		})
	}
	all.Wait()
	if judged != 5 {
		t.Errorf("%d guesses were judged", judged)
	}
}

// ASVS: v5.0.0-6.3.1.
func TestOneAddressGuessesAtFewAccounts(t *testing.T) {
	t.Parallel()
	p := setup(t)
	for i := range 50 {
		if err := p.begin(t, fmt.Sprint("x", i), fmt.Sprintf("2001:db8:0:1::%x", i+1), ""); err != nil {
			t.Fatalf("guess %d: %v", i, err)
		}
	}
	if err := p.begin(t, "y", "2001:db8:0:1:ffff::1", ""); !isLimit(err) {
		t.Errorf("the same /64: %v", err)
	}
	if err := p.begin(t, "y", "2001:db8:0:2::1", ""); err != nil {
		t.Errorf("another /64: %v", err)
	}
}

// begin counts an attempt whose password is never judged.
func (p *bundle) begin(t testing.TB, account, address, device string) error {
	t.Helper()
	return p.Limits.Begin(t.Context(), a, account, address, device)
}

// ASVS: v5.0.0-6.1.1 (no malicious lockout).
func TestWhoeverGuessesFromEverywhereDoesNotLockTheOwnerOut(t *testing.T) {
	t.Parallel()
	p := setup(t)
	owner := p.enter(t, a)
	guesses := 0
	for i := range 200 {
		if err := p.begin(t, "ana", fmt.Sprintf("198.51.%d.%d", i/100, i%100), "stolen-or-made-up"); err == nil {
			guesses++
		}
	}
	if guesses != 50 {
		t.Errorf("%d guesses were let through", guesses)
	}
	if _, err := p.SignIn(t.Context(), a, try("ana", password, "192.0.2.200", "")); !isLimit(err) {
		t.Errorf("an unknown device at an unknown place: %v", err)
	}
	for name, attempt := range map[string]auth.Attempt{
		"the owner's device, somewhere else":        try("ana", password, "192.0.2.200", owner.Device),
		"a new device where the owner has been":     try("ana", password, "203.0.113.7", ""),
		"the owner's device at a guesser's address": try("ana", password, "198.51.0.1", owner.Device),
	} {
		if g, err := p.SignIn(t.Context(), a, attempt); err != nil || g.Device == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range 10 { // a stolen device guesses no more than this
		_ = p.begin(t, "ana", "192.0.2.1", owner.Device)
	}
	if err := p.begin(t, "ana", "192.0.2.1", owner.Device); !isLimit(err) {
		t.Errorf("a known device that guesses: %v", err)
	}
}

func TestASignInForgetsTheFailuresBeforeIt(t *testing.T) {
	t.Parallel()
	p := setup(t)
	for range 3 {
		for range 4 {
			_ = p.begin(t, "ana", "198.51.100.1", "")
		}
		if _, err := p.SignIn(t.Context(), a, try("ana", password, "198.51.100.1", "")); err != nil {
			t.Fatal(err)
		}
	}
}

// ASVS: v5.0.0-6.3.1.
func TestEveryLimitEndsByItself(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.enter(t, a)
	_ = p.begin(t, "ana", "198.51.100.1", "")
	keys := p.client.Keys(t.Context(), "t:a:limit-*").Val()
	if len(keys) < 5 {
		t.Errorf("the keys are %v", keys)
	}
	for _, key := range keys {
		if ttl := p.client.TTL(t.Context(), key).Val(); ttl <= 0 {
			t.Errorf("%s ends in %s", key, ttl)
		}
	}
}

// ASVS: v5.0.0-16.3.1, v5.0.0-16.5.3.
func TestASignInThatLeavesNoTraceIsNone(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.trail.fails = errors.New("disk full")
	if g, err := p.SignIn(t.Context(), a, try("ana", password, "", "")); !errors.Is(err, auth.ErrAway) || g.Access != "" {
		t.Errorf("got %+v, %v", g, err)
	}
	if list, err := p.Sessions.List(t.Context(), a, "u-ana"); len(list) != 0 || err != nil {
		t.Errorf("the sessions are %v, %v", list, err)
	}
}

// ASVS: v5.0.0-11.2.2.
func TestAStaleHashIsRenewedAtSignIn(t *testing.T) {
	t.Parallel()
	p := setup(t)
	old := "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$" + weakKey(password)
	p.people.change(a, "ana", func(u *auth.User) { u.Hash = old })
	p.enter(t, a)
	u, _ := p.people.ByAccount(t.Context(), a, "ana")
	if !strings.HasPrefix(u.Hash, "$argon2id$v=19$m=47104,") {
		t.Errorf("the hash is %q", u.Hash)
	}
	p.enter(t, a)
}

// ASVS: v5.0.0-16.5.3.
func TestWithoutRedisASignInSaysThatItIsNotPossible(t *testing.T) {
	t.Parallel()
	p := setup(t)
	g := p.enter(t, a)
	p.server.Kill()
	began := time.Now()
	_, signIn := p.SignIn(t.Context(), a, try("ana", password, "", ""))
	_, refresh := p.refresh(t, g.Refresh)
	_, list := p.Sessions.List(t.Context(), a, "u-ana")
	for name, err := range map[string]error{"sign-in": signIn, "refresh": refresh, "list": list, "sign-out": p.SignOut(t.Context(), g.Principal, "")} {
		if !errors.Is(err, auth.ErrAway) || errors.Is(err, auth.ErrCredentials) || errors.Is(err, auth.ErrSession) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("that took %s", took)
	}
	p.server.Restart()
	if _, err := p.refresh(t, g.Refresh); err != nil {
		t.Errorf("the session is lost with Redis' restart: %v", err)
	}
}
