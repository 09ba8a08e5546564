package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/avila-devops/saas/apps/internal/auth"
)

// canary is in every object of tenant a, and in none of b's.
const canary = "Canário de A"

// objects makes what routes are about.
type objects struct {
	s     *site
	h     house
	token string
	n     int
}

var kinds = map[string]string{
	"agendamentos": "appointments", "pacientes": "patients", "profissionais": "professionals", "servicos": "services",
	"interessados": "leads", "chamados": "tickets", "usuarios": "users", "perfis": "roles",
}

// key makes an object of a kind and returns its key.
func (o *objects) key(t testing.TB, kind string) string {
	t.Helper()
	o.n++
	name := fmt.Sprintf("%s %d", canary, o.n)
	if kind == "leads" {
		var key string
		err := o.s.db.Fresh().QueryRow(t.Context(), o.h.id, "select id::text from leads where name = $1", name).Scan(&key)
		if err == nil {
			return key
		}
		if _, err := o.s.db.Exec(t.Context(), o.h.id, "insert into leads (kind, name, email) values ('contact', $1, 'x@exemplo.com.br')", name); err != nil {
			t.Fatal(err)
		}
		o.n--
		return o.key(t, kind)
	}
	body := map[string]object{
		"patients": {"name": name}, "professionals": {"name": name}, "services": {"name": name, "minutes": 30, "price_cents": 1}, "tickets": {"subject": name},
		"roles": {"name": fmt.Sprintf("papel%d", o.n), "title": name, "permissions": []string{"patients.read"}},
		"users": {"name": name, "login": fmt.Sprintf("pessoa%d", o.n), "email": fmt.Sprintf("pessoa%d@exemplo.com.br", o.n), "role": "staff"},
	}[kind]
	if kind == "appointments" {
		body = object{"starts_at": "2026-12-01T12:00:00Z", "notes": name, "patient": o.key(t, "patients"), "professional": o.key(t, "professionals"), "service": o.key(t, "services")}
	}
	if body == nil {
		t.Fatalf("there is no object of the kind %q; make one here", kind)
	}
	key, _ := o.s.must(t, o.h, "POST", "/api/"+kind+"/", o.token, body, http.StatusCreated)["id"].(string)
	return key
}

var placeholder = regexp.MustCompile(`\{(id|key)\}`)

// bodies are what routes that change something are sent, by method and pattern:
// as JSON, or as a form where they are pages. KEY stands for the object's.
var bodies = map[string]any{
	"POST /api/auth/logout/{$}":           nil,
	"POST /api/auth/password/{$}":         object{"current": password, "new": "girafa-violeta-trilho-maior"},
	"DELETE /api/auth/sessions/{id}/{$}":  nil,
	"PUT /api/settings/{$}":               object{"name": "x", "colour": "#ff0000", "features": []string{}, "zone": "America/Manaus"},
	"POST /api/users/{id}/password/{$}":   nil,
	"DELETE /api/users/{id}/sessions/{$}": nil,
	"POST /admin/sair":                    url.Values{},
	"POST /admin/senha":                   url.Values{"current": {password}, "new": {"girafa-violeta-trilho-maior"}, "again": {"girafa-violeta-trilho-maior"}},
	"POST /admin/sessoes/encerrar":        url.Values{"sessao": {"KEY"}},
	"POST /admin/configuracoes":           url.Values{"name": {"x"}, "colour": {"#ff0000"}, "zone": {"America/Manaus"}},
	"POST /admin/usuarios/{key}/senha":    url.Values{},
	"POST /admin/usuarios/{key}/sessoes":  url.Values{},
}

// edits are a change of each kind.
var edits = map[string]struct {
	field, value string
	action       string
}{
	"patients": {"name", "de outro", "delete"}, "professionals": {"name", "de outro", "deactivate"}, "services": {"name", "de outro", "deactivate"}, "tickets": {"subject", "de outro", "resolve"},
	"leads": {"state", "lost", "lost"}, "appointments": {"notes", "de outro", "cancel"}, "users": {"name", "de outro", "disable"}, "roles": {"title", "de outro", "delete"},
}

