package dashboard

import (
	"bytes"
	"net/http"
	"net/url"
)

// problem is a page that says what went wrong.
type problem struct {
	Code        int
	Title, Text string
}

var problems = map[int]problem{
	http.StatusForbidden:           {Title: "Sem permissão", Text: "Seu perfil não permite isto. Se precisar, peça a quem administra os usuários da empresa."},
	http.StatusNotFound:            {Title: "Não encontrado", Text: "O endereço pode ter sido digitado com erro, ou o registro foi excluído."},
	http.StatusMethodNotAllowed:    {Title: "Pedido não aceito", Text: "Este endereço não recebe este tipo de pedido. Volte e tente pela página."},
	http.StatusServiceUnavailable:  {Title: "Indisponível no momento", Text: "Não foi possível falar com uma parte do sistema. Nada se perdeu; tente de novo em instantes."},
	http.StatusInternalServerError: {Title: "Algo falhou do nosso lado", Text: "O erro foi registrado e será examinado. Tente de novo em alguns minutos."},
}

// Problem answers with the page of a status. Who is not signed in is led to
// where he can, and back.
func (d *Dashboard) Problem(w http.ResponseWriter, r *http.Request, code int) {
	if code == http.StatusUnauthorized {
		where := Root + "entrar"
		if r.Method == http.MethodGet && r.URL.Path != Root {
			where += "?" + url.Values{"depois": {r.URL.RequestURI()}}.Encode()
		}
		w.Header().Del("WWW-Authenticate")
		http.Redirect(w, r, where, http.StatusSeeOther)
		return
	}
	p, known := problems[code]
	if !known {
		p = problems[http.StatusInternalServerError]
	}
	p.Code = code
	d.problem(w, r, p)
}

func (d *Dashboard) problem(w http.ResponseWriter, _ *http.Request, p problem) {
	var out bytes.Buffer
	if err := d.pages.ExecuteTemplate(&out, "problem.html", page{Title: p.Title, Theme: Root + "tema.css", Body: p}); err != nil {
		d.log.Error("dashboard: the page of a problem failed", "code", p.Code, "problem", err.Error())
		http.Error(w, p.Title, p.Code)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Code)
	_, _ = w.Write(out.Bytes()) // the client's connection is its own affair
}
