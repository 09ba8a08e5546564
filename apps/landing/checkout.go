package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/avila-devops/saas/apps/internal/lead"
	"github.com/avila-devops/saas/apps/internal/payments"
	"github.com/avila-devops/saas/apps/internal/subscription"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// open reports whether subscriptions are taken here: at the apex, by a
// provider. Otherwise it has answered.
func (f *front) open(w http.ResponseWriter, r *http.Request, v visit) bool {
	if !v.apex {
		f.fail(w, r, http.StatusNotFound)
		return false
	}
	if f.provider == nil {
		http.Redirect(w, r, "/contato", http.StatusSeeOther)
		return false
	}
	return true
}

func (f *front) showSignup(w http.ResponseWriter, r *http.Request, v visit) {
	if f.open(w, r, v) {
		f.showForm(w, r, v, http.StatusOK, signupForm(r.URL.Query().Get("plano")))
	}
}

// sendSignup keeps the order and the lead, both or none, and leads to the
// order's page. The checkout is made there, so that an order is kept when the
// provider is away.
func (f *front) sendSignup(w http.ResponseWriter, r *http.Request, v visit) {
	form := signupForm("")
	if !f.open(w, r, v) || !f.accept(w, r, v, form) {
		return
	}
	plan, _ := planOf(form.value("plan")) // read judged it
	var key string
	err := f.backing.DB.Tx(r.Context(), v.id, func(tx *tenancy.Tx) (err error) {
		l := form.fill(lead.Lead{Kind: "signup", About: plan.Name})
		l.Message = form.value("company")
		if _, err = f.leads.AddTx(r.Context(), tx, l); err != nil {
			return err //nolint:wrapcheck // it says what failed
		}
		key, err = f.subscriptions.StartTx(r.Context(), tx, subscription.Subscription{Email: form.value("email"), Plan: plan.ID, Cents: plan.Cents, Method: form.value("method")})
		return err //nolint:wrapcheck // as above
	})
	if err != nil {
		f.unsent(w, r, v, form, err)
		return
	}
	http.Redirect(w, r, "/contratar/"+key, http.StatusSeeOther)
}

// showOrder shows how an order stands. Its id is not to be guessed, and who has
// it sees the plan and the state, and nothing of the customer.
func (f *front) showOrder(w http.ResponseWriter, r *http.Request, v visit) {
	if !f.open(w, r, v) {
		return
	}
	o, err := f.subscriptions.Get(r.Context(), v.id, r.PathValue("id"))
	if errors.Is(err, subscription.ErrAbsent) {
		f.fail(w, r, http.StatusNotFound)
		return
	}
	plan, known := planOf(o.Plan)
	if !known {
		plan = Plan{Name: o.Plan}
	}
	plan.Cents = o.Cents
	if err == nil && o.State == "pending" && o.CheckoutURL == "" {
		o.CheckoutURL, err = f.checkout(r.Context(), v, o, plan)
	}
	if err != nil {
		f.away(w, r, v, err)
		return
	}
	f.show(w, r, v, http.StatusOK, Page{Title: "Sua contratação", Hidden: true, Order: &o, Plan: plan})
}

// checkout asks the provider for an order's page. Two that ask at once get the
// same.
func (f *front) checkout(ctx context.Context, v visit, o subscription.Subscription, p Plan) (string, error) {
	here := "https://" + v.host + "/contratar/" + o.ID
	c, err := f.provider.Create(ctx, payments.Order{
		Reference: o.ID, Title: "Ávila DevOps, plano " + p.Name, Cents: o.Cents, Method: payments.Method(o.Method), Email: o.Email, SuccessURL: here, LeaveURL: here,
	})
	if err != nil {
		return "", err //nolint:wrapcheck // it says what failed
	}
	return c.URL, f.subscriptions.Offer(ctx, v.id, o.ID, c.URL) //nolint:wrapcheck // as above
}

// maxMessage bounds a message of the provider's.
const maxMessage = 256 << 10

// takePayment takes a message of the payment provider's. What it says is done
// once, however often it comes; one that could not be done is asked for again.
func (f *front) takePayment(w http.ResponseWriter, r *http.Request, v visit) {
	if !v.apex || f.provider == nil || r.PathValue("provider") != f.provider.Name() {
		f.fail(w, r, http.StatusNotFound)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessage))
	if err != nil {
		http.Error(w, "unreadable", http.StatusBadRequest)
		return
	}
	e, err := f.provider.Verify(r.Header, body)
	if errors.Is(err, payments.ErrForged) {
		f.log.Warn("a message was refused", "problem", err.Error())
		http.Error(w, "refused", http.StatusBadRequest)
		return
	}
	if err == nil && e.Reference != "" && e.Paid {
		err = f.activate(r.Context(), v.id, e)
	}
	if err != nil {
		f.log.Error("a payment could not be noted; the provider tells of it again", "problem", err.Error())
		http.Error(w, "later", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (f *front) activate(ctx context.Context, id tenancy.ID, e payments.Event) error {
	if e.Currency != "brl" {
		return fmt.Errorf("%w: it was paid in %.8q", subscription.ErrAmount, e.Currency)
	}
	fresh, err := f.subscriptions.Activate(ctx, id, subscription.Payment{Provider: f.provider.Name(), Event: e.ID, Subscription: e.Reference, Cents: e.Cents})
	if fresh {
		f.business.purchases.WithLabelValues(id.String()).Inc()
	}
	return err //nolint:wrapcheck // it says what failed
}
