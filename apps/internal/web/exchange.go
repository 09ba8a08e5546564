package web

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"
)

// exchange is a request on its way to its answer.
type exchange struct {
	mux      *Mux
	answer   *answer
	request  *http.Request
	endpoint string
	id       string
}

// end answers what a panic left unanswered, counts and logs. An answer that
// has begun cannot become another, so it is cut, and the client sees that it
// is not whole.
func (e *exchange) end(began time.Time) {
	fault := recover()
	cut := fault != nil && e.answer.code != 0
	switch fault {
	case nil:
	case http.ErrAbortHandler: // a handler that cuts its answer on purpose
		cut = true
	default:
		e.report(fault)
		if !cut {
			e.apologise()
		}
	}
	code := e.answer.status()
	if cut && code < http.StatusInternalServerError {
		code = http.StatusInternalServerError
	}
	took := time.Since(began)
	e.mux.meter.Observe(e.request.Method, e.endpoint, code, took)
	e.mux.log.Info("request", "request_id", e.id, "method", label(e.request.Method), "endpoint", e.endpoint,
		"code", code, "bytes", e.answer.bytes, "milliseconds", float64(took.Microseconds())/1000)
	if cut {
		panic(http.ErrAbortHandler) // net/http's way to cut a connection
	}
}

// report logs a panic. Its value is shown by type and, for an error that the
// runtime made, by text: other texts may hold what the user sent.
func (e *exchange) report(fault any) {
	text := fmt.Sprintf("%T", fault)
	if err, ok := fault.(error); ok {
		var runtime interface{ RuntimeError() }
		if errors.As(err, &runtime) {
			text = err.Error()
		}
	}
	e.mux.log.Error("panic", "request_id", e.id, "endpoint", e.endpoint, "fault", text, "stack", string(debug.Stack()))
}

// apologise answers 500, without what the handler had set on its way there,
// but for what concerns the connection.
func (e *exchange) apologise() {
	h := e.answer.Header()
	connection := h["Connection"]
	clear(h)
	if connection != nil {
		h["Connection"] = connection
	}
	h.Set(requestIDHeader, e.id)
	secure(h)
	e.mux.problem(e.answer, e.request, http.StatusInternalServerError)
}

// label bounds what a log repeats of a method.
func label(method string) string {
	if len(method) > 16 {
		return method[:16]
	}
	return method
}

// answer remembers what was sent.
type answer struct {
	http.ResponseWriter
	code  int // 0 until the header is sent
	bytes int64
}

// Unwrap serves [http.ResponseController].
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) WriteHeader(code int) {
	if a.code == 0 && code >= http.StatusOK {
		a.code = code
	}
	a.ResponseWriter.WriteHeader(code)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.code == 0 {
		a.code = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err //nolint:wrapcheck // the writer's contract: its error as it is
}

func (a *answer) status() int {
	if a.code == 0 {
		return http.StatusOK // what net/http sends for a handler that sent nothing
	}
	return a.code
}
