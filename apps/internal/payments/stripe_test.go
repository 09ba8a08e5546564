package payments_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/payments"
)

var now = time.Unix(1_780_000_000, 0)

func stripe(t *testing.T, answer http.HandlerFunc) *payments.Stripe {
	t.Helper()
	key, signing := filepath.Join(t.TempDir(), "key"), filepath.Join(t.TempDir(), "signing")
	for file, text := range map[string]string{key: "sk_test_1\n", signing: "whsec_1\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := payments.NewStripe(key, signing)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	s.At(server.URL, server.Client(), func() time.Time { return now })
	return s
}

func TestACheckoutIsAskedForAsStripeDocumentsIt(t *testing.T) {
	t.Parallel()
	for method, want := range map[payments.Method][2]string{payments.Card: {"subscription", "month"}, payments.Pix: {"payment", ""}} {
		s := stripe(t, func(w http.ResponseWriter, r *http.Request) {
			for name, value := range map[string]string{
				"mode": want[0], "line_items[0][price_data][recurring][interval]": want[1], "payment_method_types[0]": string(method),
				"client_reference_id": "ref", "customer_email": "a@example.com", "success_url": "https://a/ok", "cancel_url": "https://a/no", "locale": "pt-BR",
				"line_items[0][quantity]": "1", "line_items[0][price_data][currency]": "brl", "line_items[0][price_data][unit_amount]": "19900",
				"line_items[0][price_data][product_data][name]": "Compartilhado",
			} {
				if got := r.PostFormValue(name); got != value {
					t.Errorf("%s: %s is %q, not %q", method, name, got, value)
				}
			}
			if r.Method != http.MethodPost || r.URL.Path != "/v1/checkout/sessions" || r.Header.Get("Authorization") != "Bearer sk_test_1" || r.Header.Get("Idempotency-Key") != "ref" {
				t.Errorf("asked %s %s with %v", r.Method, r.URL, r.Header)
			}
			_, _ = io.WriteString(w, `{"id": "cs_1", "url": "https://checkout.stripe.com/c/1"}`)
		})
		got, err := s.Create(t.Context(), payments.Order{Reference: "ref", Title: "Compartilhado", Cents: 19900, Method: method, Email: "a@example.com", SuccessURL: "https://a/ok", LeaveURL: "https://a/no"})
		if err != nil || got != (payments.Checkout{ID: "cs_1", URL: "https://checkout.stripe.com/c/1"}) {
			t.Errorf("%s: %v, %v", method, got, err)
		}
	}
}

func TestAnAnswerThatIsNoCheckoutIsAnError(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"refused": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusPaymentRequired)
			_, _ = io.WriteString(w, `{"error": {"type": "card_error", "message": "a@example.com"}}`)
		},
		"no page": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"id": "cs_1"}`) },
		"a page's js": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"id": "cs_1", "url": "javascript:x"}`)
		},
		"no JSON": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
	} {
		_, err := stripe(t, answer).Create(t.Context(), payments.Order{Reference: "r", Method: payments.Card})
		if !errors.Is(err, payments.ErrAway) || strings.Contains(err.Error(), "example.com") || strings.Contains(err.Error(), "sk_test") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func header(secret string, at time.Time, body string) http.Header {
	stamp := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "." + body))
	return http.Header{"Stripe-Signature": {"t=" + stamp + ",v1=00ff,v1=" + hex.EncodeToString(mac.Sum(nil)) + ",v0=old"}}
}

const paid = `{"id": "evt_1", "type": "checkout.session.completed", "data": {"object": {"client_reference_id": "ref", "payment_status": "paid", "amount_total": 19900, "currency": "brl"}}}`

func TestAMessageOfStripeIsReadAndAForgedOneIsNot(t *testing.T) {
	t.Parallel()
	s := stripe(t, http.NotFound)
	got, err := s.Verify(header("whsec_1", now, paid), []byte(paid))
	if err != nil || got != (payments.Event{ID: "evt_1", Reference: "ref", Paid: true, Cents: 19900, Currency: "brl"}) {
		t.Errorf("read %+v, %v", got, err)
	}
	other := strings.Replace(paid, "checkout.session.completed", "invoice.created", 1)
	if got, err := s.Verify(header("whsec_1", now, other), []byte(other)); err != nil || got != (payments.Event{ID: "evt_1"}) {
		t.Errorf("of another kind: %+v, %v", got, err)
	}
	for name, row := range map[string]struct {
		header http.Header
		body   string
	}{
		"another secret": {header("whsec_2", now, paid), paid},
		"changed":        {header("whsec_1", now, paid), strings.Replace(paid, "ref", "fer", 1)},
		"replayed late":  {header("whsec_1", now.Add(-6*time.Minute), paid), paid},
		"of the future":  {header("whsec_1", now.Add(6*time.Minute), paid), paid},
		"unsigned":       {http.Header{}, paid},
		"no event":       {header("whsec_1", now, "[]"), "[]"},
	} {
		if got, err := s.Verify(row.header, []byte(row.body)); !errors.Is(err, payments.ErrForged) || got != (payments.Event{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
