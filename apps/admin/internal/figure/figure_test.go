package figure_test

import (
	"context"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/admin/internal/figure"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

// noon is late in the evening of 30 November in São Paulo.
var noon = time.Date(2026, 12, 1, 2, 0, 0, 0, time.UTC)

func zone(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func attempts(t *testing.T, db *tenancy.DB) map[string]tenancytest.Attempt[*figure.Store] {
	t.Helper()
	z := zone(t)
	of := func(try func(ctx context.Context, s *figure.Store, as tenancy.ID) (bool, error)) tenancytest.Attempt[*figure.Store] {
		return tenancytest.Attempt[*figure.Store]{
			Write: func(ctx context.Context, s *figure.Store, as tenancy.ID) (string, error) {
				if _, err := db.Exec(ctx, as, "insert into tickets (subject) values ('x')"); err != nil {
					return "", err
				}
				return "2026-11-30", s.Add(ctx, as, "2026-11-30", map[string]int{"feature.patients": 2})
			},
			Try: func(ctx context.Context, s *figure.Store, as tenancy.ID, _ string) (bool, error) {
				return try(ctx, s, as)
			},
			See: func(ctx context.Context, s *figure.Store, as tenancy.ID, _ string) (any, error) {
				return s.Summary(ctx, as, noon, z)
			},
		}
	}
	used := func(ctx context.Context, s *figure.Store, as tenancy.ID) bool {
		sum, err := s.Summary(ctx, as, noon, z)
		return err == nil && len(sum.Features) > 0
	}
	return map[string]tenancytest.Attempt[*figure.Store]{
		"Summary": of(func(ctx context.Context, s *figure.Store, as tenancy.ID) (bool, error) { return used(ctx, s, as), nil }),
		"Add": of(func(ctx context.Context, s *figure.Store, as tenancy.ID) (bool, error) {
			was := used(ctx, s, as)
			return was, s.Add(ctx, as, "2026-11-30", map[string]int{"feature.patients": 5})
		}),
		"Raise": of(func(ctx context.Context, s *figure.Store, as tenancy.ID) (bool, error) {
			was := used(ctx, s, as)
			return was, s.Raise(ctx, as, "2026-11-30", "active_users", 7)
		}),
		"Tickets": of(func(ctx context.Context, s *figure.Store, as tenancy.ID) (bool, error) {
			n, _, err := s.Tickets(ctx, as)
			return n > 0, err
		}),
	}
}

func TestNoTenantReachesAnothersFigures(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db := w.DB(t)
	tenancytest.Isolation(t, w, figure.New(db), attempts(t, db), nil)
}

func TestFiguresAreOfTheTenantsOwnDay(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db, id := w.DB(t), w.Tenant(t)
	for _, sql := range []string{
		"insert into patients (id, name) values ('11111111-1111-4111-8111-111111111111', 'Maria')",
		"insert into professionals (id, name) values ('11111111-1111-4111-8111-111111111111', 'Ana')",
		"insert into services (id, name, minutes, price_cents) values ('11111111-1111-4111-8111-111111111111', 'Consulta', 30, 1)",
	} {
		if _, err := db.Exec(t.Context(), id, sql); err != nil {
			t.Fatal(err)
		}
	}
	for at, state := range map[string]string{
		"2026-11-30T23:00:00-03:00": "booked",    // today
		"2026-12-01T00:30:00-03:00": "booked",    // tomorrow there, today in UTC
		"2026-11-30T10:00:00-03:00": "cancelled", // not counted
		"2026-11-29T10:00:00-03:00": "done",
	} {
		if _, err := db.Exec(t.Context(), id, `insert into appointments (patient, professional, service, starts_at, ends_at, state)
			select p.id, p.id, p.id, $1::timestamptz, $1::timestamptz + interval '30 minutes', $2 from patients p`, at, state); err != nil {
			t.Fatal(err)
		}
	}
	s := figure.New(db)
	for _, n := range []int{3, 2} {
		if err := s.Raise(t.Context(), id, "2026-11-30", "active_users", n); err != nil {
			t.Fatal(err)
		}
	}
	sum, err := s.Summary(t.Context(), id, noon, zone(t))
	if err != nil {
		t.Fatal(err)
	}
	got := []int{sum.Patients, sum.Today, sum.Week, sum.OpenTickets, len(sum.Booked), sum.Booked[12].Value, sum.Booked[13].Value, sum.Booked[14].Value, sum.Active[13].Value}
	if want := []int{1, 1, 2, 0, 28, 1, 1, 1, 3}; !reflect.DeepEqual(got, want) || sum.Booked[13].Name != "2026-11-30" {
		t.Errorf("got %v, want %v: %+v", got, want, sum)
	}
	if want := []figure.Point{{"booked", 1}, {"cancelled", 1}, {"done", 1}}; !reflect.DeepEqual(sum.States, want) {
		t.Errorf("states are %v", sum.States)
	}
}
