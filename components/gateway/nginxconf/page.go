package nginxconf

import "fmt"

// page is what a tenant's client reads when no service answers. It carries no
// style, so that the strictest content security policy holds for it.
func page(title, text string) string {
	return fmt.Sprintf(`<!doctype html><html lang="pt-BR"><meta charset="utf-8"><meta name="viewport" content="width=device-width">`+
		`<title>%s</title><h1>%s</h1><p>%s</p></html>`, title, title, text)
}

// The pages, by what happened. None may hold an apostrophe or a dollar sign:
// they stand in nginx's single quotes.
var (
	pageNotFound    = page("Página não encontrada", "Confira o endereço, ou volte para a página inicial.")
	pageTooMany     = page("Muitas requisições", "Você fez requisições demais em pouco tempo. Aguarde um minuto e tente de novo.")
	pageTooLarge    = page("Arquivo grande demais", "O arquivo enviado passa do limite. Envie um arquivo menor.")
	pageUnavailable = page("Serviço indisponível", "O serviço está temporariamente fora do ar. Tente de novo em alguns instantes.")
	pageSuspended   = page("Conta suspensa", "O acesso a esta conta foi interrompido. Os dados estão preservados. Fale com o responsável pela conta para reativá-la.")
)
