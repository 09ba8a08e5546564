package payments

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// tolerance is how old a message may be, as Stripe recommends.
const tolerance = 5 * time.Minute

var _ Provider = (*Stripe)(nil)

// Stripe is Stripe Checkout, by its API over HTTPS. The two calls of it that
// are made here are less than its client library.
type Stripe struct {
	keyFile, secretFile string // read at each use, so that a new one is taken without a restart
	base                string
	http                *http.Client
	now                 func() time.Time
}

// NewStripe returns the provider. The files hold the account's secret key, and
// the signing secret of the webhook.
func NewStripe(keyFile, secretFile string) (*Stripe, error) {
	s := &Stripe{keyFile: keyFile, secretFile: secretFile, base: "https://api.stripe.com", http: &http.Client{Timeout: 10 * time.Second}, now: time.Now}
	_, key := secret(keyFile)
	_, signing := secret(secretFile)
	return s, errors.Join(key, signing)
}

func secret(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("payments: %w", err)
	}
	if s := strings.TrimSpace(string(text)); s != "" {
		return s, nil
	}
	return "", fmt.Errorf("payments: %s is empty; write the secret into it", file)
}

// Name implements Provider.
func (s *Stripe) Name() string { return "stripe" }

// Create implements Provider. The reference is the idempotency key too: asking
// again, as after an answer that was lost, makes no second checkout.
func (s *Stripe) Create(ctx context.Context, o Order) (Checkout, error) {
	key, err := secret(s.keyFile)
	if err != nil {
		return Checkout{}, err
	}
	form := url.Values{
		"client_reference_id": {o.Reference}, "customer_email": {o.Email}, "locale": {"pt-BR"},
		"success_url": {o.SuccessURL}, "cancel_url": {o.LeaveURL},
		"payment_method_types[0]": {string(o.Method)}, "line_items[0][quantity]": {"1"},
		"line_items[0][price_data][currency]":           {"brl"},
		"line_items[0][price_data][unit_amount]":        {strconv.FormatInt(o.Cents, 10)},
		"line_items[0][price_data][product_data][name]": {o.Title},
	}
	if o.Method == Card {
		form.Set("mode", "subscription")
		form.Set("line_items[0][price_data][recurring][interval]", "month")
	} else {
		form.Set("mode", "payment")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+"/v1/checkout/sessions", strings.NewReader(form.Encode()))
	if err != nil {
		return Checkout{}, fmt.Errorf("payments: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Idempotency-Key", o.Reference)
	res, err := s.http.Do(req)
	if err != nil {
		return Checkout{}, fmt.Errorf("payments: %w: %w", ErrAway, err)
	}
	defer res.Body.Close()
	var answer struct {
		ID, URL string
		Error   struct{ Type, Code string }
	}
	err = json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&answer)
	if res.StatusCode != http.StatusOK { // its text may repeat what the customer wrote
		return Checkout{}, fmt.Errorf("payments: %w: Stripe answers %d (%s %s)", ErrAway, res.StatusCode, answer.Error.Type, answer.Error.Code)
	}
	page, bad := url.Parse(answer.URL)
	if err = errors.Join(err, bad); err != nil || page.Scheme != "https" || answer.ID == "" {
		return Checkout{}, fmt.Errorf("payments: %w: Stripe's answer names no page to pay at: %w", ErrAway, err)
	}
	return Checkout{ID: answer.ID, URL: answer.URL}, nil
}

// Verify implements Provider.
func (s *Stripe) Verify(header http.Header, body []byte) (Event, error) {
	key, err := secret(s.secretFile)
	if err != nil {
		return Event{}, err
	}
	if err := s.signed(header.Get("Stripe-Signature"), key, body); err != nil {
		return Event{}, err
	}
	var message struct {
		ID, Type string
		Data     struct {
			Object struct {
				Reference string `json:"client_reference_id"`
				Status    string `json:"payment_status"`
				Total     int64  `json:"amount_total"`
				Currency  string
			}
		}
	}
	if err := json.Unmarshal(body, &message); err != nil || message.ID == "" {
		return Event{}, fmt.Errorf("payments: %w: it is signed and no event: %w", ErrForged, err)
	}
	e := Event{ID: message.ID}
	switch message.Type {
	case "checkout.session.completed", "checkout.session.async_payment_succeeded": // Pix is paid after the checkout
		o := message.Data.Object
		e.Reference, e.Paid, e.Cents, e.Currency = o.Reference, o.Status == "paid", o.Total, o.Currency
	}
	return e, nil
}

// signed judges a header like t=<seconds>,v1=<hex>[,v1=<hex>]: there are two
// signatures while a secret is being replaced.
func (s *Stripe) signed(header, key string, body []byte) error {
	var stamp string
	var signatures [][]byte
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "t":
			stamp = value
		case "v1":
			if raw, err := hex.DecodeString(value); err == nil {
				signatures = append(signatures, raw)
			}
		}
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return fmt.Errorf("payments: %w: it has no time", ErrForged)
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	want := mac.Sum(nil)
	for _, one := range signatures {
		if hmac.Equal(one, want) {
			if age := s.now().Sub(time.Unix(seconds, 0)).Abs(); age > tolerance {
				return fmt.Errorf("payments: %w: it is %s off", ErrForged, age.Round(time.Second))
			}
			return nil
		}
	}
	return fmt.Errorf("payments: %w: no signature is right", ErrForged)
}
