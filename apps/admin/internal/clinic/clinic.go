// Package clinic describes what a clinic works with: patients, those who treat
// them, services and appointments. The pages of the clinic itself are another
// service's, which asks Admin for all of this.
package clinic

import "github.com/avila-devops/saas/apps/admin/internal/entity"

// remove is the action that deletes.
func remove(what string) entity.Action {
	return entity.Action{Name: "delete", Label: "Excluir", Confirm: "Excluir " + what + "? Não há como desfazer.", Danger: true}
}

var byName = entity.Sort{Name: "name", Label: "Nome", Column: "t.name", Type: "text"}

// newest is the order of what came last.
var newest = entity.Sort{Name: "newest", Label: "Mais recentes", Column: "t.created_at", Type: "timestamptz", Down: true}

// Patients are those who are treated.
var Patients = &entity.Entity{
	Name: "patients", Slug: "pacientes", One: "Paciente", Many: "Pacientes", Key: entity.ID, Title: "name", Found: true,
	Fields: []entity.Field{
		{Name: "name", Label: "Nome", Kind: entity.Text, Required: true, Listed: true},
		{Name: "cpf", Label: "CPF", Kind: entity.CPF, Null: true, Listed: true},
		{Name: "birth", Label: "Nascimento", Kind: entity.Date, Null: true, Listed: true},
		{Name: "phone", Label: "Telefone", Kind: entity.Phone, Null: true, Listed: true},
		{Name: "email", Label: "E-mail", Kind: entity.Email, Null: true},
		{Name: "notes", Label: "Observações", Kind: entity.Long, Help: "Só o necessário para o atendimento."},
	},
	Search: []string{"name", "cpf", "phone", "email"},
	Sorts:  []entity.Sort{byName, newest},
	Actions: []entity.Action{
		remove("os pacientes escolhidos, com os seus dados"),
	},
	Unique: map[string]entity.Problem{"patients_tenant_id_cpf_key": {Field: "cpf", Detail: "já há um paciente com este CPF"}},
}

// active are the actions on what can be taken out of use.
var active = []entity.Action{
	{Name: "deactivate", Label: "Desativar", Confirm: "Desativar os escolhidos? Deixam de aparecer em novos agendamentos.", Set: "active = false", From: "active"},
	{Name: "activate", Label: "Ativar", Confirm: "Ativar os escolhidos?", Set: "active = true", From: "not active"},
}

// Professionals are those who treat.
var Professionals = &entity.Entity{
	Name: "professionals", Slug: "profissionais", One: "Profissional", Many: "Profissionais", Key: entity.ID, Title: "name", Found: true,
	Fields: []entity.Field{
		{Name: "name", Label: "Nome", Kind: entity.Text, Required: true, Listed: true},
		{Name: "specialty", Label: "Especialidade", Kind: entity.Text, Listed: true},
		{Name: "registration", Label: "Registro", Kind: entity.Text, Max: 40, Listed: true, Help: "No conselho, como CRM-SP 123456."},
		{Name: "active", Label: "Em atividade", Kind: entity.Flag, Default: "true", Listed: true, Filter: true},
	},
	Search:  []string{"name", "specialty", "registration"},
	Sorts:   []entity.Sort{byName, newest},
	Actions: append(active[:2:2], remove("os profissionais escolhidos")),
}

// Services are what is done, and for how much.
var Services = &entity.Entity{
	Name: "services", Slug: "servicos", One: "Serviço", Many: "Serviços", Key: entity.ID, Title: "name", Found: true,
	Fields: []entity.Field{
		{Name: "name", Label: "Nome", Kind: entity.Text, Required: true, Listed: true},
		{Name: "minutes", Label: "Duração em minutos", Kind: entity.Count, Required: true, Min: 5, Max: 1440, Default: "30", Listed: true},
		{Name: "price_cents", Label: "Preço", Kind: entity.Money, Required: true, Max: 100_000_000, Listed: true},
		{Name: "active", Label: "Oferecido", Kind: entity.Flag, Default: "true", Listed: true, Filter: true},
	},
	Search:  []string{"name"},
	Sorts:   []entity.Sort{byName, newest},
	Actions: append(active[:2:2], remove("os serviços escolhidos")),
	Unique:  map[string]entity.Problem{"services_tenant_id_name_key": {Field: "name", Detail: "já há um serviço com este nome"}},
}
