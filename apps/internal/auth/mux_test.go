package auth_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenant"
	"github.com/avila-devops/saas/apps/internal/web"
)

// site is a service with a route of each kind, at the hosts a.test and b.test.
func site(t testing.TB, p *bundle) (*auth.Mux, http.Handler) {
	t.Helper()
	refuse := func(w http.ResponseWriter, _ *http.Request, code int) { w.WriteHeader(code) }
	routes := web.NewMux(telemetry.NewMetrics(), p.Log, refuse)
	m := auth.NewMux(routes, &auth.Guard{
		Tokens: p.Tokens, Sessions: p.Sessions, Audit: p.trail, Log: p.Log, Refuse: refuse,
		Tenant: func(r *http.Request) (tenant.ID, bool) {
			id, ok := map[string]tenant.ID{"a.test": a, "b.test": b}[r.Host]
			return id, ok
		},
	})
	who := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p, ok := auth.From(r.Context()); ok {
			w.Header().Set("X-User", p.Tenant.String()+"/"+p.User)
		}
	})
	m.Handle(http.MethodGet, "/any", auth.AnyUser(), who)
	m.Handle(http.MethodPost, "/any", auth.AnyUser(), who)
	m.Handle(http.MethodGet, "/admin", auth.Role("admin", "owner"), who)
	m.Handle(http.MethodGet, "/other", auth.Role("finance"), who)
	m.Handle(http.MethodGet, "/nobody", auth.Need{}, who)
	m.Open(http.MethodGet, "/open", "the sign-in page", who)
	m.Open(http.MethodPost, "/open", "the sign-in itself", who)
	return m, routes
}

func ask(h http.Handler, method, url string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, url, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Result()
}

// ASVS: v5.0.0-8.2.1 (functions), v5.0.0-8.3.1 (at the service),
// v5.0.0-8.4.1 (tenants), v5.0.0-7.2.1.
// ASVS: v5.0.0-14.2.2, v5.0.0-14.3.2, v5.0.0-15.3.7, v5.0.0-16.3.2.
func TestARouteAsksForAUserOfTheHostsTenantWhoMayUseIt(t *testing.T) {
	t.Parallel()
	p := setup(t)
	_, h := site(t, p)
	token := "Bearer " + p.enter(t, a).Access
	for name, row := range map[string]struct {
		url     string
		headers []string
		want    int
	}{
		"nobody":                    {"http://a.test/any", nil, 401},
		"a user":                    {"http://a.test/any", []string{"Authorization", token}, 200},
		"a user by cookie":          {"http://a.test/any", []string{"Cookie", "__Host-access=" + token[7:]}, 200},
		"a user with the role":      {"http://a.test/admin", []string{"Authorization", token}, 200},
		"a user without the role":   {"http://a.test/other", []string{"Authorization", token}, 403},
		"a need that says nothing":  {"http://a.test/nobody", []string{"Authorization", token}, 403},
		"another tenant's user":     {"http://b.test/any", []string{"Authorization", token}, 401},
		"another tenant's cookie":   {"http://b.test/admin", []string{"Cookie", "__Host-access=" + token[7:]}, 401},
		"an unknown host":           {"http://c.test/any", []string{"Authorization", token}, 404},
		"two tokens":                {"http://a.test/any", []string{"Authorization", token, "Authorization", token}, 401},
		"two cookies":               {"http://a.test/any", []string{"Cookie", "__Host-access=x; __Host-access=" + token[7:]}, 401},
		"another scheme":            {"http://a.test/any", []string{"Authorization", "Basic " + token[7:]}, 401},
		"a bad header, good cookie": {"http://a.test/any", []string{"Authorization", "Bearer x", "Cookie", "__Host-access=" + token[7:]}, 401},
		"anybody where it is open":  {"http://a.test/open", nil, 200},
	} {
		res := ask(h, http.MethodGet, row.url, row.headers...)
		if res.StatusCode != row.want {
			t.Errorf("%s gets %d, want %d", name, res.StatusCode, row.want)
		}
		if user := res.Header.Get("X-User"); row.want == 200 && !strings.Contains(name, "open") && user != "a/u-ana" || row.want != 200 && user != "" {
			t.Errorf("%s is %q", name, user)
		}
		if open := strings.Contains(row.url, "/open"); !open && res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept: %q", name, res.Header.Get("Cache-Control"))
		}
		if row.want == 401 && res.Header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s is not told how to sign in", name)
		}
	}
	if refused := strings.Count(p.trail.kinds(), "permission_denied"); refused != 2 {
		t.Errorf("the audit has %d refusals: %s", refused, p.trail.kinds())
	}
}

