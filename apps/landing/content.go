package main

// Content is what the home page says. It is Go rather than markup so that a
// test can ask it for gaps.
type Content struct {
	Systems []System
	Steps   []Note
	Safety  []Note
	Answers []Note
	Contact string
}

// System is one of the systems on offer.
type System struct {
	Name, Icon, Audience, Summary string
	Points                        []string
	Path                          string // under a customer's own host; empty for the site itself
}

// Note is a heading and what it means.
type Note struct{ Title, Text string }

var content = Content{
	Contact: "contato@aviladevops.com.br",
	Systems: []System{
		{
			Name: "Clínica", Icon: "clinica", Path: "/clinica",
			Audience: "Para clínicas e consultórios",
			Summary:  "Agenda, pacientes e atendimentos no mesmo lugar, da recepção ao consultório.",
			Points:   []string{"Agenda por sala e por profissional", "Cadastro e histórico do paciente", "Cada acesso passa pela permissão dada pela administração"},
		},
		{
			Name: "Reciclagem", Icon: "reciclagem", Path: "/reciclagem",
			Audience: "Para cooperativas e recicladoras",
			Summary:  "Do recebimento à venda: pesagens, estoque e previsão do material que vai chegar.",
			Points:   []string{"Entradas com peso, foto e origem", "Estoque por tipo de material", "Classificação e previsão com aprendizado de máquina"},
		},
		{
			Name: "Fiscal", Icon: "fiscal", Path: "/fiscal",
			Audience: "Para quem emite e confere notas",
			Summary:  "Documentos fiscais organizados, buscáveis e com os números que a decisão pede.",
			Points:   []string{"Busca por qualquer campo do documento", "Análises por período, cliente e imposto", "Pendências à vista antes do vencimento"},
		},
		{
			Name: "Administração", Icon: "administracao", Path: "/admin",
			Audience: "Para quem cuida da empresa",
			Summary:  "Usuários, permissões e arquivos de todos os seus sistemas em um só painel.",
			Points:   []string{"Um acesso por pessoa, válido em todos os sistemas", "Permissões por função", "Registro de quem fez o quê, e quando"},
		},
		{
			Name: "Site", Icon: "site",
			Audience: "Para quem está chegando",
			Summary:  "Esta página: apresenta os sistemas e leva cada cliente ao endereço da sua empresa.",
			Points:   []string{"Leve: abre bem no celular e em rede lenta", "Sem cookies e sem rastreadores", "Funciona com teclado e leitor de tela"},
		},
	},
	Steps: []Note{
		{"Conversamos", "Você conta como sua empresa trabalha e quais sistemas fazem sentido. Não é preciso contratar todos."},
		{"Criamos o seu espaço", "Sua empresa recebe um endereço próprio, com banco de dados, usuários e arquivos separados dos demais."},
		{"Sua equipe entra", "Pelo navegador, no computador ou no celular. Não há nada para instalar nem servidor para manter."},
	},
	Safety: []Note{
		{"Um espaço por cliente", "Endereço, esquema de banco de dados, usuários e arquivos próprios. O banco recusa, linha por linha, o que não é do cliente."},
		{"Conexão protegida", "Só aceitamos TLS 1.3, a versão atual do protocolo. Entre os nossos próprios serviços, os dois lados se identificam."},
		{"Dados cifrados e copiados", "Banco, arquivos e cópias de segurança ficam cifrados. As cópias são guardadas em mais de um lugar."},
		{"LGPD desde o projeto", "A operação fica em São Paulo, com reserva em Santiago, no Chile, sob as cláusulas contratuais da ANPD."},
	},
	Answers: []Note{
		{"Como entro no sistema da minha empresa?", "Pelo endereço que a sua empresa recebeu, no formato nome-da-empresa.aviladevops.com.br. Se não souber qual é, pergunte a quem administra o sistema ou escreva para nós."},
		{"Preciso contratar todos os sistemas?", "Não. Comece com um. Os demais aparecem no mesmo endereço, com os mesmos usuários, quando você quiser."},
		{"Outra empresa pode ver meus dados?", "Não. Cada cliente tem o próprio esquema no banco, e o banco confere a quem cada linha pertence antes de entregá-la."},
		{"E se um servidor parar?", "Cada sistema roda em várias cópias, em zonas diferentes. As atualizações trocam uma cópia por vez, sem tirar o sistema do ar."},
	},
}
