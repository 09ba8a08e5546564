package web

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"regexp"
)

const requestIDHeader = "X-Request-Id"

// knownID is the form of an id that the gateway made. What does not have it
// came from a client, and could say anything.
var knownID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// requestID returns the gateway's id of a request, or a new one.
func requestID(r *http.Request) string {
	if id := r.Header.Get(requestIDHeader); knownID.MatchString(id) {
		return id
	}
	fresh := make([]byte, 16)
	_, _ = rand.Read(fresh) // never fails: it ends the process instead
	return hex.EncodeToString(fresh)
}

// security is on every answer. The policy admits files of the same origin and
// nothing written into a page, so that injected markup neither runs nor shows.
var security = map[string]string{
	"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; " +
		"manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
	"Strict-Transport-Security":    "max-age=63072000; includeSubDomains",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "strict-origin-when-cross-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=()",
}

func secure(h http.Header) {
	for name, value := range security {
		h.Set(name, value)
	}
}
