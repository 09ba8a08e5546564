package dashboard

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/avila-devops/saas/apps/admin/internal/api"
	"github.com/avila-devops/saas/apps/admin/internal/people"
	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

type signInForm struct{ Account, After, Problem string }

func (d *Dashboard) signInPage(v *visit) error {
	return d.render(v, http.StatusOK, "signin", "Entrar", signInForm{After: ours(v.URL.Query().Get("depois"))})
}

// ours lets pass the paths of our own pages alone: a link to the sign-in page
// must not lead elsewhere after it.
func ours(path string) string {
	if !strings.HasPrefix(path, Root) || strings.ContainsAny(path, "\\\r\n") || strings.Contains(path, "//") {
		return ""
	}
	return path
}

func (d *Dashboard) signIn(v *visit) error {
	f := signInForm{Account: v.PostFormValue("conta"), After: ours(v.PostFormValue("depois"))}
	g, err := d.api.Auth.SignIn(v.Context(), v.tenant.ID, auth.Attempt{Account: f.Account, Password: v.PostFormValue("senha"), Address: api.Client(v.Request), Client: v.UserAgent(), Device: auth.DeviceCookie(v.Request)})
	var limit auth.LimitError
	switch {
	case errors.Is(err, auth.ErrCredentials):
		f.Problem = "Conta ou senha incorreta."
		return d.render(v, http.StatusUnauthorized, "signin", "Entrar", f)
	case errors.As(err, &limit):
		f.Problem = fmt.Sprintf("Muitas tentativas. Tente de novo em %.0f min.", math.Ceil(limit.Wait.Minutes()))
		return d.render(v, http.StatusTooManyRequests, "signin", "Entrar", f)
	case err != nil:
		return err //nolint:wrapcheck // it says what was attempted
	}
	if err := d.api.People.NoteSignIn(v.Context(), v.tenant.ID, g.Principal.User); err != nil {
		return err //nolint:wrapcheck // as above
	}
	auth.SetCookies(v.w, g)
	if slices.Contains(g.Principal.Roles, people.Renew) {
		return v.see(Root + "senha")
	}
	if f.After == "" {
		f.After = Root
	}
	return v.see(f.After)
}

func (d *Dashboard) signOut(v *visit) error {
	if err := d.api.Auth.SignOut(v.Context(), v.who, api.Client(v.Request)); err != nil {
		return err //nolint:wrapcheck // it says what was attempted
	}
	auth.ClearCookies(v.w)
	return v.see(Root + "entrar")
}

// Renew gives a browser whose access token has ended the next one, before its
// request is judged, so that no form is lost after a quarter of an hour.
func (d *Dashboard) Renew(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t, ok := tenancy.Of(r.Context())
		token := auth.RefreshCookie(r)
		if !ok || token == "" || auth.HasAccess(r) || !strings.HasPrefix(r.URL.Path, Root) || strings.HasPrefix(r.URL.Path, Root+"estatico/") {
			next.ServeHTTP(w, r)
			return
		}
		g, err := d.api.Auth.Refresh(r.Context(), t.ID, token, r.UserAgent(), api.Client(r))
		switch {
		case err == nil:
			auth.SetCookies(w, g)
			r = auth.WithAccess(r, g.Access)
		case !errors.Is(err, auth.ErrAway):
			auth.ClearCookies(w)
		}
		next.ServeHTTP(w, r)
	})
}
