package server_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// browser keeps cookies as browsers do, and follows no redirect.
type browser struct {
	s       *site
	h       house
	cookies map[string]string
}

func (b *browser) send(r *http.Request) *httptest.ResponseRecorder {
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	r.Header.Set("X-Forwarded-For", "203.0.113.7")
	w := httptest.NewRecorder()
	b.s.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return w
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	return b.send(httptest.NewRequest(http.MethodGet, "https://"+b.h.host+path, nil))
}

func (b *browser) post(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "https://"+b.h.host+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(r)
}

func open(t *testing.T) *browser {
	t.Helper()
	s := start(t)
	b := &browser{s: s, h: s.a, cookies: map[string]string{}}
	if w := b.post("/admin/entrar", url.Values{"conta": {"chefe@exemplo.com.br"}, "senha": {password}, "depois": {"/admin/pacientes/"}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/admin/pacientes/" {
		t.Fatalf("the sign-in answers %d, %s", w.Code, w.Header().Get("Location"))
	}
	return b
}

func holds(t *testing.T, w *httptest.ResponseRecorder, code int, all ...string) {
	t.Helper()
	for _, want := range all {
		if w.Code != code || !strings.Contains(w.Body.String(), want) {
			t.Errorf("the answer is %d, and lacks %q:\n%s", w.Code, want, w.Body)
		}
	}
}

func TestARecordIsMadeFoundChangedAndItsHistoryShown(t *testing.T) {
	t.Parallel()
	b := open(t)
	holds(t, b.post("/admin/servicos/novo", url.Values{"name": {""}, "minutes": {"x"}, "price_cents": {"12,345"}}), http.StatusUnprocessableEntity,
		"Há 3 pontos a corrigir", `value="12,345"`, "não é um número inteiro", `aria-invalid="true"`)
	w := b.post("/admin/servicos/novo", url.Values{"name": {"Consulta <b>"}, "minutes": {"30"}, "price_cents": {"1.250,5"}, "active": {"true"}})
	at := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("it answers %d: %s", w.Code, w.Body)
	}
	holds(t, b.get(at), http.StatusOK, "Registro criado.", "Consulta &lt;b&gt;", `value="1.250,50"`)
	if w := b.get(at); strings.Contains(w.Body.String(), "Registro criado.") {
		t.Error("the notice is shown twice")
	}
	holds(t, b.get("/admin/servicos/?q=consulta"), http.StatusOK, "R$\u00a01.250,50", "Sim")
	change := url.Values{"version": {"1"}, "name": {"Retorno"}, "minutes": {"20"}, "price_cents": {"80,00"}, "active": {"true"}}
	if w := b.post(at, change); w.Code != http.StatusSeeOther {
		t.Fatalf("it answers %d: %s", w.Code, w.Body)
	}
	change.Set("name", "Outro") // seen as version 1, which it is no more
	holds(t, b.post(at, change), http.StatusConflict, "Outra pessoa alterou este registro", `value="Outro"`, "agora está: Retorno", `name="version" value="2"`)
	holds(t, b.get(at+"/historico"), http.StatusOK, "Criou", "Nome, Duração em minutos, Preço", "Chefe")
	key := at[strings.LastIndex(at, "/")+1:]
	holds(t, b.post("/admin/servicos/acoes", url.Values{"key": {key}, "action": {"delete"}}), http.StatusOK, "Não há como desfazer", "Retorno")
	if w := b.post("/admin/servicos/acoes", url.Values{"key": {key}, "action": {"delete"}, "confirmed": {"1"}}); w.Code != http.StatusSeeOther {
		t.Errorf("it answers %d", w.Code)
	}
	holds(t, b.get("/admin/servicos/"), http.StatusOK, "Ação feita em 1 registro(s).", "Ainda não há nada aqui.")
	holds(t, b.get(at), http.StatusNotFound, "Não encontrado")
}

// ASVS: v5.0.0-7.2.1, v5.0.0-7.4.1.
func TestAQuarterOfAnHourEndsNoForm(t *testing.T) {
	t.Parallel()
	b := open(t)
	delete(b.cookies, "__Host-access") // as browsers do when it has ended
	if w := b.post("/admin/chamados/novo", url.Values{"subject": {"Impressora"}}); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/admin/chamados/") {
		t.Errorf("it answers %d, %s", w.Code, w.Header().Get("Location"))
	}
	if b.cookies["__Host-access"] == "" {
		t.Error("there is no new token")
	}
	old := b.cookies["__Host-refresh"]
	if w := b.post("/admin/sair", nil); w.Code != http.StatusSeeOther || b.cookies["__Host-refresh"] != "" {
		t.Errorf("signing out answers %d and leaves %v", w.Code, b.cookies)
	}
	b.cookies["__Host-refresh"] = old
	if w := b.get("/admin/chamados/"); w.Header().Get("Location") != "/admin/entrar?depois=%2Fadmin%2Fchamados%2F" {
		t.Errorf("a token of before leads to %d, %s", w.Code, w.Header().Get("Location"))
	}
}

