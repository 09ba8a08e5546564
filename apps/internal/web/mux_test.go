package web_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/web"
)

// counted is a Meter that remembers.
type counted struct{ expected, observed []string }

func (c *counted) Expect(method, endpoint string) {
	c.expected = append(c.expected, method+" "+endpoint)
}
func (c *counted) Observe(method, endpoint string, code int, _ time.Duration) {
	c.observed = append(c.observed, fmt.Sprintf("%s %s %d", method, endpoint, code))
}

// bundle is a Mux with one route of each behaviour.
type bundle struct {
	*web.Mux
	meter counted
	log   bytes.Buffer
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{}
	b.Mux = web.NewMux(&b.meter, telemetry.NewLog(&b.log, "test"), func(w http.ResponseWriter, _ *http.Request, code int) {
		w.WriteHeader(code)
		fmt.Fprintf(w, "page %d", code)
	})
	b.Handle(http.MethodGet, "/{$}", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "home") }))
	b.Handle(http.MethodGet, "/patients/{id}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.PathValue("id")) }))
	b.Handle(http.MethodPost, "/form", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var tooLarge *http.MaxBytesError
		if _, err := io.ReadAll(r.Body); errors.As(err, &tooLarge) {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	}))
	b.Handle(http.MethodGet, "/panic", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=300")
		panic("cpf 123.456.789-00")
	}))
	b.Handle(http.MethodGet, "/broken", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "half")
		_ = http.NewResponseController(w).Flush()
		panic("broken")
	}))
	return b
}

func (b *bundle) ask(method, target string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, body)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	b.ServeHTTP(rec, r)
	return rec
}

func TestEachRequestIsCountedUnderItsRoute(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		method, target, counted string
	}{
		{"GET", "/", "GET / 200"},
		{"HEAD", "/", "HEAD / 200"},
		{"GET", "/patients/maria?token=secret", "GET /patients/{id} 200"},
		{"GET", "/no/such/page", "GET unmatched 404"},
		{"GET", "//patients/x", "GET /patients/{id} 307"},
		{"POST", "/", "POST / 405"},
		{"BREW", "/nowhere", "BREW unmatched 404"},
		{"GET", "/panic", "GET /panic 500"},
	} {
		t.Run(row.method+" "+row.target, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.ask(row.method, row.target, nil)
			if len(b.meter.observed) != 1 || b.meter.observed[0] != row.counted {
				t.Errorf("counted %q, want %q", b.meter.observed, row.counted)
			}
		})
	}
}

func TestEveryRouteIsAnnouncedBeforeItsFirstRequest(t *testing.T) {
	t.Parallel()
	got := strings.Join(setup(t).meter.expected, ", ")
	if want := "GET /, HEAD /, GET /patients/{id}, HEAD /patients/{id}, POST /form, GET /panic, HEAD /panic, GET /broken, HEAD /broken"; got != want {
		t.Errorf("announced %s\nwant      %s", got, want)
	}
}

// ASVS: v5.0.0-16.3.4, v5.0.0-16.5.1.
func TestAPanicIsAnsweredWithTheProblemPageAndNothingElse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	rec := b.ask(http.MethodGet, "/panic", nil)
	if rec.Code != http.StatusInternalServerError || rec.Body.String() != "page 500" {
		t.Errorf("answer is %d %q", rec.Code, rec.Body)
	}
	if got := rec.Header().Get("Cache-Control"); got != "" {
		t.Errorf("the failed page may be kept: Cache-Control is %q", got)
	}
	if rec.Header().Get("Content-Security-Policy") == "" || rec.Header().Get("X-Request-Id") == "" {
		t.Errorf("the answer lost its headers: %v", rec.Header())
	}
	if strings.Contains(b.log.String(), "123.456") || !strings.Contains(b.log.String(), "mux_test.go") {
		t.Errorf("the log shows the panic's text, or not where it was: %s", b.log.String())
	}
}

