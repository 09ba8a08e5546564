// Package figure counts what a tenant's home page shows: numbers and series of
// days, none of which names a person. They may be behind by the replica's lag.
package figure

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Summary is a tenant's figures at a moment.
type Summary struct {
	Patients    int     `json:"patients"`
	Today       int     `json:"appointments_today"`
	Week        int     `json:"appointments_next_7_days"`
	NewLeads    int     `json:"leads_new"`
	OpenTickets int     `json:"tickets_open"`
	ActiveUsers int     `json:"users_active"`
	Booked      []Point `json:"appointments_by_day"`   // from 13 days ago to 14 ahead
	States      []Point `json:"appointments_by_state"` // of the last 30 days
	Features    []Point `json:"feature_use"`           // of the last 30 days
	Active      []Point `json:"active_users_by_day"`   // of the last 14 days
}

// Point is a number of something: of a day as 2006-01-02, of a state, of a
// feature.
type Point struct {
	Name  string `json:"name"`
	Value int    `json:"value"`
}

// Store counts.
type Store struct{ db *tenancy.DB }

// New returns a Store.
func New(db *tenancy.DB) *Store { return &Store{db} }

// $1 is the time zone, $2 today in it.
const (
	numbers = `select (select count(*) from patients),
		(select count(*) from appointments where starts_at >= $2::date::timestamp at time zone $1 and starts_at < ($2::date + 1)::timestamp at time zone $1 and state <> 'cancelled'),
		(select count(*) from appointments where starts_at >= $2::date::timestamp at time zone $1 and starts_at < ($2::date + 7)::timestamp at time zone $1 and state <> 'cancelled'),
		(select count(*) from leads where state = 'new'), (select count(*) from tickets where state = 'open'), (select count(*) from users where state = 'active')`
	booked = `select d::date::text, (select count(*) from appointments where starts_at >= d at time zone $1 and starts_at < (d + interval '1 day') at time zone $1 and state <> 'cancelled')
		from generate_series(($2::date - 13)::timestamp, ($2::date + 14)::timestamp, '1 day') d order by d`
	states = `select state, count(*) from appointments where starts_at >= ($2::date - 30)::timestamp at time zone $1 and starts_at < ($2::date + 1)::timestamp at time zone $1 group by state order by 2 desc, 1`
	use    = `select substr(kind, 9), sum(value)::bigint from figures where kind like 'feature.%' and day > $2::date - 30 and $1::text <> '' group by kind order by 2 desc, 1 limit 8`
	active = `select d::date::text, coalesce(f.value, 0) from generate_series(($2::date - 13)::timestamp, $2::date::timestamp, '1 day') d
		left join figures f on f.day = d::date and f.kind = 'active_users' where $1::text <> '' order by d`
)

// Summary counts for the day that it is in a time zone.
func (s *Store) Summary(ctx context.Context, id tenancy.ID, now time.Time, zone *time.Location) (Summary, error) {
	var out Summary
	args := []any{zone.String(), now.In(zone).Format(time.DateOnly)}
	err := s.db.ReadTx(ctx, id, func(tx *tenancy.Tx) error {
		if err := tx.QueryRow(ctx, numbers, args...).Scan(&out.Patients, &out.Today, &out.Week, &out.NewLeads, &out.OpenTickets, &out.ActiveUsers); err != nil {
			return err
		}
		for sql, into := range map[string]*[]Point{booked: &out.Booked, states: &out.States, use: &out.Features, active: &out.Active} {
			rows, err := tx.Query(ctx, sql, args...)
			if err != nil {
				return err
			}
			if *into, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Point]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return out, fmt.Errorf("count the figures: %w", err)
	}
	return out, nil
}

// Add adds to the counts of a day, by kind.
func (s *Store) Add(ctx context.Context, id tenancy.ID, day string, counts map[string]int) error {
	kinds, values := make([]string, 0, len(counts)), make([]int64, 0, len(counts))
	for kind, n := range counts {
		kinds, values = append(kinds, kind), append(values, int64(n))
	}
	if _, err := s.db.Exec(ctx, id, `insert into figures (day, kind, value) select $1::date, k, v from unnest($2::text[], $3::bigint[]) as c (k, v)
		on conflict (tenant_id, day, kind) do update set value = figures.value + excluded.value`, day, kinds, values); err != nil {
		return fmt.Errorf("add to the figures of %s: %w", day, err)
	}
	return nil
}

// Raise sets the count of a day, unless it is higher already.
func (s *Store) Raise(ctx context.Context, id tenancy.ID, day, kind string, value int) error {
	if _, err := s.db.Exec(ctx, id, `insert into figures (day, kind, value) values ($1::date, $2, $3)
		on conflict (tenant_id, day, kind) do update set value = greatest(figures.value, excluded.value)`, day, kind, value); err != nil {
		return fmt.Errorf("raise the figure %s of %s: %w", kind, day, err)
	}
	return nil
}

// Tickets counts those that were ever made, and those that are resolved.
func (s *Store) Tickets(ctx context.Context, id tenancy.ID) (created, resolved int, err error) {
	err = s.db.QueryRow(ctx, id, "select count(*), count(*) filter (where state = 'resolved') from tickets").Scan(&created, &resolved)
	if err != nil {
		return 0, 0, fmt.Errorf("count the tickets: %w", err)
	}
	return created, resolved, nil
}
