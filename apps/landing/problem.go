package main

import (
	"html/template"
	"net/http"

	"github.com/avila-devops/saas/apps/internal/web"
)

// Problem is what a visitor reads when a request cannot be answered.
type Problem struct {
	Code        int
	Title, Text string
}

var problemTexts = []Problem{
	{http.StatusNotFound, "Página não encontrada",
		"O endereço pode ter sido digitado com erro, ou a página mudou de lugar. Nada se perdeu: tudo o que oferecemos está na página inicial."},
	{http.StatusMethodNotAllowed, "Pedido não aceito",
		"Este endereço só mostra uma página; ele não recebe dados. Volte à página inicial e tente de lá."},
	{http.StatusInternalServerError, "Algo falhou do nosso lado",
		"O erro foi registrado e será examinado. Tente de novo em alguns minutos; se continuar, escreva para nós."},
}

// problems prepares the page of each status, and returns what answers with it.
func problems(pages *template.Template) (func(http.ResponseWriter, *http.Request, int), error) {
	prepared := map[int]*web.File{}
	for _, p := range problemTexts {
		page, err := render(pages, "problem.html", p)
		if err != nil {
			return nil, err
		}
		prepared[p.Code] = page
	}
	return func(w http.ResponseWriter, r *http.Request, code int) {
		prepared[code].Serve(w, r, code, web.Never)
	}, nil
}
