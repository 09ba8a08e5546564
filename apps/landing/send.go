package main

import (
	"errors"
	"net/http"
	"time"

	"github.com/avila-devops/saas/apps/internal/lead"
)

func (f *front) showContact(w http.ResponseWriter, r *http.Request, v visit) {
	f.showForm(w, r, v, http.StatusOK, contactForm())
}

func (f *front) showAppointment(w http.ResponseWriter, r *http.Request, v visit) {
	if form, ok := f.appointment(w, r, v); ok {
		f.showForm(w, r, v, http.StatusOK, form)
	}
}

// appointment makes the form of a tenant that offers something.
func (f *front) appointment(w http.ResponseWriter, r *http.Request, v visit) (*Form, bool) {
	if v.apex {
		f.fail(w, r, http.StatusNotFound)
		return nil, false
	}
	card, err := f.card(r.Context(), v.id)
	if err != nil {
		f.away(w, r, v, err)
		return nil, false
	}
	if len(card.Offers) == 0 {
		f.fail(w, r, http.StatusNotFound)
		return nil, false
	}
	form := appointmentForm(card, f.now().In(f.location(card.Brand)))
	if o, ok := card.offer(r.URL.Query().Get("servico")); ok {
		form.Fields[0].Value = o.Name
	}
	return form, true
}

// location is where a tenant's day begins.
func (f *front) location(b Brand) *time.Location {
	if zone, err := time.LoadLocation(b.Zone); err == nil && b.Zone != "" {
		return zone
	}
	return f.zone
}

func (f *front) showForm(w http.ResponseWriter, r *http.Request, v visit, code int, form *Form) {
	f.show(w, r, v, code, Page{Title: form.Title, Text: form.Lead, Form: form})
}

// accept reads a form that was sent, and reports whether it is to be kept.
// Otherwise it has answered: with what is wrong, all of it at once; with the
// thanks that a program in the trap gets; or with a wait.
func (f *front) accept(w http.ResponseWriter, r *http.Request, v visit, form *Form) bool {
	if err := r.ParseForm(); err != nil {
		form.Problem = "O formulário não chegou inteiro. Confira e envie de novo."
		f.showForm(w, r, v, http.StatusBadRequest, form)
		return false
	}
	if r.PostForm.Get(trap) != "" {
		http.Redirect(w, r, "/obrigado", http.StatusSeeOther)
		return false
	}
	if !form.read(r.PostForm) {
		form.Problem = "Confira os campos marcados."
		f.showForm(w, r, v, http.StatusUnprocessableEntity, form)
		return false
	}
	switch err := f.limit(r.Context(), v.id, r); {
	case errors.Is(err, errTooMany):
		form.Problem = "Recebemos vários envios daqui há pouco. Aguarde alguns minutos e envie de novo; o que você escreveu está abaixo."
		w.Header().Set("Retry-After", "600")
		f.showForm(w, r, v, http.StatusTooManyRequests, form)
		return false
	case err != nil:
		f.unsent(w, r, v, form, err)
		return false
	}
	return true
}

// unsent answers when a form could not be kept: it is shown again as it was
// written.
func (f *front) unsent(w http.ResponseWriter, r *http.Request, v visit, form *Form, err error) {
	f.log.Error("a form could not be kept", "tenant", v.id, "problem", err.Error())
	form.Problem = "Não conseguimos enviar agora. O que você escreveu está abaixo: tente de novo em alguns minutos."
	w.Header().Set("Retry-After", "120")
	f.showForm(w, r, v, http.StatusServiceUnavailable, form)
}

func (f *front) sendContact(w http.ResponseWriter, r *http.Request, v visit) {
	form := contactForm()
	if f.accept(w, r, v, form) {
		f.keepLead(w, r, v, form, lead.Lead{Kind: "contact"})
	}
}

func (f *front) sendAppointment(w http.ResponseWriter, r *http.Request, v visit) {
	form, ok := f.appointment(w, r, v)
	if ok && f.accept(w, r, v, form) {
		f.keepLead(w, r, v, form, lead.Lead{Kind: "appointment", About: form.value("about"), WantedOn: form.value("day")})
	}
}

func (f *front) keepLead(w http.ResponseWriter, r *http.Request, v visit, form *Form, l lead.Lead) {
	if _, err := f.leads.Add(r.Context(), v.id, form.fill(l)); err != nil {
		f.unsent(w, r, v, form, err)
		return
	}
	http.Redirect(w, r, "/obrigado", http.StatusSeeOther)
}

// fill completes a lead with who sent it.
func (f *Form) fill(l lead.Lead) lead.Lead {
	l.Name, l.Email, l.Phone, l.Message, l.Consent = f.value("name"), f.value("email"), f.value("phone"), f.value("message"), f.Consent
	return l
}
