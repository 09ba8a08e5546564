package dashboard

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/avila-devops/saas/apps/admin/internal/api"
	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/people"
	"github.com/avila-devops/saas/apps/internal/auth"
)

type passwordForm struct {
	Must     bool // the present one was set by somebody else
	Problems entity.Problems
}

func (d *Dashboard) passwordPage(v *visit) error {
	return d.render(v, http.StatusOK, "password", "Trocar a senha", passwordForm{Must: slices.Contains(v.who.Roles, people.Renew)})
}

func (d *Dashboard) changePassword(v *visit) error {
	f := passwordForm{Must: slices.Contains(v.who.Roles, people.Renew)}
	change := api.PasswordChange{Current: v.PostFormValue("current"), New: v.PostFormValue("new"), Address: api.Client(v.Request)}
	if change.New != v.PostFormValue("again") {
		f.Problems = entity.Problems{{Field: "again", Detail: "as duas não são iguais"}}
		return d.render(v, http.StatusUnprocessableEntity, "password", "Trocar a senha", f)
	}
	err := d.api.ChangePassword(v.Context(), v.who, change)
	var limit auth.LimitError
	switch {
	case errors.As(err, &f.Problems):
		return d.render(v, http.StatusUnprocessableEntity, "password", "Trocar a senha", f)
	case errors.As(err, &limit):
		f.Problems = entity.Problems{{Field: "current", Detail: fmt.Sprintf("muitas tentativas; tente de novo em %.0f min", math.Ceil(limit.Wait.Minutes()))}}
		return d.render(v, http.StatusTooManyRequests, "password", "Trocar a senha", f)
	case err != nil:
		return err //nolint:wrapcheck // it says what was attempted
	}
	// The token still says what the user could do with the password before.
	if token := auth.RefreshCookie(v.Request); token != "" {
		g, err := d.api.Auth.Refresh(v.Context(), v.tenant.ID, token, v.UserAgent(), api.Client(v.Request))
		if err != nil {
			return err //nolint:wrapcheck // as above
		}
		auth.SetCookies(v.w, g)
	}
	v.notice("password", 0)
	return v.see(Root)
}

type sessionRow struct {
	auth.Session
	Began, Used string
	Present     bool
}

func (d *Dashboard) sessions(v *visit) error {
	all, err := d.api.Auth.Sessions.List(v.Context(), v.tenant.ID, v.who.User)
	if err != nil {
		return err //nolint:wrapcheck // it says what was read
	}
	var rows []sessionRow
	for _, s := range all {
		rows = append(rows, sessionRow{s, v.moment(s.Began), v.moment(s.Used), s.ID == v.who.Session})
	}
	return d.render(v, http.StatusOK, "sessions", "Minhas sessões", rows)
}

func (d *Dashboard) endSession(v *visit) error {
	session, n := v.PostFormValue("sessao"), 1
	var err error
	if session == "outras" {
		n, err = d.api.Auth.Sessions.RevokeAll(v.Context(), v.tenant.ID, v.who.User, v.who.Session)
	} else {
		err = d.api.Auth.Sessions.Revoke(v.Context(), v.tenant.ID, v.who.User, session)
	}
	if err == nil {
		err = d.api.Audit.Record(v.Context(), v.tenant.ID, auth.Event{Kind: auth.Revoked, User: v.who.User, Session: session, Address: api.Client(v.Request)})
	}
	if errors.Is(err, auth.ErrSession) {
		err = entity.ErrNotFound
	}
	if err != nil {
		return err //nolint:wrapcheck // it says what was attempted
	}
	v.notice("ended", n)
	return v.see(Root + "sessoes/")
}

// moment writes a time for people, in the tenant's zone.
func (v *visit) moment(at time.Time) string {
	return at.In(v.brand.Location()).Format("02/01/2006 15:04")
}

type resetView struct{ Name, Login, Password, Back string }

// resetPassword shows the new password, this once: it is kept nowhere, so there
// is no page to redirect to.
func (d *Dashboard) resetPassword(v *visit) error {
	key := v.PathValue("key")
	password, err := d.api.ResetPassword(v.Context(), v.who, key)
	if err != nil {
		return err //nolint:wrapcheck // it says what was attempted
	}
	p, err := d.api.People.Profile(v.Context(), v.tenant.ID, key)
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	return d.render(v, http.StatusOK, "reset", "Senha provisória", resetView{p.Name, p.Login, password, Root + "usuarios/" + key})
}

func (d *Dashboard) endSessions(v *visit) error {
	n, err := d.api.EndSessions(v.Context(), v.who, v.PathValue("key"))
	if err != nil {
		return err //nolint:wrapcheck // it says what was attempted
	}
	v.notice("ended", n)
	return v.see(Root + "usuarios/" + v.PathValue("key"))
}
