package dashboard

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/permission"
	"github.com/avila-devops/saas/apps/admin/internal/record"
)

type option struct {
	Value, Label string
	Chosen       bool
}

// input is a field as a page shows it.
type input struct {
	Name, Label, Help, Problem string
	Type                       string // of the element
	Value                      string
	Options                    []option
	Required, Fixed            bool
	Max                        int
}

type formView struct {
	Entity    *entity.Entity
	Key       string // empty of a new record
	Base      string
	Version   int
	Inputs    []input
	Problems  entity.Problems
	Conflict  bool
	Write     bool
	Changed   string
	Actions   []entity.Action // that fit one record
	UserTools bool
	Books     bool // a patient's page leads to a new appointment
}

// options are what a field may be chosen from.
func (d *Dashboard) options(v *visit, f *entity.Field, present string) (all []option, err error) {
	if f.Link != nil {
		records, err := d.api.Records.Options(v.Context(), v.tenant.ID, f.Link, present)
		for _, r := range records {
			all = append(all, option{r.Key, r.Title, r.Key == present})
		}
		return all, err //nolint:wrapcheck // it says what was read
	}
	chosen := strings.Split(present, ",")
	for _, c := range f.Choices {
		all = append(all, option{c.Value, c.Label, slices.Contains(chosen, c.Value)})
	}
	return all, nil
}

var inputTypes = map[entity.Kind]string{
	entity.Text: "text", entity.Long: "textarea", entity.Email: "email", entity.Phone: "tel", entity.CPF: "cpf", entity.Date: "date", entity.Moment: "datetime-local",
	entity.Count: "number", entity.Money: "money", entity.Flag: "checkbox", entity.Option: "select", entity.Set: "checks", entity.Reference: "select",
}

// inputs shows values in a form. As they were typed, where something is wrong
// with them.
func (d *Dashboard) inputs(v *visit, e *entity.Entity, values entity.Values, titles map[string]string, view *formView) error {
	creating := view.Key == ""
	for i := range e.Fields {
		f := &e.Fields[i]
		if creating && f.ReadOnly {
			continue
		}
		value := values[f.Name]
		in := input{Name: f.Name, Label: f.Label, Help: f.Help, Problem: view.Problems.Of(f.Name), Type: inputTypes[f.Kind], Required: f.Required, Max: f.Max,
			Value: f.Edit(value, v.brand.Location()), Fixed: f.ReadOnly || f.Once && !creating || !view.Write}
		if typed, ok := v.PostForm[f.Name]; ok && view.Problems != nil && f.Kind != entity.Set {
			in.Value = typed[0]
		}
		if in.Fixed {
			in.Type, in.Value = "fixed", f.Show(value, v.brand.Location())
			if f.Link != nil {
				in.Value = titles[f.Name]
			}
		}
		if f.Kind == entity.Flag {
			in.Value = value
		}
		var err error
		if in.Options, err = d.options(v, f, value); err != nil {
			return err
		}
		view.Inputs = append(view.Inputs, in)
	}
	return nil
}

func (d *Dashboard) form(v *visit, code int, e *entity.Entity, r record.Record, view formView) error {
	view.Entity, view.Key, view.Base, view.Version = e, r.Key, Root+e.Slug+"/", r.Version
	view.Write = v.may(permission.Write(e.Name))
	title := "Novo: " + e.One
	if view.Key != "" {
		title = e.One
		if f := e.Field(e.Title); r.Values[e.Title] != "" {
			title += ": " + f.Show(r.Values[e.Title], v.brand.Location())
		}
		view.Changed = v.moment(r.Updated)
		view.Actions, view.UserTools, view.Books = e.Actions, e.Name == "users", e.Name == "patients" && v.may(permission.Write("appointments"))
	}
	if err := d.inputs(v, e, r.Values, r.Titles, &view); err != nil {
		return err
	}
	return d.render(v, code, "form", title, view)
}

