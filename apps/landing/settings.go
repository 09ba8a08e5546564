package main

import (
	"time"

	"github.com/avila-devops/saas/apps/internal/backing"
	"github.com/avila-devops/saas/apps/internal/config"
	"github.com/avila-devops/saas/apps/internal/payments"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenant"
)

// The modes. A static landing shows the house's page under every host and
// keeps nothing; one with tenants rests on a database. A deployment says which:
// one that lost its database's address must not turn into the other.
const (
	modeStatic  = "static"
	modeTenants = "tenants"
)

// settings is what the environment decides.
type settings struct {
	address, admin string
	drain          time.Duration
	mode           string

	// With tenants.
	backing      backing.Settings
	apex         string // the host of the house itself
	house        string // the tenant whose leads are the apex's
	payments     string
	stripeKey    string
	stripeSecret string
}

func load(lookup config.Lookup) (settings, error) {
	r := config.From(lookup)
	s := settings{
		address: r.Address("ADDRESS", ":8080"),
		admin:   r.Address("ADMIN_ADDRESS", ":9090"),
		drain:   r.Duration("DRAIN", 10*time.Second, 0, 5*time.Minute),
		mode:    r.Choice("LANDING_MODE", modeStatic, modeStatic, modeTenants),
	}
	r.Distinct("ADDRESS", s.address, "ADMIN_ADDRESS", s.admin)
	if s.mode == modeTenants {
		s.loadTenants(r)
		return s, r.Err()
	}
	for _, name := range []string{"DATABASE_WRITE", "REDIS_ADDRESS", "LANDING_APEX", "LANDING_TENANT", "PAYMENTS"} {
		if text := r.Optional(name); text != "" {
			r.Refuse(name, text, "is of no use to a static landing", "set LANDING_MODE to "+modeTenants+", or leave it out")
		}
	}
	return s, r.Err()
}

func (s *settings) loadTenants(r *config.Reader) {
	s.backing = backing.Load(r)
	s.apex, s.house = r.Text("LANDING_APEX", ""), r.Text("LANDING_TENANT", "")
	if host, err := tenancy.ParseHost(s.apex); s.apex != "" && (err != nil || host != s.apex) {
		r.Refuse("LANDING_APEX", s.apex, "is not a host name in full", "write one in lower case and without a port, like aviladevops.com.br")
	}
	if s.house != "" && !tenant.Grammar.MatchString(s.house) {
		r.Refuse("LANDING_TENANT", s.house, "is not a tenant's name", "name the tenant of the house itself, like avila")
	}
	s.payments = r.Choice("PAYMENTS", "", "none", "stripe")
	if s.payments == "stripe" {
		s.stripeKey, s.stripeSecret = r.Text("STRIPE_KEY_FILE", ""), r.Text("STRIPE_WEBHOOK_SECRET_FILE", "")
		if s.stripeKey != "" && s.stripeSecret != "" {
			_, err := payments.NewStripe(s.stripeKey, s.stripeSecret)
			r.Keep(err)
		}
	}
}

// provider returns how subscriptions are paid, or nil where they are not taken.
func (s settings) provider() (payments.Provider, error) {
	if s.payments != "stripe" {
		return nil, nil //nolint:nilnil // there is none, and that is no error
	}
	return payments.NewStripe(s.stripeKey, s.stripeSecret) //nolint:wrapcheck // it names the file
}
