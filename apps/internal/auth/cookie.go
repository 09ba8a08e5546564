package auth

import (
	"net/http"
	"time"
)

// The cookies. Their prefix makes browsers take them over TLS only, from this
// very host only: a tenant's host cannot set another's.
const (
	accessCookie  = "__Host-access"
	refreshCookie = "__Host-refresh"
	deviceCookie  = "__Host-device"
)

// SetCookies gives a grant to a browser, where no script can read it.
func SetCookies(w http.ResponseWriter, g Grant) {
	setCookie(w, accessCookie, g.Access, AccessLife)
	setCookie(w, refreshCookie, g.Refresh, IdleLife)
	if g.Device != "" {
		setCookie(w, deviceCookie, g.Device, deviceLife)
	}
}

// ClearCookies takes the session from a browser; that the device is known
// remains, for it is what protects the next sign-in.
func ClearCookies(w http.ResponseWriter) {
	setCookie(w, accessCookie, "", -time.Second)
	setCookie(w, refreshCookie, "", -time.Second)
}

func setCookie(w http.ResponseWriter, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life / time.Second),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// WithAccess returns a request as if its browser had shown this access token.
func WithAccess(r *http.Request, token string) *http.Request {
	out := r.Clone(r.Context())
	out.Header.Del("Cookie")
	for _, c := range r.Cookies() {
		if c.Name != accessCookie {
			out.AddCookie(c)
		}
	}
	out.AddCookie(&http.Cookie{Name: accessCookie, Value: token}) //nolint:gosec // of a request, where a cookie has no attributes
	return out
}

// HasAccess reports whether a browser shows an access token. It forgets one
// when it ends.
func HasAccess(r *http.Request) bool { return cookie(r, accessCookie) != "" }

// RefreshCookie and DeviceCookie return what a browser shows, or nothing.
func RefreshCookie(r *http.Request) string { return cookie(r, refreshCookie) }

// DeviceCookie returns the token by which the device may be known.
func DeviceCookie(r *http.Request) string { return cookie(r, deviceCookie) }

// cookie returns a cookie's value. Of two of one name, one is not ours.
func cookie(r *http.Request, name string) string {
	if all := r.CookiesNamed(name); len(all) == 1 {
		return all[0].Value
	}
	return ""
}
