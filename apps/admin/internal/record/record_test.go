package record_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/avila-devops/saas/apps/admin/internal/audit"
	"github.com/avila-devops/saas/apps/admin/internal/clinic"
	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/record"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

var by = entity.Actor{User: "00000000-0000-4000-8000-000000000001", Permissions: []string{"*"}}

type bundle struct {
	*record.Store
	log *audit.Log
	id  tenancy.ID
}

func setup(t *testing.T) *bundle {
	t.Helper()
	w := tenancytest.New(t, cluster)
	db := w.DB(t)
	return &bundle{record.New(db, nil), audit.New(db), w.Tenant(t)}
}

func (b *bundle) make(t *testing.T, e *entity.Entity, v entity.Values) record.Record {
	t.Helper()
	r, err := b.Create(t.Context(), b.id, by, e, v)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// booking is an appointment's values, with what it needs.
func booking(ctx context.Context, s *record.Store, id tenancy.ID) (entity.Values, error) {
	v := entity.Values{"starts_at": "2026-12-01T12:00:00Z", "ends_at": "", "notes": ""}
	for _, each := range []struct {
		field string
		e     *entity.Entity
		v     entity.Values
	}{
		{"patient", clinic.Patients, entity.Values{"name": "Maria"}},
		{"professional", clinic.Professionals, entity.Values{"name": "Dra. Ana"}},
		{"service", clinic.Services, entity.Values{"name": "Consulta", "minutes": "30", "price_cents": "20000"}},
	} {
		r, err := s.Create(ctx, id, by, each.e, each.v)
		if err != nil {
			return nil, err
		}
		v[each.field] = r.Key
	}
	return v, nil
}

func all(t *testing.T, b *bundle, e *entity.Entity, in map[string][]string) record.Page {
	t.Helper()
	q, problems := e.ParseQuery(in, saoPaulo)
	if problems != nil {
		t.Fatal(problems)
	}
	p, err := b.List(t.Context(), b.id, e, q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func titles(p record.Page, field string) string {
	var names []string
	for _, r := range p.Records {
		names = append(names, r.Values[field])
	}
	return strings.Join(names, ",")
}

func TestARecordIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made := b.make(t, clinic.Patients, entity.Values{"name": "João", "cpf": "52998224725", "birth": "1990-05-04", "phone": "11912345678"})
	got, err := b.Get(t.Context(), b.id, clinic.Patients, made.Key)
	if err != nil || got.Values["cpf"] != "52998224725" || got.Values["birth"] != "1990-05-04" || got.Values["email"] != "" || got.Version != 1 {
		t.Errorf("got %+v: %v", got, err)
	}
	if _, err := b.Get(t.Context(), b.id, clinic.Patients, "nenhum"); !errors.Is(err, entity.ErrNotFound) {
		t.Errorf("a key that is none: %v", err)
	}
}

func TestOfTwoWhoEditTheSameVersionOneIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made := b.make(t, clinic.Patients, entity.Values{"name": "João"})
	outcome := make(chan error, 2)
	for _, name := range []string{"João A", "João B"} {
		go func() {
			_, err := b.Update(t.Context(), b.id, by, clinic.Patients, made.Key, 1, entity.Values{"name": name})
			outcome <- err
		}()
	}
	one, two := <-outcome, <-outcome
	if (one == nil) == (two == nil) || !errors.Is(errors.Join(one, two), entity.ErrConflict) {
		t.Errorf("one got %v, the other %v", one, two)
	}
	got, err := b.Get(t.Context(), b.id, clinic.Patients, made.Key)
	if err != nil || got.Version != 2 {
		t.Errorf("version %d: %v", got.Version, err)
	}
}

// ASVS: v5.0.0-2.2.3, v5.0.0-2.3.4.
func TestAProfessionalHasOnePatientAtATime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, err := booking(t.Context(), b.Store, b.id)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	outcome := make(chan error, 4)
	for range 4 { // at the same moment
		wait.Go(func() {
			_, err := b.Create(t.Context(), b.id, by, clinic.Appointments, entity.Values{"starts_at": v["starts_at"], "patient": v["patient"], "professional": v["professional"], "service": v["service"]})
			outcome <- err
		})
	}
	wait.Wait()
	close(outcome)
	made := 0
	for err := range outcome {
		var problems entity.Problems
		switch {
		case err == nil:
			made++
		case !errors.As(err, &problems) || problems.Of("starts_at") != "o profissional já tem um agendamento neste horário":
			t.Error(err)
		}
	}
	if made != 1 {
		t.Errorf("%d were booked at the same time", made)
	}
	for start, want := range map[string]bool{"2026-12-01T11:30:00Z": true, "2026-12-01T11:45:00Z": false, "2026-12-01T12:29:00Z": false, "2026-12-01T12:30:00Z": true} {
		v["starts_at"], v["ends_at"] = start, ""
		if _, err := b.Create(t.Context(), b.id, by, clinic.Appointments, v); (err == nil) != want {
			t.Errorf("at %s: %v", start, err)
		}
	}
	first := all(t, b, clinic.Appointments, map[string][]string{"sort": {"soonest"}}).Records[1]
	if first.Values["ends_at"] != "2026-12-01T12:30:00Z" || first.Titles["patient"] != "Maria" {
		t.Errorf("it is %+v", first)
	}
	moved, err := b.Update(t.Context(), b.id, by, clinic.Appointments, first.Key, 1, entity.Values{"starts_at": "2026-12-02T12:00:00Z"})
	if err != nil || moved.Values["ends_at"] != "2026-12-02T12:30:00Z" {
		t.Errorf("moved, it ends at %s: %v", moved.Values["ends_at"], err)
	}
}

