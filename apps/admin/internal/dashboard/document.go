package dashboard

import (
	"net/http"
	"strconv"

	"github.com/avila-devops/saas/apps/admin/internal/api"
	"github.com/avila-devops/saas/apps/admin/internal/permission"
)

type group struct {
	Title      string
	Operations []described
}

type described struct {
	api.Operation
	Fields []documented
	Codes  string
}

type documented struct{ Name, Type, About string }

// document shows the API's operations to people. The same table makes the
// routes, so it shows what there is.
func (d *Dashboard) document(v *visit) error {
	names := map[string]string{"auth": "Entrada e sessões", "search": "Busca"}
	for _, k := range permission.Kinds {
		names[k.Name] = k.Title
	}
	var groups []*group
	by := map[string]*group{}
	for _, o := range d.api.Operations() {
		if by[o.Tag] == nil {
			by[o.Tag] = &group{Title: names[o.Tag]}
			groups = append(groups, by[o.Tag])
		}
		each := described{Operation: o, Codes: strconv.Itoa(o.Status)}
		for _, code := range o.Refusals {
			each.Codes += ", " + strconv.Itoa(code)
		}
		for _, p := range o.Query {
			each.Fields = append(each.Fields, documented{"?" + p.Name, api.TypeOf(p.Schema), p.About})
		}
		each.Fields = append(each.Fields, fields(o.Body)...)
		by[o.Tag].Operations = append(by[o.Tag].Operations, each)
	}
	return d.render(v, http.StatusOK, "document", "API", groups)
}

func fields(body api.Schema) (all []documented) {
	for _, p := range api.PropertiesOf(body) {
		all = append(all, documented(p))
	}
	return all
}
