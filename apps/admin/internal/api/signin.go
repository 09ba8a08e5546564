package api

import (
	"net/http"
	"time"

	"github.com/avila-devops/saas/apps/internal/auth"
)

var tokens = object(
	property{"access", text("o JWT, para o cabeçalho Authorization: Bearer"), false},
	property{"refresh", text("vale uma vez, em /api/auth/refresh/"), false},
	property{"token_type", text("Bearer"), false},
	property{"expires_in", number("segundos até o JWT vencer"), false},
	property{"device", text("envie no próximo login deste aparelho; só no login"), true},
)

// signIn are the operations that begin, renew and end a session.
func (a *API) signIn() []Operation {
	return []Operation{
		{ID: "login", Method: http.MethodPost, Path: "/api/auth/login/", Tag: "auth", Summary: "Entra com conta e senha", Open: "whoever signs in has no token yet; guesses are limited", Status: http.StatusOK,
			Body:   object(property{"account", text("a conta ou o e-mail"), false}, property{"password", text(""), false}, property{"device", text("de um login anterior"), true}),
			Answer: tokens, Refusals: []int{http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusServiceUnavailable}, Do: a.login},
		{ID: "refresh", Method: http.MethodPost, Path: "/api/auth/refresh/", Tag: "auth", Summary: "Troca o refresh por um novo par", Open: "the refresh token in the body is what proves who asks", Status: http.StatusOK,
			Body: object(property{"refresh", text(""), false}), Answer: tokens, Refusals: []int{http.StatusUnauthorized, http.StatusServiceUnavailable}, Do: a.refresh},
		{ID: "jwks", Method: http.MethodGet, Path: "/.well-known/jwks.json", Tag: "auth", Summary: "As chaves públicas dos JWT", Open: "public keys are public", Status: http.StatusOK,
			Answer: object(property{"keys", list(Schema{"type": "object"}), false}), Handler: a.Keys.JWKS()},
		{ID: "logout", Method: http.MethodPost, Path: "/api/auth/logout/", Tag: "auth", Summary: "Encerra a sessão", Status: http.StatusNoContent,
			Do: func(c *Call) (any, error) { return nil, a.Auth.SignOut(c.Context(), c.Who, c.client()) }},
	}
}

func granted(g auth.Grant) map[string]any {
	out := map[string]any{"access": g.Access, "refresh": g.Refresh, "token_type": "Bearer", "expires_in": int(auth.AccessLife.Seconds())}
	if g.Device != "" {
		out["device"] = g.Device
	}
	return out
}

func (a *API) login(c *Call) (any, error) {
	var body struct {
		Account  string `json:"account"`
		Password string `json:"password"`
		Device   string `json:"device"`
	}
	if err := c.read(&body); err != nil {
		return nil, err
	}
	g, err := a.Auth.SignIn(c.Context(), c.Tenant.ID, auth.Attempt{Account: body.Account, Password: body.Password, Device: body.Device, Address: c.client(), Client: c.UserAgent()})
	if err != nil {
		return nil, err //nolint:wrapcheck // fail tells what it is
	}
	if err := a.People.NoteSignIn(c.Context(), c.Tenant.ID, g.Principal.User); err != nil {
		return nil, err //nolint:wrapcheck // it says what was attempted
	}
	a.Note(c.Tenant.ID, g.Principal.User, "auth", time.Now().In(c.Zone))
	return granted(g), nil
}

func (a *API) refresh(c *Call) (any, error) {
	var body struct {
		Refresh string `json:"refresh"`
	}
	if err := c.read(&body); err != nil {
		return nil, err
	}
	g, err := a.Auth.Refresh(c.Context(), c.Tenant.ID, body.Refresh, c.UserAgent(), c.client())
	if err != nil {
		return nil, err //nolint:wrapcheck // fail tells what it is
	}
	return granted(g), nil
}
