package dashboard

import (
	"net/http"
	"strconv"
	"strings"
)

// noticeCookie carries what the next page says of a change. It names a text of
// ours and a number, and never a text itself.
const noticeCookie = "__Host-notice"

var notices = map[string]string{ //nolint:gosec // texts about passwords, and no password
	"created":  "Registro criado.",
	"saved":    "Alterações salvas.",
	"same":     "Nada mudou.",
	"acted":    "Ação feita em %d registro(s).",
	"ended":    "Sessões encerradas: %d.",
	"password": "Senha alterada. As outras sessões foram encerradas.",
	"none":     "Escolha ao menos um registro e uma ação.",
}

func (v *visit) notice(name string, n int) {
	http.SetCookie(v.w, &http.Cookie{Name: noticeCookie, Value: name + "." + strconv.Itoa(n), Path: "/", MaxAge: 60, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// takeNotice returns what is to be said, once.
func takeNotice(v *visit) string {
	c, err := v.Cookie(noticeCookie)
	if err != nil {
		return ""
	}
	http.SetCookie(v.w, &http.Cookie{Name: noticeCookie, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	name, number, _ := strings.Cut(c.Value, ".")
	n, err := strconv.Atoi(number)
	if err != nil {
		return ""
	}
	return strings.Replace(notices[name], "%d", strconv.Itoa(n), 1)
}
