package entity

import (
	"fmt"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Kind is a kind of value.
type Kind int

// The kinds.
const (
	Text Kind = iota
	Long      // a text of several lines
	Email
	Phone
	CPF
	Date
	Moment
	Count
	Money
	Flag
	Option    // one of the choices
	Set       // several of the choices
	Reference // the key of another entity's record
)

const (
	dateForm   = time.DateOnly
	momentForm = "2006-01-02T15:04:05Z"
)

func (k Kind) sql() string {
	switch k {
	case Date:
		return "date"
	case Moment:
		return "timestamptz"
	case Count:
		return "integer"
	case Money:
		return "bigint"
	case Flag:
		return "boolean"
	default:
		return "text"
	}
}

func (k Kind) numeric() bool { return k == Count || k == Money }

var phoneForm = regexp.MustCompile(`^\+?[0-9]{10,15}$`)

// check says what is wrong with a value by its kind alone.
func (k Kind) check(value string, least, most int) string {
	switch k {
	case Email:
		if at, err := mail.ParseAddress(value); err != nil || at.Address != value || !strings.Contains(value[strings.LastIndex(value, "@"):], ".") {
			return "não é um e-mail, como nome@empresa.com.br"
		}
	case Phone:
		if !phoneForm.MatchString(value) {
			return "não é um telefone com DDD, como (11) 91234-5678"
		}
	case CPF:
		if !validCPF(value) {
			return "não é um CPF válido; confira os dígitos"
		}
	case Date:
		if at, err := time.Parse(dateForm, value); err != nil || at.Year() < 1900 || at.Year() > 2200 {
			return "não é uma data, como 31/12/2026"
		}
	case Moment:
		if at, err := time.Parse(momentForm, value); err != nil || at.Year() < 1900 || at.Year() > 2200 {
			return "não é uma data com hora"
		}
	case Count, Money:
		return number(value, least, most, k == Money)
	case Flag:
		if value != "true" && value != "false" {
			return "responda sim ou não"
		}
	default:
	}
	return ""
}

func number(value string, least, most int, money bool) string {
	n, err := strconv.Atoi(value)
	if most == 0 {
		most = 1 << 30
	}
	switch {
	case err != nil && money:
		return "não é um valor em reais, como 120,00"
	case err != nil:
		return "não é um número inteiro"
	case (n < least || n > most) && money:
		return fmt.Sprintf("não está entre %s e %s", reais(least), reais(most))
	case n < least || n > most:
		return fmt.Sprintf("não está entre %d e %d", least, most)
	}
	return ""
}

// validCPF judges the two digits that the tax office computes from the others.
func validCPF(cpf string) bool {
	if len(cpf) != 11 || strings.Count(cpf, cpf[:1]) == 11 || strings.Trim(cpf, "0123456789") != "" {
		return false
	}
	for place := 9; place < 11; place++ {
		sum := 0
		for i, c := range []byte(cpf[:place]) {
			sum += int(c-'0') * (place + 1 - i)
		}
		if sum*10%11%10 != int(cpf[place]-'0') {
			return false
		}
	}
	return true
}