func (d *Dashboard) blank(v *visit, e *entity.Entity) error {
	values := entity.Values{}
	for i := range e.Fields {
		f := &e.Fields[i]
		values[f.Name] = f.Default
		if given := v.URL.Query().Get(f.Name); f.Link != nil && (f.Link.Key.Type != "uuid" || entity.IsUUID(given)) {
			values[f.Name] = given // the page of what it links to leads here
		}
	}
	return d.form(v, http.StatusOK, e, record.Record{Values: values}, formView{})
}

func (d *Dashboard) edit(v *visit, e *entity.Entity) error {
	r, err := d.api.Records.Get(v.Context(), v.tenant.ID, e, v.PathValue("key"))
	if err != nil {
		return err //nolint:wrapcheck // it says what was read
	}
	return d.form(v, http.StatusOK, e, r, formView{})
}

// read takes what was typed.
func (v *visit) read(e *entity.Entity, creating bool) (entity.Values, entity.Problems) {
	if err := v.ParseForm(); err != nil {
		return nil, entity.Problems{{Detail: "o formulário não pôde ser lido; tente de novo"}}
	}
	return e.FromForm(v.PostForm, v.brand.Location(), creating)
}

func (d *Dashboard) create(v *visit, e *entity.Entity) error {
	given, problems := v.read(e, true)
	if problems == nil {
		made, err := d.api.Records.Create(v.Context(), v.tenant.ID, v.by(), e, given)
		if err == nil {
			v.notice("created", 0)
			return v.see(Root + e.Slug + "/" + url.PathEscape(made.Key))
		}
		if !errors.As(err, &problems) {
			return err //nolint:wrapcheck // it says what was attempted
		}
	}
	return d.form(v, http.StatusUnprocessableEntity, e, record.Record{Values: given}, formView{Problems: problems})
}

// save changes a record. When somebody else was faster, the page shows what was
// typed, to be saved over what is there now by whoever wants that.
func (d *Dashboard) save(v *visit, e *entity.Entity) error {
	key := v.PathValue("key")
	given, problems := v.read(e, false)
	now, err := d.api.Records.Get(v.Context(), v.tenant.ID, e, key)
	if err != nil {
		return err //nolint:wrapcheck // it says what was read
	}
	code, conflict := http.StatusUnprocessableEntity, false
	if problems == nil {
		version, _ := strconv.Atoi(v.PostFormValue("version")) // none is no version, and a conflict
		after, err := d.api.Records.Update(v.Context(), v.tenant.ID, v.by(), e, key, version, given)
		switch {
		case err == nil && after.Version == version:
			v.notice("same", 0)
			return v.see(Root + e.Slug + "/" + url.PathEscape(key))
		case err == nil:
			v.notice("saved", 0)
			return v.see(Root + e.Slug + "/" + url.PathEscape(key))
		case errors.Is(err, entity.ErrConflict):
			code, conflict = http.StatusConflict, true
			problems = differences(e, now.Values, given, v)
		case !errors.As(err, &problems):
			return err //nolint:wrapcheck // it says what was attempted
		}
	}
	for name, value := range given {
		now.Values[name] = value
	}
	return d.form(v, code, e, now, formView{Problems: problems, Conflict: conflict})
}

// differences names what is there now where something else was typed.
func differences(e *entity.Entity, now, given entity.Values, v *visit) (all entity.Problems) {
	for i := range e.Fields {
		f := &e.Fields[i]
		typed, ok := given[f.Name]
		if !ok || typed == now[f.Name] {
			continue
		}
		detail := "agora está em branco"
		if text := f.Show(now[f.Name], v.brand.Location()); text != "" && f.Link == nil {
			detail = "agora está: " + text
		} else if f.Link != nil {
			detail = "foi alterado por outra pessoa"
		}
		all = append(all, entity.Problem{Field: f.Name, Detail: detail})
	}
	return all
}