func TestAListIsSearchedFilteredAndReadPageByPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i := range 7 {
		b.make(t, clinic.Professionals, entity.Values{"name": fmt.Sprintf("João %d", i), "active": fmt.Sprint(i != 3)})
	}
	b.make(t, clinic.Professionals, entity.Values{"name": "100% Ana"})
	for _, row := range []struct {
		in   map[string][]string
		want string
		all  int
	}{
		{map[string][]string{"q": {"joao 5"}}, "João 5", 1},
		{map[string][]string{"q": {"100%"}}, "100% Ana", 1},
		{map[string][]string{"q": {"0_"}}, "", 0},
		{map[string][]string{"active": {"false"}}, "João 3", 1},
		{map[string][]string{"limit": {"2"}}, "100% Ana,João 0", 8},
	} {
		if p := all(t, b, clinic.Professionals, row.in); titles(p, "name") != row.want || p.Total != row.all {
			t.Errorf("%v: %s of %d", row.in, titles(p, "name"), p.Total)
		}
	}
	seen, in := []string{}, map[string][]string{"limit": {"3"}}
	for range 5 {
		p := all(t, b, clinic.Professionals, in)
		seen = append(seen, titles(p, "name"))
		if p.Next.Key == "" {
			break
		}
		in["after"] = []string{p.Next.String()}
	}
	if got := strings.Join(seen, "|"); got != "100% Ana,João 0,João 1|João 2,João 3,João 4|João 5,João 6" {
		t.Error(got)
	}
}

// ASVS: v5.0.0-2.3.3.
func TestAnActionTouchesAllOrNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, err := booking(t.Context(), b.Store, b.id)
	if err != nil {
		t.Fatal(err)
	}
	booked := b.make(t, clinic.Appointments, v)
	other := b.make(t, clinic.Patients, entity.Values{"name": "Outra"})
	_, err = b.Act(t.Context(), b.id, by, clinic.Patients, "delete", []string{other.Key, v["patient"]})
	var problems entity.Problems
	if !errors.As(err, &problems) {
		t.Errorf("a patient with an appointment is deleted: %v", err)
	}
	if p := all(t, b, clinic.Patients, nil); p.Total != 2 {
		t.Errorf("%d patients are left", p.Total)
	}
	for i, want := range []int{1, 0} { // what is confirmed is not confirmed again
		if n, err := b.Act(t.Context(), b.id, by, clinic.Appointments, "confirm", []string{booked.Key, "no key"}); n != want || err != nil {
			t.Errorf("time %d: %d, %v", i, n, err)
		}
	}
	history, _, err := b.log.List(t.Context(), b.id, audit.Query{Object: clinic.Appointments.Object(booked.Key), Limit: 10})
	if err != nil || len(history) != 2 || history[0].Action != "confirm" || history[1].Action != "created" || history[0].Actor != by.User {
		t.Errorf("the history is %+v: %v", history, err)
	}
}

// ASVS: v5.0.0-2.2.1.
func TestWhatIsWrongIsSaidAtOnceAndByField(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.make(t, clinic.Patients, entity.Values{"name": "João", "cpf": "52998224725"})
	for _, row := range []struct {
		v    entity.Values
		want string
	}{
		{entity.Values{"cpf": "123", "birth": "31/12", "x": "1"}, "name: preencha este campo; cpf: não é um CPF válido; confira os dígitos; birth: não é uma data, como 31/12/2026; x: este campo não existe"},
		{entity.Values{"name": "Ana", "cpf": "52998224725"}, "cpf: já há um paciente com este CPF"},
	} {
		if _, err := b.Create(t.Context(), b.id, by, clinic.Patients, row.v); err == nil || err.Error() != row.want {
			t.Errorf("got %v", err)
		}
	}
}
