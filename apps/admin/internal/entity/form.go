package entity

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// FromForm reads what a person wrote into a form, in the tenant's time zone,
// and says all that is wrong with it.
func (e *Entity) FromForm(form map[string][]string, zone *time.Location, creating bool) (Values, Problems) {
	given := Values{}
	for _, f := range e.Fields {
		if f.ReadOnly || f.Once && !creating {
			continue
		}
		given[f.Name] = f.fromForm(form[f.Name], zone)
	}
	return given, e.Judge(given, creating)
}

func (f *Field) fromForm(all []string, zone *time.Location) string {
	if f.Kind == Set {
		all = slices.Clone(all)
		slices.Sort(all)
		return strings.Join(slices.Compact(all), ",")
	}
	text := ""
	if len(all) > 0 {
		text = all[0]
	}
	switch f.Kind {
	case Flag:
		if text == "" {
			return "false"
		}
		return "true"
	case Money:
		return cents(text)
	case Moment:
		if at, err := time.ParseInLocation("2006-01-02T15:04", text, zone); err == nil {
			return at.UTC().Format(momentForm)
		}
	default:
	}
	return f.Normal(text)
}

// Normal brings a text into the one form that it is kept in, as far as it has
// one; what it is then is for Judge.
func (f *Field) Normal(text string) string {
	if f.Kind != Long {
		text = strings.Join(strings.Fields(text), " ")
	}
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch f.Kind {
	case Email:
		return strings.ToLower(text)
	case CPF:
		return keep(text, ".-/ ")
	case Phone:
		return strings.TrimPrefix(keep(text, "()-. "), "+55") // numbers are Brazilian unless they say otherwise
	case Moment:
		if at, err := time.Parse(time.RFC3339, text); err == nil {
			return at.UTC().Format(momentForm)
		}
	default:
	}
	return text
}

// keep drops what people put between digits.
func keep(text, dropped string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(dropped, r) || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

// cents reads an amount in reais, as people write it: 1.250,00 or 1250.
func cents(text string) string {
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "R$"))
	if text == "" {
		return ""
	}
	whole, part, _ := strings.Cut(text, ",")
	whole = strings.ReplaceAll(whole, ".", "")
	if len(part) > 2 || strings.Trim(whole+part, "0123456789") != "" || whole == "" {
		return text // which Judge refuses
	}
	digits := strings.TrimLeft(whole+(part + "00")[:2], "0")
	if digits == "" {
		return "0"
	}
	return digits
}

// Judge says all that is wrong with values. Of a change, only those given are
// judged.
func (e *Entity) Judge(given Values, creating bool) (problems Problems) {
	for _, f := range e.Fields {
		value, ok := given[f.Name]
		switch {
		case ok && f.ReadOnly:
			problems = append(problems, Problem{f.Name, "não pode ser alterado"})
			continue
		case ok && f.Once && !creating:
			problems = append(problems, Problem{f.Name, "não pode mais ser alterado"})
			continue
		case !ok && !creating:
			continue
		case !ok && f.Default != "":
			given[f.Name], value = f.Default, f.Default
		}
		if f.ReadOnly {
			continue
		}
		if detail := f.check(value); detail != "" {
			problems = append(problems, Problem{f.Name, detail})
		}
	}
	for name := range given {
		if e.Field(name) == nil {
			problems = append(problems, Problem{name, "este campo não existe"})
		}
	}
	return problems
}
