package auth_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/redistest"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenant"
	"github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

var (
	a = tenanttest.ID("a")
	b = tenanttest.ID("b")
)

const (
	password = "cavalo-bateria-grampo-correto"
	browser  = "Firefox"
)

// clock is a time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// people is the users of all tenants.
type people struct {
	mu    sync.Mutex
	users map[string]auth.User // by tenant and account
}

func (p *people) ByAccount(_ context.Context, id tenant.ID, account string) (auth.User, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, ok := p.users[id.String()+"/"+account]
	if !ok {
		return auth.User{}, auth.ErrCredentials
	}
	return u, nil
}

func (p *people) ByID(ctx context.Context, id tenant.ID, user string) (auth.User, error) {
	return p.ByAccount(ctx, id, strings.TrimPrefix(user, "u-"))
}

func (p *people) SetHash(_ context.Context, id tenant.ID, user, hash string) error {
	p.change(id, strings.TrimPrefix(user, "u-"), func(u *auth.User) { u.Hash = hash })
	return nil
}

func (p *people) change(id tenant.ID, account string, how func(*auth.User)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[id.String()+"/"+account]
	how(&u)
	p.users[id.String()+"/"+account] = u
}

// trail is an audit log.
type trail struct {
	mu     sync.Mutex
	events []auth.Event
	fails  error
}

func (l *trail) Record(_ context.Context, _ tenant.ID, e auth.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails != nil {
		return l.fails
	}
	l.events = append(l.events, e)
	return nil
}

func (l *trail) kinds() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []string
	for _, e := range l.events {
		all = append(all, string(e.Kind))
	}
	return strings.Join(all, " ")
}

type bundle struct {
	*auth.Service
	server *redistest.Server
	client *redis.Client
	clock  *clock
	people *people
	trail  *trail
	keys   *auth.Keys
	dir    string // of the keys
}

// privateKey writes a new key.
func privateKey(t testing.TB, dir, name string) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, name), "PRIVATE KEY", der)
	return key
}

func write(t testing.TB, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// hasher is shared: each test's own would compute a hash of its own.
var hasher = sync.OnceValue(func() *auth.Hasher {
	h, err := auth.NewHasher(2)
	if err != nil {
		panic(err)
	}
	return h
})

// hashed is the password's hash.
var hashed = sync.OnceValue(func() string {
	h, err := hasher().Hash(context.Background(), password)
	if err != nil {
		panic(err)
	}
	return h
})

// setup has the user ana in the tenants a and b.
func setup(t *testing.T) *bundle {
	t.Helper()
	server := redistest.Start(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr, MaxRetries: 1, DialTimeout: 300 * time.Millisecond, ReadTimeout: 5 * time.Second, DialerRetries: 1})
	t.Cleanup(func() { _ = client.Close() })
	dir := t.TempDir()
	privateKey(t, dir, "2026-01.pem")
	keys, err := auth.LoadKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{now: time.Now().Truncate(time.Millisecond)}
	tokens, err := auth.NewTokens(keys, "https://aviladevops.test", c.Now)
	if err != nil {
		t.Fatal(err)
	}
	p, l := &people{users: map[string]auth.User{}}, &trail{}
	for _, id := range []tenant.ID{a, b} {
		p.change(id, "ana", func(u *auth.User) { *u = auth.User{ID: "u-ana", Hash: hashed(), Roles: []string{"admin"}} })
	}
	return &bundle{
		Service: &auth.Service{
			Users: p, Audit: l, Hasher: hasher(), Tokens: tokens, Sessions: auth.NewSessions(client, c.Now), Limits: auth.NewLimits(client),
			Log: telemetry.NewLog(io.Discard, "test"), Now: c.Now,
		},
		server: server, client: client, clock: c, people: p, trail: l, keys: keys, dir: dir,
	}
}

// enter signs ana in.
func (p *bundle) enter(t testing.TB, id tenant.ID) auth.Grant {
	t.Helper()
	g, err := p.SignIn(context.Background(), id, auth.Attempt{Account: "ana", Password: password, Address: "203.0.113.7", Client: browser})
	if err != nil {
		t.Fatal(err)
	}
	return g
}
