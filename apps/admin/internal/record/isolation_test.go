package record_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/admin/internal/clinic"
	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/record"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

var saoPaulo = func() *time.Location {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		panic(err)
	}
	return zone
}()

// patient is one method's attempt with another tenant's patient.
func patient(try func(ctx context.Context, s *record.Store, as tenancy.ID, key string) (bool, error)) tenancytest.Attempt[*record.Store] {
	return tenancytest.Attempt[*record.Store]{
		Write: func(ctx context.Context, s *record.Store, as tenancy.ID) (string, error) {
			r, err := s.Create(ctx, as, by, clinic.Patients, entity.Values{"name": "Maria"})
			return r.Key, err
		},
		Try: try,
		See: func(ctx context.Context, s *record.Store, as tenancy.ID, key string) (any, error) {
			return s.Get(ctx, as, clinic.Patients, key)
		},
	}
}

// ASVS: v5.0.0-8.4.1 (tenants).
func TestNoTenantReachesAnothersRecords(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	q, _ := clinic.Patients.ParseQuery(map[string][]string{"q": {"maria"}}, saoPaulo)
	tenancytest.Isolation(t, w, record.New(w.DB(t), nil), map[string]tenancytest.Attempt[*record.Store]{
		"Get": patient(func(ctx context.Context, s *record.Store, as tenancy.ID, key string) (bool, error) {
			_, err := s.Get(ctx, as, clinic.Patients, key)
			return err == nil, err
		}),
		"List": patient(func(ctx context.Context, s *record.Store, as tenancy.ID, _ string) (bool, error) {
			p, err := s.List(ctx, as, clinic.Patients, q)
			return p.Total > 0 || len(p.Records) > 0, err
		}),
		"Options": patient(func(ctx context.Context, s *record.Store, as tenancy.ID, key string) (bool, error) {
			all, err := s.Options(ctx, as, clinic.Appointments.Field("patient").Link, key)
			return len(all) > 0, err
		}),
		"Update": patient(func(ctx context.Context, s *record.Store, as tenancy.ID, key string) (bool, error) {
			_, err := s.Update(ctx, as, by, clinic.Patients, key, 1, entity.Values{"name": "de outro"})
			return err == nil, err
		}),
		"Act": patient(func(ctx context.Context, s *record.Store, as tenancy.ID, key string) (bool, error) {
			n, err := s.Act(ctx, as, by, clinic.Patients, "delete", []string{key})
			return n > 0, err
		}),
		// Another tenant's patient, professional and service cannot be booked.
		"Create": {
			Write: func(ctx context.Context, s *record.Store, as tenancy.ID) (string, error) {
				v, err := booking(ctx, s, as)
				return v["patient"] + "," + v["professional"] + "," + v["service"], err
			},
			Try: func(ctx context.Context, s *record.Store, as tenancy.ID, key string) (bool, error) {
				keys := strings.Split(key, ",")
				_, err := s.Create(ctx, as, by, clinic.Appointments, entity.Values{"starts_at": "2026-12-01T12:00:00Z", "patient": keys[0], "professional": keys[1], "service": keys[2]})
				return err == nil, err
			},
			See: func(ctx context.Context, s *record.Store, as tenancy.ID, key string) (any, error) {
				return s.Get(ctx, as, clinic.Patients, strings.Split(key, ",")[0])
			},
		},
	}, nil)
}
