package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/backing"
	"github.com/avila-devops/saas/apps/internal/files"
	"github.com/avila-devops/saas/apps/internal/payments"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/redistest"
	"github.com/avila-devops/saas/apps/internal/setting"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

const apexHost = "aviladevops.com.br"

// till is a payment provider that takes every message with the right header.
type till struct {
	away   bool
	orders []payments.Order
	event  payments.Event
}

func (*till) Name() string { return "till" }

func (p *till) Create(_ context.Context, o payments.Order) (payments.Checkout, error) {
	if p.away {
		return payments.Checkout{}, payments.ErrAway
	}
	p.orders = append(p.orders, o)
	return payments.Checkout{ID: "c", URL: "https://pay.example/" + o.Reference}, nil
}

func (p *till) Verify(h http.Header, _ []byte) (payments.Event, error) {
	if h.Get("Signature") != "right" {
		return payments.Event{}, payments.ErrForged
	}
	return p.event, nil
}

// town is a landing with tenants: the house, and two customers.
type town struct {
	*tenancytest.World
	t       *testing.T
	front   *front
	db      *tenancy.DB
	metrics *telemetry.Metrics
	redis   *redistest.Server
	till    *till
	house   tenancy.ID
	a, b    tenancy.ID
}

func newTown(t *testing.T) *town {
	t.Helper()
	c := &town{World: tenancytest.New(t, cluster), t: t, metrics: telemetry.NewMetrics(), redis: redistest.Start(t), till: &till{}}
	c.house, c.a, c.b = c.Tenant(t), c.Tenant(t), c.Tenant(t)
	env := c.environment()
	set, err := load(func(name string) (string, bool) { text, ok := env[name]; return text, ok })
	if err != nil {
		t.Fatal(err)
	}
	b, err := backing.Open(t.Context(), set.backing, c.metrics, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	if c.front, err = newFront(set, b, c.metrics, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	c.front.provider, c.db = c.till, b.DB
	return c
}

// environment is what the town's landing is given.
func (c *town) environment() map[string]string {
	c.t.Helper()
	password := filepath.Join(c.t.TempDir(), "password")
	if err := os.WriteFile(password, []byte(postgrestest.Password), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return map[string]string{
		"LANDING_MODE": "tenants", "LANDING_APEX": apexHost, "LANDING_TENANT": c.house.String(), "PAYMENTS": "none",
		"DATABASE_WRITE": fmt.Sprintf("127.0.0.1:%d", cluster.Port), "DATABASE_NAME": c.Database, "DATABASE_TLS": "off", "DATABASE_PASSWORD_FILE": password,
		"REDIS_ADDRESS": c.redis.Addr, "MEDIA_DIR": c.t.TempDir(), "MEDIA_URL": "https://localhost/arquivos/",
	}
}

func host(id tenancy.ID) string { return "cliente-" + id.String() + ".aviladevops.com.br" }

// furnish gives a tenant a brand and services that name it.
func (c *town) furnish(id tenancy.ID, tint string) {
	c.t.Helper()
	s := setting.NewStore(c.db)
	for name, value := range map[string]any{
		"brand.name": "Casa " + id.String(), "brand.tagline": "Canário de " + id.String(), "brand.colour": tint, "brand.points": []string{"Perto do metrô"}, "brand.features": []string{"clinica", "site"}, "brand.logo": "marca/logo.png",
	} {
		if err := s.Put(c.t.Context(), id, name, value); err != nil {
			c.t.Fatal(err)
		}
	}
	for _, name := range []string{"Avaliação", "Limpeza"} {
		if _, err := c.db.Exec(c.t.Context(), id, "insert into services (name, minutes, price_cents) values ($1, 30, 123450)", name+" "+id.String()); err != nil {
			c.t.Fatal(err)
		}
	}
	png := "\x89PNG\r\n\x1a\n of " + id.String()
	if _, err := c.front.backing.Files.Write(c.t.Context(), id, "marca/logo.png", files.Meta{Type: "image/png"}, strings.NewReader(png)); err != nil {
		c.t.Fatal(err)
	}
}

type answer struct {
	code   int
	header http.Header
	body   string
}

func (c *town) do(r *http.Request) answer {
	rec := httptest.NewRecorder()
	c.front.ServeHTTP(rec, r)
	body, _ := io.ReadAll(rec.Result().Body)
	return answer{rec.Code, rec.Header(), string(body)}
}

func (c *town) get(host, path string) answer {
	return c.do(httptest.NewRequest(http.MethodGet, "https://"+host+path, nil))
}

func (c *town) post(host, path, from string, form url.Values) answer {
	r := httptest.NewRequest(http.MethodPost, "https://"+host+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("X-Forwarded-For", from)
	return c.do(r)
}

func (c *town) count(id tenancy.ID, what string) (n int) {
	c.t.Helper()
	if err := c.db.QueryRow(c.t.Context(), id, "select count(*) from "+what).Scan(&n); err != nil {
		c.t.Fatal(err)
	}
	return n
}

func contact() url.Values {
	return url.Values{"name": {"Ana Souza"}, "email": {"ana@example.com"}, "message": {"Quero saber mais."}, "consent": {"sim"}}
}

func TestTheHostDecidesWhosePageIsShown(t *testing.T) {
	t.Parallel()
	c := newTown(t)
	c.furnish(c.a, "#8a1c4a")
	if got := c.get(apexHost, "/"); got.code != 200 || !strings.Contains(got.body, "A gestão da sua empresa") || !strings.Contains(got.body, "R$ 299,00") || !strings.Contains(got.body, `href="/contratar?plano=dedicated"`) {
		t.Errorf("the apex answers %d", got.code)
	}
	got := c.get(host(c.a), "/")
	for _, want := range []string{"<title>Casa " + c.a.String(), "Canário de " + c.a.String(), "Avaliação " + c.a.String(), "R$ 1.234,50", "Perto do metrô", `href="/marca.css"`,
		`<link rel="canonical" href="https://` + host(c.a) + `/">`, `property="og:title"`, `src="/logo"`} {
		if got.code != 200 || !strings.Contains(got.body, want) {
			t.Errorf("a's page answers %d without %s", got.code, want)
		}
	}
	if css := c.get(host(c.a), "/marca.css"); !strings.Contains(css.body, "--brand: #8a1c4a; --brand-ink: #ffffff") || css.header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("its colours are %s", css.body)
	}
	if logo := c.get(host(c.a), "/logo"); logo.code != 200 || logo.header.Get("Content-Type") != "image/png" || !strings.HasSuffix(logo.body, c.a.String()) {
		t.Errorf("its logo answers %d", logo.code)
	}
	if strings.Contains(got.body, "clinica") {
		t.Error("a's page shows the name of a feature")
	}
	c.furnish(c.b, "#123456")
	if err := setting.NewStore(c.db).Put(t.Context(), c.b, "brand.features", []string{"fiscal"}); err != nil {
		t.Fatal(err)
	}
	if got := c.get(host(c.b), "/"); got.code != 200 || strings.Contains(got.body, "Avaliação") || c.get(host(c.b), "/agendar").code != 404 {
		t.Errorf("a tenant without the clinic shows services: %d", got.code)
	}
	if bare := c.get(host(c.house), "/"); bare.code != 200 || strings.Contains(bare.body, "servicos-titulo") {
		t.Errorf("a tenant without a brand has %d", bare.code)
	}
	for from, want := range map[string]string{"www." + apexHost: "https://" + apexHost, "WWW." + apexHost + ":8443": "https://" + apexHost + ":8443"} {
		if got := c.get(from, "/contato?plano=pooled"); got.code != http.StatusPermanentRedirect || got.header.Get("Location") != want+"/contato?plano=pooled" {
			t.Errorf("%s answers %d, %s", from, got.code, got.header.Get("Location"))
		}
	}
	for _, stranger := range []string{"x.example", "www.x." + apexHost, "www." + apexHost + ":8443@x.example", "a@b", "10.0.0.1"} {
		if got := c.get(stranger, "/"); got.code != 404 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") {
			t.Errorf("%s answers %d", stranger, got.code)
		}
	}
	if err := c.Provisioner.Suspend(t.Context(), c.b.String()); err != nil {
		t.Fatal(err)
	}
	if err := c.front.backing.Directory.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := c.get(host(c.b), "/"); got.code != 404 || got.body != c.get("x.example", "/").body {
		t.Errorf("a suspended tenant's host answers %d", got.code)
	}
}

// ASVS: v5.0.0-8.4.1 (tenants).
func TestNoRouteShowsOrKeepsAnythingOfAnotherTenant(t *testing.T) {
	t.Parallel()
	c := newTown(t)
	c.furnish(c.a, "#8a1c4a")
	key := c.order(t)
	for _, path := range []string{"/", "/contato", "/agendar", "/agendar?servico=Avalia%C3%A7%C3%A3o+" + c.a.String(), "/contratar", "/contratar/" + key, "/obrigado", "/busca?q=" + c.a.String(), "/busca?q=canario",
		"/marca.css", "/logo", "/robots.txt", "/sitemap.xml", "/favicon.ico", "/nada"} {
		c.get(host(c.a), path) // it is in every cache
		got := c.get(host(c.b), path)
		if strings.Contains(got.body, "Casa "+c.a.String()) || strings.Contains(got.body, "Canário") || strings.Contains(got.body, "Avaliação") || strings.Contains(got.body, "#8a1c4a") || strings.Contains(got.body, host(c.a)) || strings.Contains(got.body, "pay.example") {
			t.Errorf("%s of b shows what is a's", path)
		}
	}
	if got := c.get(host(c.a), "/contratar/"+key); got.code != 404 {
		t.Errorf("an order of the house shows at a's host: %d", got.code)
	}
	appointment := contact()
	appointment.Set("about", "Avaliação "+c.a.String())
	appointment.Set("day", time.Now().AddDate(0, 0, 3).Format(time.DateOnly))
	appointment.Set("phone", "11 91234-5678")
	if got := c.post(host(c.b), "/agendar", "192.0.2.1", appointment); got.code != 404 {
		t.Errorf("b takes an appointment for a's service: %d", got.code)
	}
	if got := c.post(host(c.b), "/contato", "192.0.2.1", contact()); got.code != 303 {
		t.Errorf("b's form answers %d", got.code)
	}
	if got := c.post(host(c.a), "/agendar", "192.0.2.1", appointment); got.code != 303 {
		t.Errorf("a's form answers %d: %s", got.code, got.body)
	}
	if a, b, house := c.count(c.a, "leads"), c.count(c.b, "leads"), c.count(c.house, "leads"); a != 1 || b != 1 || house != 1 {
		t.Errorf("a has %d leads, b %d, the house %d", a, b, house)
	}
	for _, path := range []string{"/pagamentos/till", "/contratar"} {
		if got := c.post(host(c.a), path, "192.0.2.1", contact()); got.code != 404 {
			t.Errorf("%s of a tenant answers %d", path, got.code)
		}
	}
}

func TestAFormIsKeptWithItsConsentAndToldOf(t *testing.T) {
	t.Parallel()
	c := newTown(t)
	if got := c.post(apexHost, "/contato", "192.0.2.1", contact()); got.code != 303 || got.header.Get("Location") != "/obrigado" {
		t.Fatalf("answers %d: %s", got.code, got.body)
	}
	var name, message, agreed, key string
	if err := c.db.QueryRow(t.Context(), c.house, "select name, message, consent, id::text from leads where kind = 'contact' and consented_at is not null").Scan(&name, &message, &agreed, &key); err != nil || name != "Ana Souza" || message != "Quero saber mais." || agreed != consent {
		t.Errorf("kept are %q %q %q: %v", name, message, agreed, err)
	}
	if n := c.count(c.house, "prod.outbox where kind = 'lead_notice' and key = '"+key+"' and body->>'lead' = key"); n != 1 {
		t.Errorf("%d notices wait", n)
	}
}

// ASVS: v5.0.0-2.2.1.
func TestAFormThatIsWrongIsShownAgainWithAllThatIs(t *testing.T) {
	t.Parallel()
	c := newTown(t)
	got := c.post(apexHost, "/contato", "192.0.2.1", url.Values{"name": {"<b>"}, "email": {"ana@"}, "phone": {"123"}})
	for _, want := range []string{"Escreva um e-mail completo", "Escreva o telefone com DDD", "Preencha este campo.", "precisamos da sua concordância", `value="&lt;b&gt;"`, `role="alert"`, `aria-invalid="true"`} {
		if got.code != 422 || !strings.Contains(got.body, want) {
			t.Errorf("answers %d without %s", got.code, want)
		}
	}
	robot := contact()
	robot.Set(trap, "https://spam.example")
	if got := c.post(apexHost, "/contato", "192.0.2.1", robot); got.code != 303 {
		t.Errorf("the trap answers %d", got.code)
	}
	r := httptest.NewRequest(http.MethodPost, "https://"+apexHost+"/contato", strings.NewReader(contact().Encode()))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if got := c.do(r); got.code != 403 {
		t.Errorf("another site's form answers %d", got.code)
	}
	if n := c.count(c.house, "leads"); n != 0 {
		t.Errorf("%d leads were kept", n)
	}
}

// ASVS: v5.0.0-2.3.2, v5.0.0-2.4.1.
func TestWhoSendsTooMuchWaitsAndNobodyElse(t *testing.T) {
	t.Parallel()
	c := newTown(t)
	for range mostByAddress {
		if got := c.post(host(c.a), "/contato", "2001:db8::1", contact()); got.code != 303 {
			t.Fatalf("answers %d", got.code)
		}
	}
	if got := c.post(host(c.a), "/contato", "2001:db8::2", contact()); got.code != 429 || got.header.Get("Retry-After") == "" || !strings.Contains(got.body, "Quero saber mais.") {
		t.Errorf("the next of the same network answers %d", got.code)
	}
	for _, other := range []answer{c.post(host(c.a), "/contato", "192.0.2.1", contact()), c.post(host(c.b), "/contato", "2001:db8::1", contact())} {
		if other.code != 303 {
			t.Errorf("another answers %d", other.code)
		}
	}
	c.redis.Kill()
	if got := c.post(host(c.b), "/contato", "192.0.2.9", contact()); got.code != 503 || !strings.Contains(got.body, "Quero saber mais.") {
		t.Errorf("without Redis a form answers %d", got.code)
	}
	if got := c.get(host(c.b), "/"); got.code != 200 {
		t.Errorf("without Redis a page answers %d", got.code)
	}
	if n := c.count(c.b, "leads"); n != 1 {
		t.Errorf("b has %d leads", n)
	}
}

// order signs up at the apex and returns the order's id.
func (c *town) order(t *testing.T) string {
	t.Helper()
	form := contact()
	form.Set("company", "Clínica da Ana")
	form.Set("phone", "(11) 91234-5678")
	form.Set("plan", "pooled")
	form.Set("method", "pix")
	got := c.post(apexHost, "/contratar", "198.51.100.7", form)
	key, ok := strings.CutPrefix(got.header.Get("Location"), "/contratar/")
	if got.code != 303 || !ok {
		t.Fatalf("the sign-up answers %d: %s", got.code, got.body)
	}
	return key
}

func (c *town) pay(signature string, e payments.Event) int {
	c.till.event = e
	r := httptest.NewRequest(http.MethodPost, "https://"+apexHost+"/pagamentos/till", strings.NewReader("{}"))
	r.Header.Set("Signature", signature)
	return c.do(r).code
}

// ASVS: v5.0.0-2.3.1.
func TestAPaymentMakesASubscriptionActiveOnce(t *testing.T) {
	t.Parallel()
	c := newTown(t)
	c.till.away = true
	key := c.order(t)
	if got := c.get(apexHost, "/contratar/"+key); got.code != 503 {
		t.Errorf("with the provider away the order answers %d", got.code)
	}
	c.till.away = false
	got := c.get(apexHost, "/contratar/"+key)
	if got.code != 200 || !strings.Contains(got.body, `href="https://pay.example/`+key+`"`) || strings.Contains(got.body, "ana@example.com") || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the order answers %d: %s", got.code, got.body)
	}
	c.get(apexHost, "/contratar/"+key)
	if len(c.till.orders) != 1 || c.till.orders[0].Cents != 29900 || c.till.orders[0].Method != payments.Pix || c.till.orders[0].SuccessURL != "https://"+apexHost+"/contratar/"+key {
		t.Errorf("ordered were %+v", c.till.orders)
	}
	paid := payments.Event{ID: "e1", Reference: key, Paid: true, Cents: 29900, Currency: "brl"}
	less, dollars, unpaid, again := paid, paid, paid, paid
	less.ID, less.Cents = "e2", 1
	dollars.ID, dollars.Currency = "e3", "usd"
	unpaid.ID, unpaid.Paid = "e4", false
	again.ID = "e5"
	for _, row := range []struct {
		name, signature string
		event           payments.Event
		code            int
		active          int
	}{
		{"forged", "wrong", paid, 400, 0}, {"too little", "right", less, 503, 0}, {"in dollars", "right", dollars, 503, 0}, {"not paid yet", "right", unpaid, 204, 0},
		{"paid", "right", paid, 204, 1}, {"the same again", "right", paid, 204, 1}, {"a further message", "right", again, 204, 1},
	} {
		if code := c.pay(row.signature, row.event); code != row.code {
			t.Errorf("%s answers %d", row.name, code)
		}
		if n := c.count(c.house, "subscriptions where state = 'active'"); n != row.active {
			t.Errorf("after %s %d are active", row.name, n)
		}
	}
	if got := c.get(apexHost, "/contratar/"+key); !strings.Contains(got.body, "Pagamento confirmado") {
		t.Error("the order does not say that it is paid")
	}
	c.get(apexHost, "/")
	c.get(host(c.a), "/")
	c.front.keep(t.Context())
	c.front.tell(t.Context(), "me")
	rec := httptest.NewRecorder()
	c.metrics.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{`purchases{tenant="` + c.house.String() + `"} 1`, `visits{tenant="` + c.house.String() + `"} 1`, `visits{tenant="` + c.a.String() + `"} 1`, `subscription_revenue{tenant="` + c.house.String() + `"} 299`} {
		if !strings.Contains(rec.Body.String(), want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if n := c.count(c.house, "figures where kind = 'purchase' and value = 1"); n != 1 {
		t.Error("the figures lack the purchase")
	}
	if n := c.count(c.a, "figures where kind = 'visit' and value = 1"); n != 1 {
		t.Error("a's figures lack the visit")
	}
	c.front.tell(t.Context(), "another process")
	rec = httptest.NewRecorder()
	c.metrics.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if strings.Contains(rec.Body.String(), "subscription_revenue{") {
		t.Error("two processes tell the revenue, so a sum counts it twice")
	}
}

func TestAPageIsFoundLightAndKept(t *testing.T) {
	t.Parallel()
	c := newTown(t)
	c.furnish(c.a, "#f2e24b")
	home := c.get(host(c.a), "/")
	size := len(home.body) + len(c.get(host(c.a), "/marca.css").body)
	css, _, _ := strings.Cut(home.body[strings.Index(home.body, "/estatico/landing."):], `"`)
	if size += len(c.get(host(c.a), css).body); size > 50<<10 {
		t.Errorf("a page has %d bytes", size)
	}
	for _, path := range []string{"/", "/contato", "/agendar"} {
		if page := c.get(host(c.a), path).body; strings.Contains(page, "<script") || strings.Contains(page, "<style") || strings.Contains(page, " style=") {
			t.Errorf("%s has what the policy stops", path)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "https://"+host(c.a)+"/", nil)
	r.Header.Set("If-None-Match", home.header.Get("ETag"))
	if got := c.do(r); got.code != 304 {
		t.Errorf("a page that is known answers %d", got.code)
	}
	if got := c.get(host(c.a), "/busca?q=avaliacao"); got.code != 200 || !strings.Contains(got.body, "Avaliação "+c.a.String()) {
		t.Errorf("the search answers %d: %s", got.code, got.body)
	}
	if _, err := c.db.Exec(t.Context(), c.a, "update services set active = false where name like 'Avalia%'"); err != nil {
		t.Fatal(err)
	}
	if err := c.front.backing.Cache.Invalidate(t.Context(), c.a, "services"); err != nil {
		t.Fatal(err)
	}
	if got := c.get(host(c.a), "/busca?q=avaliacao"); strings.Contains(got.body, "Avaliação") || !strings.Contains(got.body, "Nada encontrado") {
		t.Errorf("a service that is no longer offered is found")
	}
	if got := c.get(host(c.a), "/sitemap.xml"); !strings.Contains(got.body, "<loc>https://"+host(c.a)+"/agendar</loc>") {
		t.Errorf("the sitemap is %s", got.body)
	}
	if got := c.get(apexHost, "/robots.txt"); !strings.Contains(got.body, "Sitemap: https://"+apexHost+"/sitemap.xml") {
		t.Errorf("robots.txt is %s", got.body)
	}
}

func TestTheApexsPageStandsWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	c := newTown(t)
	c.furnish(c.a, "#8a1c4a")
	if err := c.front.backing.Close(); err != nil { // as if nothing answered: no connection is to be had
		t.Fatal(err)
	}
	if got := c.get(apexHost, "/"); got.code != 200 {
		t.Errorf("the apex answers %d", got.code)
	}
	if got := c.get(host(c.a), "/"); got.code != 503 || !strings.Contains(got.body, "Indisponível agora") {
		t.Errorf("a tenant's page answers %d", got.code)
	}
}

func TestTheEnvironmentOfALandingWithTenantsIsJudgedWhole(t *testing.T) {
	t.Parallel()
	lookup := func(env map[string]string) error {
		_, err := load(func(name string) (string, bool) { text, ok := env[name]; return text, ok })
		return err
	}
	err := lookup(map[string]string{"LANDING_MODE": "tenants", "LANDING_APEX": "Avila:80", "LANDING_TENANT": "A B"})
	for _, want := range []string{"LANDING_APEX", "LANDING_TENANT", "PAYMENTS", "DATABASE_WRITE", "REDIS_ADDRESS", "MEDIA_BUCKET"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %s", err, want)
		}
	}
	if err := lookup(map[string]string{"DATABASE_WRITE": "x:1"}); err == nil || !strings.Contains(err.Error(), "is of no use to a static landing; set LANDING_MODE to tenants") {
		t.Errorf("a database without the mode gives %v", err)
	}
	if err := lookup(map[string]string{"LANDING_MODE": "both"}); err == nil {
		t.Error("another mode is taken")
	}
	if err := lookup(nil); err != nil {
		t.Errorf("as it is deployed today: %v", err)
	}
}

func TestALandingWithTenantsServesThemAsAProcess(t *testing.T) {
	t.Parallel()
	c := newTown(t)
	c.furnish(c.a, "#8a1c4a")
	var env []string
	for name, value := range c.environment() {
		env = append(env, name+"="+value)
	}
	p := start(t, append(env, "DRAIN=0s")...)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+p.public+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host(c.a)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if _ = res.Body.Close(); err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(body), "Casa "+c.a.String()) {
		t.Errorf("a's page answers %d: %v", res.StatusCode, err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	log := p.drainLog()
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the process ends with %v: %s", err, &p.errors)
	}
	if n := c.count(c.a, "figures where kind = 'visit' and value = 1"); n != 1 {
		t.Errorf("the visit is not kept: %v", log)
	}
}
