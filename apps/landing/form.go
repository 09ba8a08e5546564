package main

import (
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// consent is what a visitor agrees to; it is kept with what was sent.
const consent = "Concordo que meus dados sejam usados para responder a este pedido, conforme a LGPD (Lei 13.709/2018)."

// trap is a field that people do not see and programs fill in.
const trap = "website"

// Option is one of a field's values.
type Option struct{ Value, Label string }

// Field is one field of a form, with what a visitor wrote and what is wrong
// with it.
type Field struct {
	Name, Label, Type, Complete, Hint string
	Options                           []Option // of a select
	Optional                          bool
	Value, Error                      string

	check func(text string) (problem string)
}

// Form is a form as it is shown.
type Form struct {
	Title, Lead, Action, Button string
	Fields                      []Field
	Consent, ConsentError       string
	Problem                     string // of the form as a whole
	Trap                        string
}

// read takes what a visitor sent, and reports whether all of it is right.
func (f *Form) read(sent url.Values) bool {
	right := true
	for i := range f.Fields {
		field := &f.Fields[i]
		field.Value = clean(sent.Get(field.Name))
		switch {
		case field.Value == "" && field.Optional:
		case field.Value == "":
			field.Error = "Preencha este campo."
		case field.check != nil:
			field.Error = field.check(field.Value)
		}
		right = right && field.Error == ""
	}
	if sent.Get("consent") != "sim" {
		f.ConsentError, right = "Para respondermos, precisamos da sua concordância.", false
	}
	return right
}

func (f *Form) value(name string) string {
	for _, field := range f.Fields {
		if field.Name == name {
			return field.Value
		}
	}
	return ""
}

// clean leaves what can be shown and kept.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	return strings.TrimSpace(s)
}

func length(least, most int, problem string) func(string) string {
	return func(s string) string {
		if n := utf8.RuneCountInString(s); n < least || n > most {
			return problem
		}
		return ""
	}
}

func email(s string) string {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 200 || !strings.Contains(s[strings.LastIndex(s, "@"):], ".") {
		return "Escreva um e-mail completo, como nome@empresa.com.br."
	}
	return ""
}

func phone(s string) string {
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune(" ()+-.", r):
			digits = 99
		}
	}
	if digits < 10 || digits > 13 {
		return "Escreva o telefone com DDD, como (11) 91234-5678."
	}
	return ""
}

func oneOf(options []Option) func(string) string {
	return func(s string) string {
		for _, o := range options {
			if o.Value == s {
				return ""
			}
		}
		return "Escolha uma das opções."
	}
}

// day judges a date: from today to a year ahead.
func day(today time.Time) func(string) string {
	return func(s string) string {
		d, err := time.ParseInLocation(time.DateOnly, s, today.Location())
		if first := today.Format(time.DateOnly); err != nil || s < first || d.After(today.AddDate(1, 0, 0)) {
			return "Escolha um dia de hoje em diante, até um ano."
		}
		return ""
	}
}

func nameField() Field {
	return Field{Name: "name", Label: "Seu nome", Type: "text", Complete: "name", check: length(2, 100, "Escreva de 2 a 100 letras.")}
}

func emailField() Field {
	return Field{Name: "email", Label: "E-mail", Type: "email", Complete: "email", check: email}
}

func phoneField() Field {
	return Field{Name: "phone", Label: "Telefone com DDD", Type: "tel", Complete: "tel", check: phone}
}

func contactForm() *Form {
	p := phoneField()
	p.Optional = true
	return &Form{
		Title: "Fale com a gente", Lead: "Conte o que você precisa. Respondemos pelo e-mail que você deixar.", Action: "/contato", Button: "Enviar mensagem", Consent: consent, Trap: trap,
		Fields: []Field{nameField(), emailField(), p, {Name: "message", Label: "Mensagem", Type: "textarea", check: length(5, 2000, "Escreva de 5 a 2.000 letras.")}},
	}
}

func appointmentForm(c Card, today time.Time) *Form {
	options := make([]Option, len(c.Offers))
	for i, o := range c.Offers {
		options[i] = Option{o.Name, o.Name + " — " + o.Price()}
	}
	note := Field{Name: "message", Label: "Observação", Type: "textarea", Optional: true, check: length(0, 2000, "Escreva até 2.000 letras.")}
	return &Form{
		Title: "Pedir um horário", Lead: "Escolha o serviço e o dia. A equipe confirma o horário com você.", Action: "/agendar", Button: "Pedir horário", Consent: consent, Trap: trap,
		Fields: []Field{
			{Name: "about", Label: "Serviço", Type: "select", Options: options, check: oneOf(options)},
			{Name: "day", Label: "Dia", Type: "date", check: day(today)},
			nameField(), emailField(), phoneField(), note,
		},
	}
}

func signupForm(chosen string) *Form {
	choices := make([]Option, len(plans))
	for i, p := range plans {
		choices[i] = Option{p.ID, p.Name + " — " + p.Price() + " por mês"}
	}
	methods := []Option{{"card", "Cartão, cobrado todo mês"}, {"pix", "Pix, um mês adiantado"}}
	return &Form{
		Title: "Contratar", Lead: "Depois deste passo você vai à página de pagamento. Criamos o espaço da empresa assim que ele for confirmado.", Action: "/contratar", Button: "Continuar para o pagamento", Consent: consent, Trap: trap,
		Fields: []Field{
			{Name: "plan", Label: "Plano", Type: "select", Options: choices, Value: chosen, check: oneOf(choices)},
			{Name: "method", Label: "Pagamento", Type: "select", Options: methods, check: oneOf(methods)},
			{Name: "company", Label: "Empresa", Type: "text", Complete: "organization", check: length(2, 100, "Escreva de 2 a 100 letras.")},
			nameField(), emailField(), phoneField(),
		},
	}
}
