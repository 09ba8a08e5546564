// Package lead keeps what visitors of a tenant's public site ask for: to be
// called, to sign up, to come. It holds neither the forms nor who follows up.
package lead

import (
	"context"
	"fmt"

	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/outbox"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Notice is the body of a job that tells whoever follows up.
type Notice struct {
	Lead string `json:"lead"` // its id; what the visitor wrote stays in the table
	Kind string `json:"kind"`
}

// Queue is where notices wait. It is apart from other jobs, which other
// services' workers do.
const Queue = "leads"

// NewNotice returns the kind of job that follows each lead.
func NewNotice() (jobs.Kind[Notice], error) {
	return jobs.NewKind[Notice]("lead_notice", jobs.Options{Queue: Queue}) //nolint:wrapcheck // it names the kind
}

// Lead is what a visitor asks for.
type Lead struct {
	Kind                        string // contact, signup or appointment
	Name, Email, Phone, Message string
	About                       string // the plan or service
	WantedOn                    string // the day of an appointment, like 2026-05-04, or empty
	Consent                     string // the sentence that the visitor agreed to
}

// Store keeps leads in the tenants' own tables.
type Store struct {
	db     *tenancy.DB
	outbox *outbox.Outbox
	notice jobs.Kind[Notice]
}

// NewStore returns a Store.
func NewStore(db *tenancy.DB, o *outbox.Outbox, notice jobs.Kind[Notice]) *Store {
	return &Store{db, o, notice}
}

// Add keeps a lead and the job that tells of it, both or none, and returns its
// id.
func (s *Store) Add(ctx context.Context, id tenancy.ID, l Lead) (string, error) {
	var key string
	err := s.db.Tx(ctx, id, func(tx *tenancy.Tx) (err error) {
		key, err = s.AddTx(ctx, tx, l)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("keep a lead: %w", err)
	}
	return key, nil
}

// AddTx is Add within a transaction.
func (s *Store) AddTx(ctx context.Context, tx *tenancy.Tx, l Lead) (key string, err error) {
	if err := tx.QueryRow(ctx, `insert into leads (kind, name, email, phone, message, about, wanted_on, consent, consented_at)
		values ($1, $2, $3, $4, $5, $6, nullif($7, '')::date, $8, case when $8 = '' then null else now() end) returning id::text`,
		l.Kind, l.Name, l.Email, l.Phone, l.Message, l.About, l.WantedOn, l.Consent).Scan(&key); err != nil {
		return "", fmt.Errorf("write the lead: %w", err)
	}
	entry, err := s.notice.Entry(tx.Tenant(), key, Notice{Lead: key, Kind: l.Kind})
	if err != nil {
		return "", err //nolint:wrapcheck // it names the kind
	}
	return key, s.outbox.Put(ctx, tx, entry)
}