// ASVS: v5.0.0-3.5.1 (requests of other sites), v5.0.0-3.7.2 (redirects).
func TestAnotherSiteMovesNothingAndLeadsNowhere(t *testing.T) {
	t.Parallel()
	b := open(t)
	r := httptest.NewRequest(http.MethodPost, "https://"+b.h.host+"/admin/chamados/novo", strings.NewReader("subject=x"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	holds(t, b.send(r), http.StatusForbidden, "Sem permissão")
	for _, away := range []string{"https://mau.exemplo/", "//mau.exemplo/", "/admin//mau.exemplo", `/admin/\mau.exemplo`, "/clinica"} {
		if w := b.post("/admin/entrar", url.Values{"conta": {"chefe@exemplo.com.br"}, "senha": {password}, "depois": {away}}); w.Header().Get("Location") != "/admin/" {
			t.Errorf("%s leads to %s", away, w.Header().Get("Location"))
		}
	}
}

// ASVS: v5.0.0-3.4.3 (policy), v5.0.0-3.3.1 (cookies).
func TestPagesHaveNoScriptNoInlineStyleAndNoLooseCookie(t *testing.T) {
	t.Parallel()
	b := open(t)
	for _, path := range []string{"/admin/", "/admin/pacientes/", "/admin/agendamentos/novo", "/admin/perfis/staff", "/admin/usuarios/", "/admin/auditoria/", "/admin/configuracoes", "/admin/sessoes/", "/admin/senha", "/admin/api"} {
		w := b.get(path)
		text := w.Body.String()
		if w.Code != http.StatusOK || strings.Contains(text, "style=") || strings.Contains(text, "<script") || strings.Contains(text, "ZgotmplZ") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s answers %d, %s, with what the policy refuses", path, w.Code, w.Header().Get("Cache-Control"))
		}
	}
	w := b.post("/admin/chamados/novo", url.Values{"subject": {"x"}})
	for _, c := range w.Result().Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite == http.SameSiteNoneMode {
			t.Errorf("the cookie %s is loose", c)
		}
	}
}

// upload is the settings' form with a file as its logo.
func upload(h house, name, kind string, content []byte) *http.Request {
	var body bytes.Buffer
	for field, value := range map[string]string{"name": "Boa Vista", "colour": "#7a2e8e", "zone": "America/Manaus", "features": "clinica"} {
		fmt.Fprintf(&body, "--x\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", field, value)
	}
	fmt.Fprintf(&body, "--x\r\nContent-Disposition: form-data; name=\"logo\"; filename=%q\r\nContent-Type: %s\r\n\r\n%s\r\n--x--\r\n", name, kind, content)
	r := httptest.NewRequest(http.MethodPost, "https://"+h.host+"/admin/configuracoes", &body)
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	return r
}

// ASVS: v5.0.0-5.2.1 (size), v5.0.0-5.2.2 (content).
func TestALogoIsAnImageAndTheTenantsOwn(t *testing.T) {
	t.Parallel()
	b := open(t)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	holds(t, b.send(upload(b.h, "x.png", "image/png", []byte("<svg onload=alert(1)>"))), http.StatusUnprocessableEntity, "o conteúdo não é o de um arquivo .png")
	holds(t, b.send(upload(b.h, "x.pdf", "application/pdf", []byte("%PDF-1.4"))), http.StatusUnprocessableEntity, "deve ser uma imagem PNG")
	if w := b.send(upload(b.h, "x.png", "image/png", make([]byte, 2<<20))); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("2 MiB answer %d", w.Code)
	}
	if w := b.send(upload(b.h, "marca.png", "image/png", picture.Bytes())); w.Code != http.StatusSeeOther {
		t.Fatalf("it answers %d: %s", w.Code, w.Body)
	}
	w := b.get("/admin/logotipo")
	if !bytes.Equal(w.Body.Bytes(), picture.Bytes()) || w.Header().Get("Content-Type") != "image/png" {
		t.Errorf("the logo is %d bytes of %s", w.Body.Len(), w.Header().Get("Content-Type"))
	}
	holds(t, b.get("/admin/configuracoes"), http.StatusOK, "Alterações salvas.", `src="/admin/logotipo?v=`, "Boa Vista")
	other := &browser{s: b.s, h: b.s.b, cookies: map[string]string{}}
	if w := other.get("/admin/logotipo"); w.Code != http.StatusNotFound {
		t.Errorf("the other tenant's logo answers %d", w.Code)
	}
	if first, second := b.get("/admin/tema.css").Body.String(), other.get("/admin/tema.css").Body.String(); first == second || !strings.Contains(first, "--brand:#7a2e8e") {
		t.Errorf("the themes are %s and %s", first, second)
	}
}

