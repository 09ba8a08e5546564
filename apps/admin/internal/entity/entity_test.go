package entity_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
)

var sample = &entity.Entity{
	Name: "samples", Key: entity.ID,
	Sorts: []entity.Sort{{Name: "name", Column: "t.name", Type: "text"}},
	Fields: []entity.Field{
		{Name: "name", Kind: entity.Text, Required: true, Max: 10}, {Name: "cpf", Kind: entity.CPF, Null: true}, {Name: "phone", Kind: entity.Phone, Null: true},
		{Name: "email", Kind: entity.Email}, {Name: "birth", Kind: entity.Date, Null: true, Filter: true}, {Name: "at", Kind: entity.Moment, Filter: true}, {Name: "n", Kind: entity.Count, Min: 1, Max: 9},
		{Name: "price", Kind: entity.Money, Max: 1_000_000}, {Name: "on", Kind: entity.Flag}, {Name: "state", Kind: entity.Option, Choices: []entity.Choice{{"a", "Aberto"}, {"b", "Fechado"}}},
		{Name: "may", Kind: entity.Set, Choices: []entity.Choice{{"x", "X"}, {"y", "Y"}}}, {Name: "made", Kind: entity.Text, ReadOnly: true}, {Name: "login", Kind: entity.Text, Once: true},
	},
}

func manaus(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/Manaus")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// TestWhatPeopleWriteIsKeptInOneForm goes from a form's field to what is kept,
// and back to what is shown; or to what is wrong.
func TestWhatPeopleWriteIsKeptInOneForm(t *testing.T) {
	t.Parallel()
	zone := manaus(t)
	for _, row := range []struct{ field, typed, kept, shown, wrong string }{
		{"name", "  Ana \t Souza ", "Ana Souza", "Ana Souza", ""},
		{"name", "", "", "", "preencha este campo"},
		{"name", "12345678901", "12345678901", "12345678901", "tem mais de 10 caracteres"},
		{"name", "a\x00b", "a\x00b", "a\x00b", "tem caracteres inválidos"},
		{"cpf", "529.982.247-25", "52998224725", "529.982.247-25", ""},
		{"cpf", "529.982.247-26", "52998224726", "529.982.247-26", "não é um CPF válido; confira os dígitos"},
		{"cpf", "111.111.111-11", "11111111111", "111.111.111-11", "não é um CPF válido; confira os dígitos"},
		{"cpf", "", "", "", ""},
		{"phone", "(11) 91234-5678", "11912345678", "(11) 91234-5678", ""},
		{"phone", "+55 11 3234-5678", "1132345678", "(11) 3234-5678", ""},
		{"phone", "+351 21 123 4567", "+351211234567", "+351211234567", ""},
		{"phone", "190", "190", "190", "não é um telefone com DDD, como (11) 91234-5678"},
		{"email", "Ana@Exemplo.com.br", "ana@exemplo.com.br", "ana@exemplo.com.br", ""},
		{"email", "ana@exemplo", "ana@exemplo", "ana@exemplo", "não é um e-mail, como nome@empresa.com.br"},
		{"email", "Ana <a@b.c>", "ana <a@b.c>", "ana <a@b.c>", "não é um e-mail, como nome@empresa.com.br"},
		{"birth", "2000-02-29", "2000-02-29", "29/02/2000", ""},
		{"birth", "2001-02-29", "2001-02-29", "2001-02-29", "não é uma data, como 31/12/2026"},
		{"at", "2026-12-01T23:30", "2026-12-02T03:30:00Z", "01/12/2026 23:30", ""},
		{"at", "amanhã", "amanhã", "amanhã", "não é uma data com hora"},
		{"n", "9", "9", "9", ""},
		{"n", "10", "10", "10", "não está entre 1 e 9"},
		{"n", "1,5", "1,5", "1,5", "não é um número inteiro"},
		{"price", "R$ 1.250,5", "125050", "R$\u00a01.250,50", ""},
		{"price", "0,07", "7", "R$\u00a00,07", ""},
		{"price", "1,234", "1,234", "1,234", "não é um valor em reais, como 120,00"},
		{"price", "20000", "2000000", "R$\u00a020.000,00", "não está entre R$\u00a00,00 e R$\u00a010.000,00"},
		{"on", "true", "true", "Sim", ""},
		{"on", "", "false", "Não", ""},
		{"state", "b", "b", "Fechado", ""},
		{"state", "c", "c", "c", "escolha uma das opções"},
		{"may", "y", "y", "Y", ""},
		{"may", "z", "z", "z", `"z" não é uma das opções`},
	} {
		given, problems := sample.FromForm(map[string][]string{row.field: {row.typed}}, zone, true)
		f := sample.Field(row.field)
		if given[row.field] != row.kept || f.Show(given[row.field], zone) != row.shown || problems.Of(row.field) != row.wrong {
			t.Errorf("%s %q is kept as %q, shown as %q: %q", row.field, row.typed, given[row.field], f.Show(given[row.field], zone), problems.Of(row.field))
		}
		if row.wrong != "" {
			continue
		}
		again, problems := sample.FromForm(map[string][]string{row.field: {f.Edit(row.kept, zone)}}, zone, true)
		if row.field != "on" && (again[row.field] != row.kept || problems.Of(row.field) != "") {
			t.Errorf("%s %q is offered as %q, and would become %q", row.field, row.kept, f.Edit(row.kept, zone), again[row.field])
		}
	}
}

func TestWhatNobodyMayWriteIsRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		given    entity.Values
		creating bool
		want     string
	}{
		"a field to be read": {entity.Values{"name": "x", "made": "y"}, true, "made: não pode ser alterado"},
		"a field set once":   {entity.Values{"login": "y"}, false, "login: não pode mais ser alterado"},
		"no field":           {entity.Values{"x": "y"}, false, "x: este campo não existe"},
		"nothing":            {entity.Values{}, false, ""},
	} {
		got := ""
		if problems := sample.Judge(row.given, row.creating); problems != nil {
			got = problems.Error()
		}
		if got != row.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestAValueOfTheWrongTypeIsRefused(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		field string
		value any
		text  string
		wrong string
	}{
		{"n", json.Number("5"), "5", ""}, {"n", "5", "", "deve ser um número inteiro"}, {"on", true, "true", ""}, {"on", "true", "", "deve ser true ou false"},
		{"may", []any{"y", "x", "x"}, "x,y", ""}, {"may", "x", "", "deve ser uma lista de textos"}, {"may", []any{1.0}, "", "deve ser uma lista de textos"},
		{"name", json.Number("1"), "", "deve ser um texto"}, {"cpf", nil, "", ""}, {"at", "2026-12-01T10:00:00-03:00", "2026-12-01T13:00:00Z", ""},
	} {
		if text, wrong := sample.Field(row.field).FromJSON(row.value); text != row.text || wrong != row.wrong {
			t.Errorf("%s %v: %q, %q", row.field, row.value, text, wrong)
		}
	}
}

