package mtls_test

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/certtest"
)

func TestANewCertificateAndAuthorityUnderLoadDropNothing(t *testing.T) {
	t.Parallel()
	older := certtest.New(t, "first")
	server, serverPlace := identity(t, older, certtest.Leaf{DNS: []string{admin}})
	caller, callerPlace := identity(t, older, certtest.Leaf{URI: clinic})
	url := serve(t, server, clinic)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var following sync.WaitGroup
	following.Go(func() { server.Follow(ctx, 5*time.Millisecond) })
	following.Go(func() { caller.Follow(ctx, 5*time.Millisecond) })

	answered := make([]atomic.Int64, 6) // by worker
	var load sync.WaitGroup
	done := make(chan struct{})
	for worker := range answered {
		c := client(t, caller, admin)
		c.Transport.(*http.Transport).DisableKeepAlives = worker%2 == 0 // half of them shake hands each time
		load.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if body, err := get(c, url); body != "hello" || err != nil {
					t.Errorf("got %q, %v", body, err)
					return
				}
				answered[worker].Add(1)
			}
		})
	}
	rounds := 0
	for range 4 {
		newer := certtest.New(t, "next")
		both := append(older.PEM[:len(older.PEM):len(older.PEM)], newer.PEM...)
		// As an authority is replaced: first both are believed, then the new one
		// signs, then the old one is dropped.
		for _, step := range []struct {
			signs *certtest.Authority
			ca    []byte
		}{{older, both}, {newer, both}, {newer, newer.PEM}} {
			for _, side := range []struct {
				place place
				leaf  certtest.Leaf
			}{{serverPlace, certtest.Leaf{DNS: []string{admin}}}, {callerPlace, certtest.Leaf{URI: clinic}}} {
				cert, key := step.signs.Issue(side.leaf)
				side.place.put(cert, key, step.ca)
			}
			for _, i := range []interface{ Refresh() (bool, error) }{server, caller} { // both have it before the next step
				if _, err := i.Refresh(); err != nil {
					t.Fatal(err)
				}
			}
			// Authorities are replaced with days between the steps: no handshake
			// spans two of them, so each worker ends what it had begun.
			for worker := range answered {
				for goal := answered[worker].Load() + 3; answered[worker].Load() < goal && !t.Failed(); time.Sleep(time.Millisecond) {
				}
			}
			rounds++
		}
		older = newer
	}
	close(done)
	load.Wait()
	stop()
	following.Wait()
	for worker := range answered {
		if n := answered[worker].Load(); n < 36 || rounds != 12 {
			t.Errorf("worker %d was answered %d times in %d steps", worker, n, rounds)
		}
	}
}

// ASVS: v5.0.0-12.3.4.
func TestAWithdrawnAuthorityIsRefusedFromTheNextConnectionOn(t *testing.T) {
	t.Parallel()
	older, newer := certtest.New(t, "first"), certtest.New(t, "next")
	server, p := identity(t, older, certtest.Leaf{DNS: []string{admin}})
	caller, _ := identity(t, older, certtest.Leaf{URI: clinic}, newer)
	url := serve(t, server, clinic)
	if _, err := get(client(t, caller, admin), url); err != nil {
		t.Fatal(err)
	}
	cert, key := newer.Issue(certtest.Leaf{DNS: []string{admin}})
	p.put(cert, key, newer.PEM)
	if changed, err := server.Refresh(); !changed || err != nil {
		t.Fatal(changed, err)
	}
	if body, err := get(client(t, caller, admin), url); err == nil {
		t.Errorf("the caller of the withdrawn authority gets %q", body)
	}
}

func TestFilesThatAreHalfReplacedChangeNothing(t *testing.T) {
	t.Parallel()
	ca := certtest.New(t, "ours")
	server, p := identity(t, ca, certtest.Leaf{DNS: []string{admin}})
	caller, _ := identity(t, ca, certtest.Leaf{URI: clinic})
	cert, _ := ca.Issue(certtest.Leaf{DNS: []string{admin}})
	_, otherKey := ca.Issue(certtest.Leaf{DNS: []string{admin}})
	p.put(cert, otherKey, ca.PEM)
	if changed, err := server.Refresh(); changed || err == nil {
		t.Errorf("changed %t, %v", changed, err)
	}
	if _, err := get(client(t, caller, admin), serve(t, server, clinic)); err != nil {
		t.Errorf("the last identity no longer serves: %v", err)
	}
}
