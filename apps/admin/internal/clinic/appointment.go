package clinic

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Appointments are when a patient is treated, by whom.
var Appointments = &entity.Entity{
	Name: "appointments", Slug: "agendamentos", One: "Agendamento", Many: "Agendamentos", Key: entity.ID, Title: "starts_at",
	Fields: []entity.Field{
		{Name: "starts_at", Label: "Início", Kind: entity.Moment, Required: true, Listed: true, Filter: true},
		{Name: "ends_at", Label: "Término", Kind: entity.Moment, Help: "Em branco: pela duração do serviço."},
		{Name: "patient", Label: "Paciente", Kind: entity.Reference, Required: true, Listed: true, Link: &entity.Link{Table: "patients", Slug: "pacientes", Key: entity.ID, Title: "name"}, Filter: true},
		{Name: "professional", Label: "Profissional", Kind: entity.Reference, Required: true, Listed: true, Filter: true,
			Link: &entity.Link{Table: "professionals", Slug: "profissionais", Key: entity.ID, Title: "name", Active: "active"}},
		{Name: "service", Label: "Serviço", Kind: entity.Reference, Required: true, Listed: true,
			Link: &entity.Link{Table: "services", Slug: "servicos", Key: entity.ID, Title: "name", Active: "active"}},
		{Name: "state", Label: "Situação", Kind: entity.Option, Required: true, Default: "booked", Listed: true, Filter: true, Choices: []entity.Choice{
			{Value: "booked", Label: "Agendado"}, {Value: "confirmed", Label: "Confirmado"}, {Value: "done", Label: "Realizado"},
			{Value: "missed", Label: "Faltou"}, {Value: "cancelled", Label: "Cancelado"},
		}},
		{Name: "notes", Label: "Observações", Kind: entity.Long},
	},
	Search: []string{"notes"},
	Sorts: []entity.Sort{
		{Name: "latest", Label: "Do último ao primeiro", Column: "t.starts_at", Type: "timestamptz", Down: true},
		{Name: "soonest", Label: "Do primeiro ao último", Column: "t.starts_at", Type: "timestamptz"},
	},
	Actions: []entity.Action{
		{Name: "confirm", Label: "Confirmar", Confirm: "Confirmar os agendamentos escolhidos?", Set: "state = 'confirmed'", From: "state = 'booked'"},
		{Name: "done", Label: "Marcar como realizados", Confirm: "Marcar os escolhidos como realizados?", Set: "state = 'done'", From: "state in ('booked', 'confirmed')"},
		{Name: "missed", Label: "Marcar falta", Confirm: "Marcar falta nos escolhidos?", Set: "state = 'missed'", From: "state in ('booked', 'confirmed')"},
		{Name: "cancel", Label: "Cancelar", Confirm: "Cancelar os agendamentos escolhidos? O horário fica livre.", Set: "state = 'cancelled'", From: "state in ('booked', 'confirmed')", Danger: true},
	},
	Check: checkAppointment,
}

// held tells the appointments that take up a professional's time.
func held(state string) bool { return state != "cancelled" && state != "missed" }

// checkAppointment completes the end, and keeps a professional from two
// patients at once. The professional's row is locked first, so that of two
// bookings at the same time one sees the other.
func checkAppointment(ctx context.Context, tx *tenancy.Tx, c *entity.Change) (problems entity.Problems, err error) {
	if c.New == nil {
		return nil, nil
	}
	var active bool
	switch err := tx.QueryRow(ctx, "select active from professionals where id = $1::uuid for update", c.New["professional"]).Scan(&active); {
	case errors.Is(err, pgx.ErrNoRows):
		problems = append(problems, entity.Problem{Field: "professional", Detail: "este profissional não existe"})
	case err != nil:
		return nil, fmt.Errorf("find the professional: %w", err)
	case !active && changed(c, "professional"):
		problems = append(problems, entity.Problem{Field: "professional", Detail: "este profissional não está em atividade"})
	}
	minutes := 0
	switch err := tx.QueryRow(ctx, "select minutes, active from services where id = $1::uuid", c.New["service"]).Scan(&minutes, &active); {
	case errors.Is(err, pgx.ErrNoRows):
		problems = append(problems, entity.Problem{Field: "service", Detail: "este serviço não existe"})
	case err != nil:
		return nil, fmt.Errorf("find the service: %w", err)
	case !active && changed(c, "service"):
		problems = append(problems, entity.Problem{Field: "service", Detail: "este serviço não é mais oferecido"})
	}
	starts, err := time.Parse(time.RFC3339, c.New["starts_at"])
	if err != nil || len(problems) > 0 {
		return problems, nil //nolint:nilerr // the field's own problem is told
	}
	if c.Old != nil && changed(c, "starts_at") && !changed(c, "ends_at") { // it was moved, and lasts as long
		was, _ := time.Parse(time.RFC3339, c.Old["starts_at"]) // our own writing, as is the next
		until, _ := time.Parse(time.RFC3339, c.Old["ends_at"])
		c.New["ends_at"] = starts.Add(until.Sub(was)).UTC().Format("2006-01-02T15:04:05Z")
	}
	if c.New["ends_at"] == "" {
		c.New["ends_at"] = starts.Add(time.Duration(minutes) * time.Minute).UTC().Format("2006-01-02T15:04:05Z")
	}
	ends, err := time.Parse(time.RFC3339, c.New["ends_at"])
	if err != nil || !ends.After(starts) || ends.Sub(starts) > 24*time.Hour {
		return entity.Problems{{Field: "ends_at", Detail: "o término deve vir depois do início, no máximo 24 horas"}}, nil //nolint:nilerr // told here
	}
	if !held(c.New["state"]) {
		return nil, nil
	}
	return overlap(ctx, tx, c)
}

func changed(c *entity.Change, field string) bool {
	return c.Old == nil || c.Old[field] != c.New[field]
}

func overlap(ctx context.Context, tx *tenancy.Tx, c *entity.Change) (entity.Problems, error) {
	self := ""
	if len(c.Keys) > 0 {
		self = c.Keys[0]
	}
	taken := false
	err := tx.QueryRow(ctx, `select exists (select from appointments where professional = $1::uuid and state not in ('cancelled', 'missed')
		and starts_at < $3::timestamptz and ends_at > $2::timestamptz and starts_at > $2::timestamptz - interval '1 day' and id::text <> $4)`,
		c.New["professional"], c.New["starts_at"], c.New["ends_at"], self).Scan(&taken)
	if err != nil {
		return nil, fmt.Errorf("look for another appointment at the time: %w", err)
	}
	if taken {
		return entity.Problems{{Field: "starts_at", Detail: "o profissional já tem um agendamento neste horário"}}, nil
	}
	return nil, nil
}
