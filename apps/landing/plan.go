package main

// Plan is what a business can subscribe to. They are in code: a price is
// changed by a release, and what was ordered keeps its own.
type Plan struct {
	ID, Name, Summary string
	Cents             int64
	Points            []string
}

// Price is the plan's, as it is written in Brazil.
func (p Plan) Price() string { return reais(p.Cents) }

var plans = []Plan{
	{
		ID: "pooled", Name: "Compartilhado", Cents: 29900,
		Summary: "Para começar: servidores divididos com outras empresas, os dados de cada uma à parte.",
		Points:  []string{"Até 20 usuários", "6.000 requisições por minuto", "50 GB de arquivos", "Esquema de banco e endereço próprios"},
	},
	{
		ID: "dedicated", Name: "Dedicado", Cents: 149900,
		Summary: "Para quem precisa de desempenho garantido: serviços só seus.",
		Points:  []string{"Usuários sem limite", "60.000 requisições por minuto", "500 GB de arquivos", "Serviços próprios, em um espaço isolado"},
	},
}

func planOf(id string) (Plan, bool) {
	for _, p := range plans {
		if p.ID == id {
			return p, true
		}
	}
	return Plan{}, false
}
