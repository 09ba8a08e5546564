// Package subscription keeps what customers have subscribed to, from the order
// to the payment that makes it active, once. It holds neither the plans nor
// the payment provider.
package subscription

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/tenancy"
)

var (
	// ErrAbsent says that the tenant has no such subscription.
	ErrAbsent = errors.New("no such subscription")
	// ErrAmount says that what was paid is not what was ordered.
	ErrAmount = errors.New("what was paid is not what was ordered")
)

// Subscription is one customer's.
type Subscription struct {
	ID, Email, Plan string
	Cents           int64 // each month
	Method, State   string
	CheckoutURL     string
}

// Payment is a provider's word that a subscription is paid.
type Payment struct {
	Provider, Event, Subscription string
	Cents                         int64
}

// Store keeps subscriptions in the tenants' own tables.
type Store struct{ db *tenancy.DB }

// NewStore returns a Store.
func NewStore(db *tenancy.DB) *Store { return &Store{db} }

// StartTx writes an order, pending, and returns its id.
func (s *Store) StartTx(ctx context.Context, tx *tenancy.Tx, o Subscription) (id string, err error) {
	if err := tx.QueryRow(ctx, "insert into subscriptions (email, plan, monthly_cents, method, state) values ($1, $2, $3, $4, 'pending') returning id::text",
		o.Email, o.Plan, o.Cents, o.Method).Scan(&id); err != nil {
		return "", fmt.Errorf("write the order: %w", err)
	}
	return id, nil
}

// Get returns a subscription.
func (s *Store) Get(ctx context.Context, id tenancy.ID, key string) (o Subscription, err error) {
	err = s.db.Fresh().QueryRow(ctx, id, "select id::text, email, plan, monthly_cents, method, state, checkout_url from subscriptions where id::text = $1", key).
		Scan(&o.ID, &o.Email, &o.Plan, &o.Cents, &o.Method, &o.State, &o.CheckoutURL)
	if errors.Is(err, pgx.ErrNoRows) {
		return o, ErrAbsent
	}
	if err != nil {
		return o, fmt.Errorf("read a subscription: %w", err)
	}
	return o, nil
}

// Offer notes where a pending order is paid.
func (s *Store) Offer(ctx context.Context, id tenancy.ID, key, checkout string) error {
	n, err := s.db.Exec(ctx, id, "update subscriptions set checkout_url = $2, updated_at = now(), version = version + 1 where id::text = $1 and state = 'pending'", key, checkout)
	if err != nil {
		return fmt.Errorf("note where an order is paid: %w", err)
	}
	if n == 0 {
		return ErrAbsent
	}
	return nil
}

// Activate makes a pending subscription active. It reports whether it did: of
// the same message again, and of a further one about what is active, nothing
// comes. The figure of the day counts with it.
func (s *Store) Activate(ctx context.Context, id tenancy.ID, p Payment) (fresh bool, err error) {
	err = s.db.Tx(ctx, id, func(tx *tenancy.Tx) error {
		fresh = false
		n, err := tx.Exec(ctx, "insert into payment_events (provider, event) values ($1, $2) on conflict do nothing", p.Provider, p.Event)
		if err != nil || n == 0 {
			return err
		}
		var cents int64
		var state string
		err = tx.QueryRow(ctx, "select monthly_cents, state from subscriptions where id::text = $1 for update", p.Subscription).Scan(&cents, &state)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return ErrAbsent
		case err != nil:
			return err
		case cents != p.Cents:
			return fmt.Errorf("%w: %d of %d", ErrAmount, p.Cents, cents)
		case state != "pending":
			return nil
		}
		if _, err = tx.Exec(ctx, "update subscriptions set state = 'active', activated_at = now(), updated_at = now(), version = version + 1 where id::text = $1", p.Subscription); err != nil {
			return err
		}
		fresh = true
		_, err = tx.Exec(ctx, "insert into figures (day, kind, value) values (current_date, 'purchase', 1) on conflict (tenant_id, day, kind) do update set value = figures.value + 1")
		return err
	})
	if err != nil {
		return false, fmt.Errorf("make a subscription active: %w", err)
	}
	return fresh, nil
}

// Monthly is what the active subscriptions bring each month.
func (s *Store) Monthly(ctx context.Context, id tenancy.ID) (cents int64, err error) {
	if err := s.db.QueryRow(ctx, id, "select coalesce(sum(monthly_cents), 0)::bigint from subscriptions where state = 'active'").Scan(&cents); err != nil {
		return 0, fmt.Errorf("sum up the subscriptions: %w", err)
	}
	return cents, nil
}
