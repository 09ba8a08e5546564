package dashboard

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"time"

	"github.com/avila-devops/saas/apps/admin/internal/clinic"
	"github.com/avila-devops/saas/apps/admin/internal/figure"
	"github.com/avila-devops/saas/apps/admin/internal/people"
	"github.com/avila-devops/saas/apps/admin/internal/permission"
	"github.com/avila-devops/saas/apps/internal/chart"
)

type tile struct {
	Label, Href string
	Value       int
}

type homeView struct {
	Day    string
	Tiles  []tile
	Charts []template.HTML
}

var weekdays = []string{"domingo", "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado"}

func (d *Dashboard) home(v *visit) error {
	if slices.Contains(v.who.Roles, people.Renew) {
		return v.see(Root + "senha")
	}
	now := time.Now().In(v.brand.Location())
	view := homeView{Day: weekdays[now.Weekday()] + ", " + now.Format("02/01/2006")}
	if !v.may(permission.Read("figures")) {
		for _, i := range d.menu(v)[1:] {
			view.Tiles = append(view.Tiles, tile{Label: i.Label, Href: i.Href, Value: -1})
		}
		return d.render(v, http.StatusOK, "home", "Início", view)
	}
	s, err := d.api.Summary(v.Context(), v.who, now)
	if err != nil {
		return err //nolint:wrapcheck // it says what was read
	}
	today := now.Format(time.DateOnly)
	view.Tiles = []tile{
		{"Agendamentos hoje", Root + "agendamentos/?sort=soonest&starts_at_from=" + today + "&starts_at_to=" + today, s.Today},
		{"Próximos 7 dias", Root + "agendamentos/?sort=soonest&starts_at_from=" + today + "&starts_at_to=" + now.AddDate(0, 0, 6).Format(time.DateOnly), s.Week},
		{"Pacientes", Root + "pacientes/", s.Patients},
		{"Interessados novos", Root + "interessados/?state=new", s.NewLeads},
		{"Chamados abertos", Root + "chamados/?state=open", s.OpenTickets},
		{"Usuários ativos", Root + "usuarios/?state=active", s.ActiveUsers},
	}
	view.Charts, err = charts(s, today)
	if err != nil {
		return err
	}
	return d.render(v, http.StatusOK, "home", "Início", view)
}

// charts draws the figures.
func charts(s figure.Summary, today string) ([]template.HTML, error) {
	states, features := map[string]string{}, map[string]string{"auth": "Entrada", "search": "Busca"}
	for _, c := range clinic.Appointments.Field("state").Choices {
		states[c.Value] = c.Label
	}
	for _, k := range permission.Kinds {
		features[k.Name] = k.Title
	}
	var all []template.HTML
	for _, each := range []struct {
		draw func(chart.Chart) (template.HTML, error)
		c    chart.Chart
	}{
		{chart.Chart.Columns, chart.Chart{ID: "dias", Title: "Agendamentos por dia", Unit: "Agendamentos", Every: 7, Points: days(s.Booked, today)}},
		{chart.Chart.Bars, chart.Chart{ID: "situacoes", Title: "Situação dos últimos 30 dias", Unit: "Agendamentos", Points: named(s.States, states)}},
		{chart.Chart.Columns, chart.Chart{ID: "ativos", Title: "Usuários ativos por dia", Unit: "Usuários", Every: 3, Points: days(s.Active, today)}},
		{chart.Chart.Bars, chart.Chart{ID: "uso", Title: "Uso do sistema em 30 dias", Unit: "Acessos", Points: named(s.Features, features)}},
	} {
		drawn, err := each.draw(each.c)
		if err != nil {
			return nil, fmt.Errorf("home: %w", err)
		}
		all = append(all, drawn)
	}
	return all, nil
}

func days(points []figure.Point, today string) (out []chart.Point) {
	for _, p := range points {
		label := p.Name
		if at, err := time.Parse(time.DateOnly, p.Name); err == nil {
			label = at.Format("02/01")
		}
		out = append(out, chart.Point{Label: label, Value: p.Value, Mark: p.Name == today})
	}
	return out
}

func named(points []figure.Point, names map[string]string) (out []chart.Point) {
	for _, p := range points {
		label := names[p.Name]
		if label == "" {
			label = p.Name
		}
		out = append(out, chart.Point{Label: label, Value: p.Value})
	}
	return out
}