// trial is one route with an object of tenant a.
type trial struct {
	path string
	body any
}

// prepare makes a route's trial, or says that it has none.
func (o *objects) prepare(t testing.TB, r auth.Route) (trial, bool) {
	t.Helper()
	path := strings.TrimSuffix(r.Pattern, "{$}")
	parts := strings.Split(path, "/")
	kind, key := parts[2], ""
	if page, ok := kinds[kind]; ok {
		kind = page
	}
	_, editable := edits[kind]
	switch {
	case strings.Contains(path, "sess") && parts[2] != "users" && parts[2] != "usuarios":
		if placeholder.MatchString(path) || r.Method == http.MethodPost {
			s := o.s.must(t, o.h, "GET", "/api/auth/sessions/", o.s.session(t, o.h), nil, http.StatusOK)["items"].([]any)
			key, _ = s[0].(object)["id"].(string)
		}
	case editable:
		key = o.key(t, kind)
	}
	out := trial{path: placeholder.ReplaceAllString(path, key)}
	if strings.HasSuffix(r.Pattern, "/search/{$}") || strings.HasSuffix(r.Pattern, "/busca") {
		out.path += "?q=Can%C3%A1rio" // as all of a's objects are called
	}
	if r.Method == http.MethodGet {
		return out, true
	}
	body, known := bodies[r.Method+" "+r.Pattern]
	if !known && editable {
		body, known = o.body(t, r, kind, key)
	}
	if form, ok := body.(url.Values); ok {
		copied := url.Values{}
		for name, all := range form {
			copied[name] = []string{strings.ReplaceAll(all[0], "KEY", key)}
		}
		body = copied
	}
	out.body = body
	return out, known
}

func (o *objects) body(t testing.TB, r auth.Route, kind, key string) (any, bool) {
	t.Helper()
	e := edits[kind]
	page := strings.HasPrefix(r.Pattern, "/admin/")
	if kind != "leads" {
		o.n++
		e.value += fmt.Sprint(o.n) // some may be there only once
	}
	switch {
	case r.Method == http.MethodDelete:
		return nil, true
	case strings.HasSuffix(r.Pattern, "/acoes"):
		return url.Values{"action": {e.action}, "key": {key}, "confirmed": {"1"}}, true
	case strings.HasSuffix(r.Pattern, "/actions/{$}"):
		return object{"action": e.action, "ids": []string{key}}, true
	case r.Method == http.MethodPatch:
		return object{"version": 1, e.field: e.value}, true
	case r.Method == http.MethodPost && page && placeholder.MatchString(r.Pattern):
		now := o.s.must(t, o.h, "GET", "/api/"+kind+"/"+key+"/", o.token, nil, http.StatusOK)
		form := url.Values{"version": {"1"}}
		for name, value := range now {
			if text, ok := value.(string); ok {
				form.Set(name, text)
			}
		}
		if kind == "appointments" {
			form.Set("starts_at", "2026-12-01T09:00")
			form.Set("ends_at", "2026-12-01T09:30")
		}
		if kind == "services" {
			form.Set("minutes", "30")
			form.Set("price_cents", "1,00")
		}
		form.Set(e.field, e.value)
		return form, true
	case r.Method == http.MethodPost: // a new one, which links to a's where it can
		if kind == "appointments" {
			links := object{"starts_at": "2026-12-05T12:00:00Z", "patient": o.key(t, "patients"), "professional": o.key(t, "professionals"), "service": o.key(t, "services")}
			if page {
				return url.Values{"starts_at": {"2026-12-05T12:00"}, "patient": {links["patient"].(string)}, "professional": {links["professional"].(string)}, "service": {links["service"].(string)}, "state": {"booked"}}, true
			}
			return links, true
		}
		o.n++
		name := fmt.Sprintf("n%d", o.n)
		fresh := object{"name": name}
		form := url.Values{"name": {name}}
		switch kind {
		case "services":
			fresh["minutes"], fresh["price_cents"] = 30, 100
			form.Set("minutes", "30")
			form.Set("price_cents", "1,00")
		case "tickets":
			fresh, form = object{"subject": name}, url.Values{"subject": {name}}
		case "roles":
			fresh["title"], fresh["permissions"] = name, []string{"patients.read"}
			form.Set("title", name)
		case "users":
			fresh["login"], fresh["email"], fresh["role"] = name, name+"@exemplo.com.br", "staff"
			form = url.Values{"name": {name}, "login": {name}, "email": {name + "@exemplo.com.br"}, "role": {"staff"}, "state": {"active"}}
		}
		if page {
			return form, true
		}
		return fresh, true
	}
	return nil, false
}

