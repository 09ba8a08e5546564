package gcp

import "fmt"

// googleError is a refusal as Google's APIs phrase theirs, with what to do
// about it.
type googleError struct {
	code    int
	message string
	reason  string
	remedy  string
}

func (e *googleError) Error() string {
	text := fmt.Sprintf("googleapi: Error %d: %s", e.code, e.message)
	if e.reason != "" {
		text += ", " + e.reason
	}
	if e.remedy != "" {
		text += ": " + e.remedy
	}
	return text
}

func refuse(code int, reason, remedy, format string, args ...any) error {
	return &googleError{code: code, reason: reason, remedy: remedy, message: fmt.Sprintf(format, args...)}
}

func notFound(remedy, format string, args ...any) error {
	return refuse(404, "notFound", remedy, format, args...)
}

func invalid(remedy, format string, args ...any) error {
	return refuse(400, "invalid", remedy, format, args...)
}
