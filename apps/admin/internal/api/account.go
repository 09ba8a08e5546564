package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/people"
	"github.com/avila-devops/saas/apps/internal/auth"
)

// account are the operations of each user on what is his own.
func (a *API) account() []Operation {
	return []Operation{
		{ID: "me", Method: http.MethodGet, Path: "/api/auth/me/", Tag: "auth", Summary: "Quem está na sessão, e o que pode", Status: http.StatusOK,
			Answer: object(property{"id", text(""), false}, property{"login", text(""), false}, property{"name", text(""), false}, property{"email", text(""), false},
				property{"role", text("o título do perfil"), false}, property{"permissions", list(text("")), false}, property{"tenant", text(""), false}),
			Do: func(c *Call) (any, error) {
				p, err := a.People.Profile(c.Context(), c.Tenant.ID, c.Who.User)
				return map[string]any{"id": p.ID, "login": p.Login, "name": p.Name, "email": p.Email, "role": p.Role, "permissions": c.Who.Roles, "tenant": c.Tenant.Name}, err
			}},
		{ID: "change_password", Method: http.MethodPost, Path: "/api/auth/password/", Tag: "auth", Summary: "Troca a própria senha; as outras sessões são encerradas", Status: http.StatusNoContent,
			Body:     object(property{"current", text("a senha atual"), false}, property{"new", text("12 caracteres ou mais, difícil de adivinhar"), false}),
			Refusals: []int{http.StatusUnprocessableEntity, http.StatusTooManyRequests}, Do: func(c *Call) (any, error) {
				var body struct {
					Current string `json:"current"`
					New     string `json:"new"`
				}
				if err := c.read(&body); err != nil {
					return nil, err
				}
				return nil, a.ChangePassword(c.Context(), c.Who, PasswordChange{Current: body.Current, New: body.New, Address: c.client()})
			}},
		{ID: "list_sessions", Method: http.MethodGet, Path: "/api/auth/sessions/", Tag: "auth", Summary: "As próprias sessões", Status: http.StatusOK,
			Answer: object(property{"items", list(object(property{"id", text(""), false}, property{"client", text("o navegador"), false}, property{"address", text("onde começou"), false},
				property{"began", moment(""), false}, property{"used", moment(""), false}, property{"present", Schema{"type": "boolean", "description": "é esta sessão"}, false})), false}),
			Do: a.sessions},
		{ID: "revoke_session", Method: http.MethodDelete, Path: "/api/auth/sessions/{id}/", Tag: "auth", Summary: "Encerra uma das próprias sessões", Status: http.StatusNoContent, Refusals: []int{http.StatusNotFound},
			Do: func(c *Call) (any, error) {
				err := a.Auth.Sessions.Revoke(c.Context(), c.Tenant.ID, c.Who.User, c.PathValue("id"))
				if errors.Is(err, auth.ErrSession) {
					err = entity.ErrNotFound
				}
				if err == nil {
					err = a.Audit.Record(c.Context(), c.Tenant.ID, auth.Event{Kind: auth.Revoked, User: c.Who.User, Session: c.PathValue("id"), Address: c.client()})
				}
				return nil, err
			}},
	}
}

func (a *API) sessions(c *Call) (any, error) {
	all, err := a.Auth.Sessions.List(c.Context(), c.Tenant.ID, c.Who.User)
	if err != nil {
		return nil, err //nolint:wrapcheck // fail tells what it is
	}
	items := make([]map[string]any, 0, len(all))
	for _, s := range all {
		items = append(items, map[string]any{"id": s.ID, "client": s.Client, "address": s.Address, "began": s.Began.UTC(), "used": s.Used.UTC(), "present": s.ID == c.Who.Session})
	}
	return map[string]any{"items": items}, nil
}

// PasswordChange is a user's own.
type PasswordChange struct{ Current, New, Address string }

// ChangePassword asks for the present password, for a session alone is not
// enough, judges the new one, and ends the user's other sessions.
func (a *API) ChangePassword(ctx context.Context, who auth.Principal, p PasswordChange) error {
	me, err := a.People.Profile(ctx, who.Tenant, who.User)
	if err != nil {
		return err //nolint:wrapcheck // it says what was read
	}
	var problems entity.Problems
	if err := auth.CheckPassword(p.New, me.Login, me.Name, me.Email); err != nil {
		problems = append(problems, entity.Problem{Field: "new", Detail: err.Error()})
	}
	if p.New == p.Current {
		problems = append(problems, entity.Problem{Field: "new", Detail: "a nova senha é igual à atual"})
	}
	if len(problems) > 0 {
		return problems
	}
	user, _, err := a.Auth.Confirm(ctx, who.Tenant, auth.Attempt{Account: me.Login, Password: p.Current, Address: p.Address})
	switch {
	case errors.Is(err, auth.ErrCredentials) || err == nil && user.ID != who.User:
		return entity.Problems{{Field: "current", Detail: "a senha atual está incorreta"}}
	case err != nil:
		return err //nolint:wrapcheck // fail tells what it is
	}
	hash, err := a.Auth.Hasher.Hash(ctx, p.New)
	if err != nil {
		return err //nolint:wrapcheck // it says what was attempted
	}
	if err := a.People.SetOwnPassword(ctx, who.Tenant, who.User, hash); err != nil {
		return err //nolint:wrapcheck // it says what was attempted
	}
	_, err = a.Auth.Sessions.RevokeAll(ctx, who.Tenant, who.User, who.Session)
	return err //nolint:wrapcheck // fail tells what it is
}

// ResetPassword gives a user a password that is good for choosing another, and
// returns it: it is shown once.
func (a *API) ResetPassword(ctx context.Context, who auth.Principal, user string) (string, error) {
	password := people.NewPassword()
	hash, err := a.Auth.Hasher.Hash(ctx, password)
	if err != nil {
		return "", err //nolint:wrapcheck // it says what was attempted
	}
	return password, a.People.SetTemporaryPassword(ctx, who.Tenant, entity.Actor{User: who.User, Permissions: who.Roles}, user, hash)
}
