package entity

import (
	"strconv"
	"strings"
	"time"
)

// Show writes a value for people.
func (f *Field) Show(value string, zone *time.Location) string {
	if value == "" {
		return ""
	}
	switch f.Kind {
	case Date:
		if at, err := time.Parse(dateForm, value); err == nil {
			return at.Format("02/01/2006")
		}
	case Moment:
		if at, err := time.Parse(momentForm, value); err == nil {
			return at.In(zone).Format("02/01/2006 15:04")
		}
	case Money:
		if n, err := strconv.Atoi(value); err == nil {
			return reais(n)
		}
	case Flag:
		if value == "true" {
			return "Sim"
		}
		return "Não"
	case CPF:
		if len(value) == 11 {
			return value[:3] + "." + value[3:6] + "." + value[6:9] + "-" + value[9:]
		}
	case Phone:
		return phone(value)
	case Option:
		return f.label(value)
	case Set:
		var all []string
		for each := range strings.SplitSeq(value, ",") {
			all = append(all, f.label(each))
		}
		return strings.Join(all, "; ")
	default:
	}
	return value
}

// Edit writes a value as its form's field takes it.
func (f *Field) Edit(value string, zone *time.Location) string {
	switch f.Kind {
	case Moment:
		if at, err := time.Parse(momentForm, value); err == nil {
			return at.In(zone).Format("2006-01-02T15:04")
		}
	case Money:
		if n, err := strconv.Atoi(value); err == nil {
			return strings.TrimPrefix(reais(n), "R$\u00a0")
		}
	case CPF, Phone:
		return f.Show(value, zone)
	default:
	}
	return value
}

// reais writes cents as R$ 1.250,00.
func reais(cents int) string {
	whole, part := strconv.Itoa(cents/100), strconv.Itoa(100 + cents%100)[1:]
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "." + whole[at:]
	}
	return "R$\u00a0" + whole + "," + part
}

// phone writes a Brazilian number with its area.
func phone(digits string) string {
	if strings.HasPrefix(digits, "+") || len(digits) < 10 || len(digits) > 11 {
		return digits
	}
	return "(" + digits[:2] + ") " + digits[2:len(digits)-4] + "-" + digits[len(digits)-4:]
}