// send sends a trial to a tenant's host.
func (s *site) send(h house, method, token string, try trial) *httptest.ResponseRecorder {
	form, page := try.body.(url.Values)
	if !page {
		return s.ask(h, method, try.path, token, try.body)
	}
	r := httptest.NewRequest(method, "https://"+h.host+try.path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if try.path == "/admin/configuracoes" {
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		var text strings.Builder
		for name := range form {
			fmt.Fprintf(&text, "--x\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", name, form.Get(name))
		}
		r = httptest.NewRequest(method, "https://"+h.host+try.path, strings.NewReader(text.String()+"--x--\r\n"))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// all reads everything that a tenant has.
func (s *site) all(t testing.TB, h house) string {
	t.Helper()
	var out strings.Builder
	for _, table := range []string{"users", "roles", "patients", "professionals", "services", "appointments", "leads", "tickets", "settings", "audit", "files"} {
		var text string
		if err := s.db.Fresh().QueryRow(t.Context(), h.id, "select coalesce(string_agg(x::text, e'\\n' order by x::text), '') from "+table+" x").Scan(&text); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s\n%s\n", table, text)
	}
	keys, err := s.redis.Client().Keys(t.Context(), "t:"+h.id.String()+":session:*").Result()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&out, "%d sessions", len(keys))
	return out.String()
}

// turnedAway tells an answer that gives nothing: the API's refusal, or the way
// to the sign-in page.
func turnedAway(w *httptest.ResponseRecorder) bool {
	return w.Code == http.StatusUnauthorized || w.Code == http.StatusSeeOther && strings.HasPrefix(w.Header().Get("Location"), "/admin/entrar")
}

// ASVS: v5.0.0-8.2.1 and v5.0.0-8.2.2 (functions and data), v5.0.0-8.3.1,
// v5.0.0-8.4.1 (tenants).
// ASVS: v5.0.0-7.4.5.
func TestEveryRouteAsksForItsUserItsPermissionAndItsTenant(t *testing.T) {
	t.Parallel()
	s := start(t)
	o := &objects{s: s, h: s.a, token: s.session(t, s.a)}
	nobody := s.worker(t, s.a, "ninguem") // with no permission at all
	tried := 0
	for _, r := range s.Routes() {
		name := r.Method + " " + r.Pattern
		if r.Open != "" {
			continue // the next test's
		}
		o.token = s.session(t, s.a) // a route before may have ended the session
		try, known := o.prepare(t, r)
		if !known {
			t.Errorf("%s has no case; add its body", name)
			continue
		}
		tried++
		token, stranger := s.session(t, s.a), s.session(t, s.b)
		before := s.all(t, s.a)
		if w := s.send(s.a, r.Method, "", try); !turnedAway(w) {
			t.Errorf("%s answers nobody with %d", name, w.Code)
		}
		if w := s.send(s.a, r.Method, stranger, try); !turnedAway(w) {
			t.Errorf("%s answers another tenant's token with %d", name, w.Code)
		}
		w := s.send(s.b, r.Method, stranger, try)
		if strings.Contains(w.Body.String(), canary) {
			t.Errorf("%s shows another tenant %s", name, w.Body)
		}
		if placeholder.MatchString(r.Pattern) && w.Code != http.StatusNotFound && w.Code != http.StatusForbidden && !strings.HasSuffix(strings.TrimSuffix(try.path, "/"), "/history") {
			t.Errorf("%s answers another tenant about a's with %d", name, w.Code)
		}
		if after := s.all(t, s.a); after != before {
			t.Errorf("%s as another tenant changes\n%s\nto\n%s", name, before, after)
		}
		if !slices.Contains(own, name) {
			if w := s.send(s.a, r.Method, nobody, try); w.Code != http.StatusForbidden {
				t.Errorf("%s answers one without the permission with %d", name, w.Code)
			}
		}
		// And its own tenant reaches it, or all of this proves nothing.
		if w := s.send(s.a, r.Method, token, try); w.Code >= 400 || turnedAway(w) && r.Pattern != "/admin/sair" {
			t.Errorf("%s answers its own tenant with %d: %.300s", name, w.Code, w.Body)
		}
		if strings.HasSuffix(try.path, "/password/") || strings.HasSuffix(try.path, "/senha") {
			for _, h := range []house{s.a, s.b} { // the next route's body has the old one
				if _, err := s.db.Exec(t.Context(), h.id, "update users set password_hash = $1 where login like '%_admin'", hashed()); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if tried < 80 {
		t.Errorf("only %d routes were tried", tried)
	}
}

// own are the routes of each user on what is his own, or on what he may read
// anyway. No other route does without a permission.
var own = []string{
	"POST /api/auth/logout/{$}", "GET /api/auth/me/{$}", "POST /api/auth/password/{$}", "GET /api/auth/sessions/{$}", "DELETE /api/auth/sessions/{id}/{$}",
	"GET /api/search/{$}", "GET /api/openapi.json", "GET /admin/{$}", "POST /admin/sair", "GET /admin/senha", "POST /admin/senha", "GET /admin/sessoes/{$}",
	"POST /admin/sessoes/encerrar", "GET /admin/api", "GET /admin/busca",
}

// ASVS: v5.0.0-8.2.1 (what is open is few and known).
// ASVS: v5.0.0-6.3.4, v5.0.0-13.4.5.
func TestWhatIsOpenToAnybodyIsKnown(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.must(t, s.a, "PUT", "/api/settings/", s.session(t, s.a), object{"name": canary, "colour": "#123456", "features": []string{}, "zone": "America/Manaus"}, http.StatusOK)
	want := map[string]int{ // as b, with nothing to show
		"POST /api/auth/login/{$}": 401, "POST /api/auth/refresh/{$}": 401, "GET /.well-known/jwks.json": 200,
		"GET /admin": 308, "GET /admin/estatico/{name}": 404, "GET /admin/tema.css": 200, "GET /admin/logotipo": 404, "GET /admin/entrar": 200, "POST /admin/entrar": 401,
	}
	for _, r := range s.Routes() {
		code, known := want[r.Method+" "+r.Pattern]
		if known != (r.Open != "") {
			t.Errorf("%s %s is open because %q; the test knows of it: %t", r.Method, r.Pattern, r.Open, known)
			continue
		}
		if !known {
			continue
		}
		delete(want, r.Method+" "+r.Pattern)
		var body any
		if r.Method == http.MethodPost {
			body = object{}
		}
		w := s.ask(s.b, r.Method, strings.ReplaceAll(strings.TrimSuffix(r.Pattern, "{$}"), "{name}", "x"), "", body)
		if w.Code != code {
			t.Errorf("%s %s answers %d", r.Method, r.Pattern, w.Code)
		}
		if text := w.Body.String(); strings.Contains(text, canary) || strings.Contains(text, "#123456") {
			t.Errorf("%s %s shows a's: %s", r.Method, r.Pattern, text)
		}
	}
	if len(want) > 0 {
		t.Errorf("these are not routes: %v", want)
	}
	for _, path := range []string{"/", "/admin/", "/api/auth/login/", "/admin/entrar"} {
		if w := s.ask(house{host: "nenhum.aviladevops.com.br"}, "GET", path, "", nil); w.Code != http.StatusNotFound {
			t.Errorf("a host of nobody answers %s with %d", path, w.Code)
		}
	}
}
