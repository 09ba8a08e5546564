package auth_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/auth"
)

// TestNobodyIsLetInWhileRedisIsKilledUnderLoad has visitors whose sessions
// stand, have ended, or are of another tenant, and one who guesses, while Redis
// is killed and comes back.
func TestNobodyIsLetInWhileRedisIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	p := setup(t)
	standing, ended := p.enter(t, a), p.enter(t, a)
	if err := p.SignOut(t.Context(), ended.Principal, ""); err != nil {
		t.Fatal(err)
	}
	var in, away, guesses, refusals atomic.Int64
	stopped := make(chan struct{})
	var load sync.WaitGroup
	visit := func(host, token string, may ...int) {
		load.Go(func() {
			for {
				select {
				case <-stopped:
					return
				default:
				}
				// Each visit is to a process of its own, which has seen nobody.
				_, h := site(t, p)
				code := ask(h, http.MethodGet, "http://"+host+"/any", "Authorization", "Bearer "+token).StatusCode
				switch code {
				case http.StatusOK:
					in.Add(1)
				case http.StatusServiceUnavailable:
					away.Add(1)
				}
				allowed := false
				for _, m := range may {
					allowed = allowed || code == m
				}
				if !allowed {
					t.Errorf("at %s: %d, not one of %v", host, code, may)
					return
				}
			}
		})
	}
	visit("a.test", standing.Access, http.StatusOK, http.StatusServiceUnavailable)
	visit("a.test", ended.Access, http.StatusUnauthorized, http.StatusServiceUnavailable)
	visit("b.test", standing.Access, http.StatusUnauthorized)
	visit("a.test", standing.Access+"x", http.StatusUnauthorized)
	load.Go(func() {
		for {
			select {
			case <-stopped:
				return
			default:
			}
			err := p.Limits.Begin(context.Background(), a, "maria", "192.0.2.1", "")
			var limit auth.LimitError
			switch {
			case err == nil:
				guesses.Add(1)
			case errors.As(err, &limit), errors.Is(err, auth.ErrAway):
				refusals.Add(1)
			default:
				t.Errorf("a guess has an error of no kind: %v", err)
			}
		}
	})
	more := func(what string, of *atomic.Int64) {
		t.Helper()
		for goal, deadline := of.Load()+30, time.Now().Add(60*time.Second); of.Load() < goal; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Errorf("%s: in 60s not 30 more", what)
				return
			}
		}
	}
	more("let in before", &in)
	for range 2 {
		p.server.Kill()
		more("away", &away)
		p.server.Restart()
		more("let in after", &in)
	}
	more("refused a guess", &refusals)
	close(stopped)
	load.Wait()
	if n := guesses.Load(); n > 5 {
		t.Errorf("one address was let guess %d times at an account", n)
	}
}
