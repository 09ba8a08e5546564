package clinic

import "github.com/avila-devops/saas/apps/admin/internal/entity"

// Leads are those who wrote on the public site.
var Leads = &entity.Entity{
	Name: "leads", Slug: "interessados", One: "Interessado", Many: "Interessados", Key: entity.ID, Title: "name", NoCreate: true,
	Fields: []entity.Field{
		{Name: "name", Label: "Nome", Kind: entity.Text, ReadOnly: true, Listed: true},
		{Name: "kind", Label: "Pedido", Kind: entity.Option, ReadOnly: true, Listed: true, Filter: true, Choices: []entity.Choice{{Value: "contact", Label: "Contato"}, {Value: "signup", Label: "Assinatura"}}},
		{Name: "email", Label: "E-mail", Kind: entity.Email, ReadOnly: true, Listed: true},
		{Name: "phone", Label: "Telefone", Kind: entity.Phone, ReadOnly: true, Listed: true},
		{Name: "message", Label: "Mensagem", Kind: entity.Long, ReadOnly: true},
		{Name: "state", Label: "Situação", Kind: entity.Option, Required: true, Default: "new", Listed: true, Filter: true, Choices: []entity.Choice{
			{Value: "new", Label: "Novo"}, {Value: "contacted", Label: "Em contato"}, {Value: "won", Label: "Ganho"}, {Value: "lost", Label: "Perdido"},
		}},
	},
	Search: []string{"name", "email", "phone"},
	Sorts:  []entity.Sort{newest, byName},
	Actions: []entity.Action{
		{Name: "contacted", Label: "Marcar em contato", Confirm: "Marcar os escolhidos como em contato?", Set: "state = 'contacted'", From: "state = 'new'"},
		{Name: "won", Label: "Marcar como ganhos", Confirm: "Marcar os escolhidos como ganhos?", Set: "state = 'won'", From: "state <> 'won'"},
		{Name: "lost", Label: "Marcar como perdidos", Confirm: "Marcar os escolhidos como perdidos?", Set: "state = 'lost'", From: "state <> 'lost'"},
		remove("os contatos escolhidos, com os seus dados"),
	},
}

// Tickets are calls for help.
var Tickets = &entity.Entity{
	Name: "tickets", Slug: "chamados", One: "Chamado", Many: "Chamados", Key: entity.ID, Title: "subject", Found: true,
	Fields: []entity.Field{
		{Name: "subject", Label: "Assunto", Kind: entity.Text, Required: true, Listed: true},
		{Name: "body", Label: "Descrição", Kind: entity.Long},
		{Name: "state", Label: "Situação", Kind: entity.Option, ReadOnly: true, Listed: true, Filter: true, Choices: []entity.Choice{{Value: "open", Label: "Aberto"}, {Value: "resolved", Label: "Resolvido"}}},
	},
	Search: []string{"subject", "body"},
	Sorts:  []entity.Sort{newest},
	Actions: []entity.Action{
		{Name: "resolve", Label: "Resolver", Confirm: "Marcar os chamados escolhidos como resolvidos?", Set: "state = 'resolved', resolved_at = now()", From: "state = 'open'"},
		{Name: "reopen", Label: "Reabrir", Confirm: "Reabrir os chamados escolhidos?", Set: "state = 'open', resolved_at = null", From: "state = 'resolved'"},
	},
}

// Entities are all, in the order of the menu.
func Entities() []*entity.Entity {
	return []*entity.Entity{Appointments, Patients, Professionals, Services, Leads, Tickets}
}
