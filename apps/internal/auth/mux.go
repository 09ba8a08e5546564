package auth

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

// Router is where routes go; web.Mux is one.
type Router interface {
	Handle(method, pattern string, h http.Handler)
}

// Need is what a route asks of a user. The zero Need is met by nobody.
type Need struct {
	signedIn bool
	roles    []string
}

// AnyUser is met by every user of the tenant.
func AnyUser() Need { return Need{signedIn: true} }

// Role is met by users who have one of the roles.
func Role(one string, more ...string) Need { return Need{roles: append([]string{one}, more...)} }

func (n Need) metBy(p Principal) bool {
	return n.signedIn || slices.ContainsFunc(n.roles, func(role string) bool { return role != "" && slices.Contains(p.Roles, role) })
}

// Guard knows who a request is from.
type Guard struct {
	Tokens   *Tokens
	Sessions *Sessions
	Audit    Audit
	Log      *slog.Logger
	// Tenant returns the tenant that the resolver found for a request's host.
	Tenant func(*http.Request) (tenant.ID, bool)
	// Refuse answers 401, 403, 404 or 503.
	Refuse func(w http.ResponseWriter, r *http.Request, code int)

	mu    sync.Mutex
	alive map[string]time.Time // sessions, and when they were seen alive
}

const (
	// aliveFor is how long a session that was seen alive is not looked up again,
	// and so how long one that was ended may still be used, per process.
	aliveFor = 3 * time.Second
	// aliveWhileAway is that while Redis is away: long enough for its failover.
	aliveWhileAway = 2 * time.Minute
)

// Route is one that was registered.
type Route struct {
	Method, Pattern string
	Need            Need
	Open            string // why anybody may use it; empty for those that ask for a user
}

// Mux registers routes. Each asks for a signed-in user of the host's tenant,
// unless it says why it does not.
type Mux struct {
	router Router
	guard  *Guard
	cross  *http.CrossOriginProtection
	routes []Route
}

// NewMux returns a Mux that registers with a router. Requests that change
// something must come from the host's own pages.
func NewMux(router Router, guard *Guard) *Mux {
	m := &Mux{router: router, guard: guard, cross: http.NewCrossOriginProtection()}
	m.cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, _ := guard.Tenant(r)
		guard.Log.Warn("auth: a request that another site's page sent is refused", "tenant", id.String(), "endpoint", r.Pattern)
		guard.Refuse(w, r, http.StatusForbidden)
	}))
	return m
}

// Handle registers a route for the users who meet the need.
func (m *Mux) Handle(method, pattern string, need Need, h http.Handler) {
	m.routes = append(m.routes, Route{Method: method, Pattern: pattern, Need: need})
	m.router.Handle(method, pattern, m.cross.Handler(m.guard.require(need, h)))
}

// Open registers a route for anybody, and says why.
func (m *Mux) Open(method, pattern, why string, h http.Handler) {
	if strings.TrimSpace(why) == "" {
		panic("auth: " + method + " " + pattern + " is open to anybody without a reason; give one, or use Handle")
	}
	m.routes = append(m.routes, Route{Method: method, Pattern: pattern, Open: why})
	m.router.Handle(method, pattern, m.cross.Handler(h))
}

// Routes returns what was registered, for tests and documents.
func (m *Mux) Routes() []Route { return slices.Clone(m.routes) }

type principalKey struct{}

// From returns who a request is from; on a route of Mux.Handle there always is
// one.
func From(ctx context.Context) (Principal, bool) {
	p, ok := ctx.Value(principalKey{}).(Principal)
	return p, ok
}

// require lets pass who meets the need.
func (g *Guard) require(need Need, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store") // what a user sees is in no cache
		w.Header().Add("Vary", "Cookie, Authorization")
		id, ok := g.Tenant(r)
		if !ok {
			g.Refuse(w, r, http.StatusNotFound)
			return
		}
		p, err := g.identify(r, id)
		switch {
		case errors.Is(err, ErrAway):
			g.Log.Error("auth: a session cannot be looked up", "tenant", id.String(), "problem", err.Error())
			g.Refuse(w, r, http.StatusServiceUnavailable)
		case err != nil:
			w.Header().Set("WWW-Authenticate", "Bearer")
			g.Refuse(w, r, http.StatusUnauthorized)
		case !need.metBy(p):
			if err := g.Audit.Record(r.Context(), id, Event{Kind: Denied, User: p.User, Session: p.Session, At: time.Now()}); err != nil {
				g.Log.Error("auth: the audit log takes no events", "tenant", id.String(), "kind", string(Denied), "problem", err.Error())
			}
			g.Refuse(w, r, http.StatusForbidden)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), principalKey{}, p)))
		}
	})
}

// identify reads a request's token: one in the header, or else in the cookie.
func (g *Guard) identify(r *http.Request, id tenant.ID) (Principal, error) {
	token := cookie(r, accessCookie)
	if header := r.Header.Values("Authorization"); len(header) > 0 {
		scheme, value, _ := strings.Cut(header[0], " ")
		if len(header) > 1 || !strings.EqualFold(scheme, "Bearer") {
			return Principal{}, errors.New("auth: the header is not one Bearer token")
		}
		token = value
	}
	if token == "" {
		return Principal{}, errors.New("auth: the request has no token")
	}
	p, err := g.Tokens.Verify(id, token)
	if err != nil {
		return Principal{}, err
	}
	live, err := g.live(r.Context(), p)
	if err == nil && !live {
		err = ErrSession
	}
	return p, err
}

// live reports whether a token's session stands.
func (g *Guard) live(ctx context.Context, p Principal) (bool, error) {
	key, now := sessionKey(p.Tenant, p.Session), time.Now()
	g.mu.Lock()
	seen, known := g.alive[key]
	g.mu.Unlock()
	if known && now.Before(seen.Add(aliveFor)) {
		return true, nil
	}
	live, err := g.Sessions.Live(ctx, p.Tenant, p.Session)
	if err != nil {
		if known && now.Before(seen.Add(aliveWhileAway)) {
			return true, nil
		}
		return false, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.alive) > 10_000 || g.alive == nil { // forgetting costs a look-up each
		g.alive = map[string]time.Time{}
	}
	if live {
		g.alive[key] = now
	} else {
		delete(g.alive, key)
	}
	return live, nil
}