func TestAnAnswerThatBreaksHalfWayIsCutAndCountedAsAnError(t *testing.T) {
	t.Parallel()
	b := setup(t)
	server := httptest.NewServer(b)
	res, err := http.Get(server.URL + "/broken")
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.ReadAll(res.Body)
	_ = res.Body.Close()
	server.Close()
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half an answer reads as whole: %v", err)
	}
	if len(b.meter.observed) != 1 || b.meter.observed[0] != "GET /broken 500" {
		t.Errorf("counted %q", b.meter.observed)
	}
}

// ASVS: v5.0.0-3.5.3.
func TestARefusedMethodIsToldWhatIsAllowed(t *testing.T) {
	t.Parallel()
	rec := setup(t).ask(http.MethodDelete, "/patients/maria", nil)
	if rec.Code != http.StatusMethodNotAllowed || rec.Header().Get("Allow") != "GET, HEAD" || rec.Body.String() != "page 405" {
		t.Errorf("answer is %d, Allow %q, %q", rec.Code, rec.Header().Get("Allow"), rec.Body)
	}
}

// ASVS: v5.0.0-5.2.1.
func TestABodyLargerThanTheLimitIsNotRead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if rec := b.ask(http.MethodPost, "/form", strings.NewReader(strings.Repeat("a", 1<<20))); rec.Code != http.StatusOK {
		t.Errorf("a body at the limit is answered %d", rec.Code)
	}
	if rec := b.ask(http.MethodPost, "/form", strings.NewReader(strings.Repeat("a", 1<<20+1))); rec.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a body beyond the limit is answered %d", rec.Code)
	}
}

// ASVS: v5.0.0-3.2.1, v5.0.0-3.4.1, v5.0.0-3.4.2, v5.0.0-3.4.3, v5.0.0-3.4.4,
// v5.0.0-3.4.5, v5.0.0-3.4.6.
func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"/", "/nowhere", "/panic", "//"} {
		h := setup(t).ask(http.MethodGet, target, nil).Header()
		policy := h.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: Content-Security-Policy is %q", target, policy)
		}
		for name, want := range map[string]string{
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains",
			"X-Content-Type-Options":    "nosniff",
			"Referrer-Policy":           "strict-origin-when-cross-origin",

			"Cross-Origin-Resource-Policy": "same-origin", "Access-Control-Allow-Origin": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", target, name, got, want)
			}
		}
	}
}

// ASVS: v5.0.0-4.1.3, v5.0.0-16.4.1.
func TestTheGatewaysRequestIDIsKeptAndAnyOtherReplaced(t *testing.T) {
	t.Parallel()
	known := strings.Repeat("0a", 16)
	if got := setup(t).ask(http.MethodGet, "/", nil, "X-Request-Id", known).Header().Get("X-Request-Id"); got != known {
		t.Errorf("the gateway's id became %q", got)
	}
	for _, made := range []string{"", "maria@example.com", known + "0", strings.ToUpper(known)} {
		got := setup(t).ask(http.MethodGet, "/", nil, "X-Request-Id", made).Header().Get("X-Request-Id")
		if got == made || len(got) != 32 {
			t.Errorf("%q became %q", made, got)
		}
	}
}

// ASVS: v5.0.0-14.2.4, v5.0.0-16.2.5.
func TestALogLineHoldsNothingOfTheVisitor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.ask(http.MethodGet, "/patients/maria?token=secret", nil, "User-Agent", "browser-of-maria", "Referer", "https://from.example", "X-Forwarded-For", "203.0.113.9")
	for _, private := range []string{"maria", "secret", "from.example", "203.0.113.9", "192.0.2.1"} {
		if strings.Contains(b.log.String(), private) {
			t.Errorf("the log holds %q: %s", private, b.log.String())
		}
	}
	var line map[string]any
	if err := json.Unmarshal(b.log.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line["endpoint"] != "/patients/{id}" || line["code"] != 200.0 || line["method"] != "GET" || len(line["request_id"].(string)) != 32 {
		t.Errorf("the line is %v", line)
	}
}