func FuzzAPlaceIsReadAsItWasWrittenOrNotAtAll(f *testing.F) {
	f.Add("WyJhIiwiYiJd")
	f.Add(entity.Place{Value: "Ana", Key: "11111111-1111-4111-8111-111111111111"}.String())
	f.Fuzz(func(t *testing.T, text string) {
		q, problems := sample.ParseQuery(map[string][]string{"after": {text}}, time.UTC)
		if problems == nil && q.After.Key != "" {
			again, problems := sample.ParseQuery(map[string][]string{"after": {q.After.String()}}, time.UTC)
			if problems != nil || again.After != q.After || !entity.IsUUID(q.After.Key) {
				t.Errorf("%q is %+v, and then %+v", text, q.After, again.After)
			}
		}
	})
}

func TestADayOfTheTenantsIsAWhileOfMoments(t *testing.T) {
	t.Parallel()
	q, problems := sample.ParseQuery(map[string][]string{"at_from": {"2026-12-01"}, "at_to": {"2026-12-01"}, "birth_to": {"2000-01-31"}}, manaus(t))
	if problems != nil || len(q.Filters) != 2 || q.Filters[0].Until != "2000-02-01" || q.Filters[1].From != "2026-12-01T04:00:00Z" || q.Filters[1].Until != "2026-12-02T04:00:00Z" {
		t.Errorf("the filters are %+v: %v", q.Filters, problems)
	}
}
