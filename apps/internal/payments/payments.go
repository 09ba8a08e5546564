// Package payments reaches a payment provider: it makes checkouts, which the
// provider hosts, and judges the messages in which the provider tells of them.
// It holds one provider, Stripe. What is bought, and what follows from a
// payment, is the service's; no card's number ever comes here.
package payments

import (
	"context"
	"errors"
	"net/http"
)

var (
	// ErrAway says that the provider did not answer, or not as documented.
	ErrAway = errors.New("the payment provider is away")
	// ErrForged says that a message is not the provider's, or too old.
	ErrForged = errors.New("the message is not the payment provider's")
)

// Method is how a customer pays.
type Method string

// The methods: a card is charged each month; by Pix, a month is paid ahead.
const (
	Card Method = "card"
	Pix  Method = "pix"
)

// Order is what is paid for.
type Order struct {
	Reference            string // of the subscription; a second order of the same is the same checkout
	Title                string
	Cents                int64 // of BRL, each month
	Method               Method
	Email                string
	SuccessURL, LeaveURL string
}

// Checkout is a page of the provider at which an order is paid.
type Checkout struct{ ID, URL string }

// Event is a message of the provider's.
type Event struct {
	ID        string // the same at each delivery
	Reference string // of the order; empty when the message is about none
	Paid      bool
	Cents     int64
	Currency  string
}

// Provider is one payment provider.
type Provider interface {
	Name() string
	Create(ctx context.Context, o Order) (Checkout, error)
	// Verify judges a message by its signature and age, and reads it.
	Verify(header http.Header, body []byte) (Event, error)
}
