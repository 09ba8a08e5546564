package payments

import (
	"net/http"
	"time"
)

// At makes a Stripe reach another address, at another time.
func (s *Stripe) At(base string, client *http.Client, now func() time.Time) {
	s.base, s.http, s.now = base, client, now
}
