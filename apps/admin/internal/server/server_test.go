package server_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/admin/internal/finding"
	"github.com/avila-devops/saas/apps/admin/internal/server"
	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/cache"
	"github.com/avila-devops/saas/apps/internal/files"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/provisioner"
	"github.com/avila-devops/saas/apps/internal/redistest"
	"github.com/avila-devops/saas/apps/internal/search"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

const password = "cavalo-bateria-grampo-correto"

// hasher is shared: each test's own would compute a hash of its own.
var hasher = sync.OnceValue(func() *auth.Hasher {
	h, err := auth.NewHasher(2)
	if err != nil {
		panic(err)
	}
	return h
})

var hashed = sync.OnceValue(func() string {
	h, err := hasher().Hash(context.Background(), password)
	if err != nil {
		panic(err)
	}
	return h
})

// site is a running Admin with two tenants, each with its first user as
// tenantctl makes it.
type site struct {
	*server.Server
	world *tenancytest.World
	db    *tenancy.DB
	redis *redistest.Server
	parts server.Parts
	a, b  house
}

// house is a tenant.
type house struct {
	id   tenancy.ID
	host string
}

func start(t testing.TB) *site {
	t.Helper()
	w := tenancytest.New(t, cluster)
	s := &site{world: w, db: w.DB(t), redis: redistest.Start(t)}
	dir := t.TempDir()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "1.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	keys, err := auth.LoadKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	bucket, err := files.OpenDir(t.TempDir(), "https://localhost/arquivos/")
	if err != nil {
		t.Fatal(err)
	}
	store, err := files.New(bucket, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	documents := search.NewPostgres(s.db)
	index, err := finding.New(documents, nil)
	if err != nil {
		t.Fatal(err)
	}
	log := telemetry.NewLog(io.Discard, "admin")
	kept, err := cache.New(s.redis.Client(), s.redis.Client(), telemetry.NewMetrics().Registry(), log)
	if err != nil {
		t.Fatal(err)
	}
	s.parts = server.Parts{
		DB: s.db, Directory: w.Directory, Redis: s.redis.Client(), Cache: kept, Files: store, Search: documents, Index: index, Keys: keys, Issuer: "https://aviladevops.test",
		Hasher: hasher(), Metrics: telemetry.NewMetrics(), Log: log, Process: "test",
	}
	s.Server = s.process(t)
	s.a, s.b = s.house(t), s.house(t)
	return s
}

// process starts a process of the service, of which there may be several.
func (s *site) process(t testing.TB) *server.Server {
	t.Helper()
	parts := s.parts
	parts.Metrics = telemetry.NewMetrics()
	p, err := server.New(parts)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (s *site) house(t testing.TB) house {
	t.Helper()
	name := cluster.Tenant()
	h := house{host: "cliente-" + name + ".aviladevops.com.br"}
	if _, err := s.world.Provisioner.Provision(t.Context(), provisioner.Order{Name: name, Host: h.host, Admin: &provisioner.Admin{Name: "Chefe", Email: "chefe@exemplo.com.br", PasswordHash: hashed()}}); err != nil {
		t.Fatal(err)
	}
	h.id = s.world.Find(t, name)
	return h
}

// ask sends a request to a tenant's host, with a token unless that is empty.
func (s *site) ask(h house, method, path, token string, body any) *httptest.ResponseRecorder {
	var in io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			panic(err)
		}
		in = bytes.NewReader(text)
	}
	r := httptest.NewRequest(method, "https://"+h.host+path, in)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Forwarded-For", "203.0.113.7")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// must asks, wants a code, and reads the answer.
func (s *site) must(t testing.TB, h house, method, path, token string, body any, code int) map[string]any {
	t.Helper()
	w := s.ask(h, method, path, token, body)
	if w.Code != code {
		t.Fatalf("%s %s answers %d, not %d: %s", method, path, w.Code, code, w.Body)
	}
	var out map[string]any
	if w.Body.Len() > 0 && strings.Contains(w.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

type object = map[string]any

// enter signs in by the API.
func (s *site) enter(t testing.TB, h house, account, secret string) string {
	t.Helper()
	token, _ := s.must(t, h, "POST", "/api/auth/login/", "", object{"account": account, "password": secret}, http.StatusOK)["access"].(string)
	return token
}

func (s *site) boss(t testing.TB, h house) string {
	return s.enter(t, h, "chefe@exemplo.com.br", password)
}

// session begins a session of a tenant's first user, without a sign-in's cost.
func (s *site) session(t testing.TB, h house) string {
	t.Helper()
	var user string
	if err := s.db.QueryRow(t.Context(), h.id, "select id::text from users where login like '%_admin'").Scan(&user); err != nil {
		t.Fatal(err)
	}
	session, _, err := auth.NewSessions(s.parts.Redis, time.Now).Begin(t.Context(), h.id, user, "test", "")
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := auth.NewTokens(s.parts.Keys, s.parts.Issuer, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	token, err := tokens.Issue(auth.Principal{Tenant: h.id, User: user, Session: session.ID, Roles: []string{"*"}, Since: session.Began})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// worker makes a user of a role, with a password of his own, and signs him in.
func (s *site) worker(t testing.TB, h house, name string, permissions ...string) string {
	t.Helper()
	token := s.boss(t, h)
	s.must(t, h, "POST", "/api/roles/", token, object{"name": name, "title": name, "permissions": permissions}, http.StatusCreated)
	s.must(t, h, "POST", "/api/users/", token, object{"name": name, "login": name, "email": name + "@exemplo.com.br", "role": name}, http.StatusCreated)
	if _, err := s.db.Exec(t.Context(), h.id, "update users set password_hash = $1 where email = $2", hashed(), name+"@exemplo.com.br"); err != nil {
		t.Fatal(err)
	}
	return s.enter(t, h, name, password)
}
