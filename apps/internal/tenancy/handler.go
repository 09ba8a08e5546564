package tenancy

import (
	"context"
	"net/http"
)

type contextKey struct{}

// Handler finds each request's tenant by its Host and hands the request on
// with it. X-Forwarded-Host and its like are never read: a client may write
// them. A request without a tenant goes to refuse.
func (d *Directory) Handler(next http.Handler, refuse func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t, err := d.Host(r.Host)
		if err != nil {
			refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey{}, t)))
	})
}

// Of returns the tenant that Handler found for a request.
func Of(ctx context.Context) (Tenant, bool) {
	t, ok := ctx.Value(contextKey{}).(Tenant)
	return t, ok
}