// ASVS: v5.0.0-3.5.1 (requests forged from other sites).
// ASVS: v5.0.0-3.5.3.
// ASVS: v5.0.0-16.3.3.
func TestAnotherSitesPageChangesNothing(t *testing.T) {
	t.Parallel()
	p := setup(t)
	var log bytes.Buffer
	p.Log = telemetry.NewLog(&log, "test")
	_, h := site(t, p)
	cookie := "__Host-access=" + p.enter(t, a).Access
	for name, row := range map[string]struct {
		headers []string
		want    int
	}{
		"the host's own page":   {[]string{"Sec-Fetch-Site", "same-origin"}, 200},
		"another tenant's page": {[]string{"Sec-Fetch-Site", "same-site"}, 403},
		"another site's page":   {[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		"an old browser's":      {[]string{"Origin", "https://b.test"}, 403},
		"no browser":            {nil, 200},
	} {
		for _, path := range []string{"/any", "/open"} {
			if res := ask(h, http.MethodPost, "http://a.test"+path, append(row.headers, "Cookie", cookie)...); res.StatusCode != row.want {
				t.Errorf("%s at %s gets %d, want %d", name, path, res.StatusCode, row.want)
			}
		}
	}
	if n := strings.Count(log.String(), `page sent is refused","service":"test","tenant":"a","endpoint":"POST /`); n != 6 {
		t.Errorf("%d refusals are in the log: %s", n, log.String())
	}
}

// ASVS: v5.0.0-7.4.1.
func TestAnEndedSessionsTokenIsRefusedWithinSeconds(t *testing.T) {
	t.Parallel()
	p := setup(t)
	_, h := site(t, p)
	g := p.enter(t, a)
	if err := p.SignOut(t.Context(), g.Principal, ""); err != nil {
		t.Fatal(err)
	}
	if res := ask(h, http.MethodGet, "http://a.test/any", "Authorization", "Bearer "+g.Access); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("after sign-out: %d", res.StatusCode)
	}
	g = p.enter(t, a)
	seen := func() int {
		return ask(h, http.MethodGet, "http://a.test/any", "Authorization", "Bearer "+g.Access).StatusCode
	}
	if code := seen(); code != 200 {
		t.Fatalf("signed in: %d", code)
	}
	if err := p.SignOut(t.Context(), g.Principal, ""); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(4 * time.Second); seen() != 401; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a session that was seen alive outlives its end by 4s")
		}
	}
}

// ASVS: v5.0.0-16.5.3.
func TestWhileRedisIsAwayOnlyWhoWasSeenALittleBeforeIsBelieved(t *testing.T) {
	t.Parallel()
	p := setup(t)
	_, h := site(t, p)
	seen, unseen := p.enter(t, a), p.enter(t, a)
	code := func(g auth.Grant) int {
		return ask(h, http.MethodGet, "http://a.test/any", "Authorization", "Bearer "+g.Access).StatusCode
	}
	if got := code(seen); got != 200 {
		t.Fatal(got)
	}
	p.server.Kill()
	if got := code(unseen); got != 503 {
		t.Errorf("who was not seen gets %d", got)
	}
	if got := code(seen); got != 200 {
		t.Errorf("who was seen gets %d", got)
	}
	p.server.Restart()
	if got := code(unseen); got != 200 {
		t.Errorf("with Redis back: %d", got)
	}
}

// ASVS: v5.0.0-8.1.1.
func TestEveryRouteIsKnownAndThoseThatAreOpenSayWhy(t *testing.T) {
	t.Parallel()
	p := setup(t)
	m, _ := site(t, p)
	open := 0
	for _, r := range m.Routes() {
		if r.Open != "" {
			open++
		}
	}
	if len(m.Routes()) != 7 || open != 2 {
		t.Errorf("the routes are %+v", m.Routes())
	}
	defer func() {
		if text, _ := recover().(string); !strings.Contains(text, "open to anybody without a reason") {
			t.Errorf("got %q", text)
		}
	}()
	m.Open(http.MethodGet, "/why", " ", http.NotFoundHandler())
}

func TestNobodyIsInAContextThatNoRouteMade(t *testing.T) {
	t.Parallel()
	if p, ok := auth.From(context.Background()); ok {
		t.Errorf("it is %+v", p)
	}
}

// ASVS: v5.0.0-3.3.1, v5.0.0-3.3.2, v5.0.0-3.3.3, v5.0.0-3.3.4 (cookies).
// ASVS: v5.0.0-14.3.3.
func TestCookiesAreForThisHostOverTLSAndNoScript(t *testing.T) {
	t.Parallel()
	rec := httptest.NewRecorder()
	auth.SetCookies(rec, auth.Grant{Access: "x", Refresh: "y", Device: "z"})
	auth.ClearCookies(rec)
	all := rec.Result().Cookies()
	if len(all) != 5 {
		t.Fatalf("%d cookies", len(all))
	}
	for _, c := range all {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge == 0 {
			t.Errorf("%s", c)
		}
	}
	if all[3].MaxAge >= 0 || all[4].MaxAge >= 0 {
		t.Error("the cookies are not cleared")
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, c := range all[:3] {
		r.AddCookie(c)
	}
	if auth.RefreshCookie(r) != "y" || auth.DeviceCookie(r) != "z" {
		t.Error("they are not read as they were set")
	}
}