func TestAFormOfAnAppointmentIsInTheTenantsZone(t *testing.T) {
	t.Parallel()
	b := open(t)
	o := &objects{s: b.s, h: b.h, token: b.s.session(t, b.h)}
	patient := o.key(t, "patients")
	holds(t, b.get("/admin/pacientes/"+patient), http.StatusOK, "/admin/agendamentos/novo?patient="+patient)
	holds(t, b.get("/admin/agendamentos/novo?patient="+patient), http.StatusOK, `value="`+patient+`" selected`)
	w := b.post("/admin/agendamentos/novo", url.Values{"starts_at": {"2026-12-01T23:30"}, "patient": {patient}, "professional": {o.key(t, "professionals")}, "service": {o.key(t, "services")}, "state": {"booked"}})
	at := w.Header().Get("Location")
	got := b.s.must(t, b.h, "GET", strings.Replace(at, "/admin/agendamentos/", "/api/appointments/", 1)+"/", o.token, nil, http.StatusOK)
	if got["starts_at"] != "2026-12-02T02:30:00Z" {
		t.Errorf("it starts at %v", got["starts_at"])
	}
	holds(t, b.get(at), http.StatusOK, `value="2026-12-01T23:30"`, `value="2026-12-02T00:00"`)
	holds(t, b.get("/admin/agendamentos/?starts_at_from=2026-12-01&starts_at_to=2026-12-01"), http.StatusOK, "01/12/2026 23:30")
	holds(t, b.get("/admin/agendamentos/?starts_at_from=2026-12-02"), http.StatusOK, "Nada foi encontrado")
	if _, err := time.Parse(time.RFC3339, fmt.Sprint(got["ends_at"])); err != nil {
		t.Error(err)
	}
}

func TestWhatIsFoundIsWhatTheUserMayRead(t *testing.T) {
	t.Parallel()
	b := open(t)
	token := b.s.session(t, b.h)
	b.s.must(t, b.h, "POST", "/api/patients/", token, object{"name": "Conceição Prado"}, http.StatusCreated)
	b.s.must(t, b.h, "POST", "/api/tickets/", token, object{"subject": "Prado não imprime"}, http.StatusCreated)
	holds(t, b.get("/admin/busca?q=prado"), http.StatusOK, "Conceição Prado", "Prado não imprime", "Paciente", "Chamado")
	reader := b.s.worker(t, b.h, "leitora", "tickets.read")
	if got := b.s.must(t, b.h, "GET", "/api/search/?q=prado", reader, nil, http.StatusOK); got["total"] != 1.0 {
		t.Errorf("one who may read tickets finds %v", got)
	}
	nobody := b.s.worker(t, b.h, "ninguem")
	if got := b.s.must(t, b.h, "GET", "/api/search/?q=prado", nobody, nil, http.StatusOK); got["total"] != 0.0 {
		t.Errorf("one who may read nothing finds %v", got)
	}
}

func TestFiguresAreCountedOnceAMinuteAndOfEachTenantByItself(t *testing.T) {
	t.Parallel()
	b := open(t)
	token, other := b.s.session(t, b.h), b.s.session(t, b.s.b)
	patients := func(h house, token string) any {
		return b.s.must(t, h, "GET", "/api/figures/", token, nil, http.StatusOK)["patients"]
	}
	b.s.must(t, b.h, "POST", "/api/patients/", token, object{"name": "Maria"}, http.StatusCreated)
	if first, theirs := patients(b.h, token), patients(b.s.b, other); first != 1.0 || theirs != 0.0 {
		t.Errorf("the one has %v, the other %v", first, theirs)
	}
	b.s.must(t, b.h, "POST", "/api/patients/", token, object{"name": "Rita"}, http.StatusCreated)
	if again := patients(b.h, token); again != 1.0 {
		t.Errorf("counted again: %v", again)
	}
	b.s.redis.Client().FlushAll(t.Context())
	if again := patients(b.h, b.s.session(t, b.h)); again != 2.0 {
		t.Errorf("what the cache has forgotten is %v", again)
	}
}
