package api

import (
	"context"
	"net/http"

	"github.com/avila-devops/saas/apps/admin/internal/permission"
	"github.com/avila-devops/saas/apps/internal/auth"
)

// users are the operations on users that no other entity has.
func (a *API) users() []Operation {
	return []Operation{
		{ID: "reset_password", Method: http.MethodPost, Path: "/api/users/{id}/password/", Tag: "users", Summary: "Dá uma senha provisória, que só serve para criar outra; as sessões são encerradas", Permission: permission.Write("users"), Status: http.StatusOK,
			Answer: object(property{"password", text("mostrada só agora; vale 72 horas"), false}), Refusals: []int{http.StatusNotFound, http.StatusUnprocessableEntity}, Do: func(c *Call) (any, error) {
				password, err := a.ResetPassword(c.Context(), c.Who, c.PathValue("id"))
				return map[string]string{"password": password}, err
			}},
		{ID: "end_sessions", Method: http.MethodDelete, Path: "/api/users/{id}/sessions/", Tag: "users", Summary: "Encerra todas as sessões do usuário", Permission: permission.Write("users"), Status: http.StatusOK,
			Answer: object(property{"ended", number("quantas eram"), false}), Refusals: []int{http.StatusNotFound}, Do: func(c *Call) (any, error) {
				n, err := a.EndSessions(c.Context(), c.Who, c.PathValue("id"))
				return map[string]int{"ended": n}, err
			}},
	}
}

// EndSessions ends all of a user's sessions.
func (a *API) EndSessions(ctx context.Context, who auth.Principal, user string) (int, error) {
	if _, err := a.People.Profile(ctx, who.Tenant, user); err != nil {
		return 0, err //nolint:wrapcheck // it says what was read
	}
	n, err := a.Auth.Sessions.RevokeAll(ctx, who.Tenant, user, "")
	if err != nil {
		return n, err //nolint:wrapcheck // fail tells what it is
	}
	return n, a.Audit.Note(ctx, who.Tenant, who.User, "sessions_ended", "users:"+user, nil)
}
