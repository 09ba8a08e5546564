package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/brand"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Problem is an answer by RFC 9457. Errors holds all that is wrong with what
// was sent, field by field.
type Problem struct {
	Type   string           `json:"type"`
	Title  string           `json:"title"`
	Status int              `json:"status"`
	Detail string           `json:"detail,omitempty"`
	Errors []entity.Problem `json:"errors,omitempty"`
}

// titles are in the words of those who use the systems that ask.
var titles = map[int]string{
	http.StatusBadRequest:           "O pedido não pôde ser lido",
	http.StatusUnauthorized:         "É preciso entrar",
	http.StatusForbidden:            "Sem permissão",
	http.StatusNotFound:             "Não encontrado",
	http.StatusMethodNotAllowed:     "Método não aceito",
	http.StatusConflict:             "Alterado por outra pessoa",
	http.StatusUnsupportedMediaType: "Envie JSON",
	http.StatusUnprocessableEntity:  "Há campos a corrigir",
	http.StatusTooManyRequests:      "Muitas tentativas",
	http.StatusInternalServerError:  "Algo falhou do nosso lado",
	http.StatusServiceUnavailable:   "Indisponível no momento; tente de novo em instantes",
}

// Refuse answers with the problem of a status.
func Refuse(w http.ResponseWriter, code int) { (Problem{Status: code}).send(w) }

func (p Problem) send(w http.ResponseWriter) {
	p.Type, p.Title = "about:blank", titles[p.Status]
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client's connection is its own affair
}

func reply(w http.ResponseWriter, code int, answer any) {
	if answer == nil {
		w.WriteHeader(code)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(answer) // as in send
}

// badRequest is a body that cannot be read.
type badRequest struct {
	code   int
	detail string
}

func (b badRequest) Error() string { return b.detail }

// read decodes the body into a value, and refuses what it does not know.
func (c *Call) read(into any) error {
	if kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return badRequest{http.StatusUnsupportedMediaType, "o cabeçalho Content-Type deve ser application/json"}
	}
	d := json.NewDecoder(c.Body)
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return badRequest{http.StatusBadRequest, "o corpo não é o JSON que se espera: " + err.Error()}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return badRequest{http.StatusBadRequest, "depois do JSON vem mais alguma coisa"}
	}
	return nil
}

// fail answers with what went wrong.
func (a *API) fail(c *Call, o Operation, err error) {
	p := judge(err)
	var limit auth.LimitError
	if errors.As(err, &limit) {
		c.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(limit.Wait.Seconds()))))
	}
	if p.Status >= http.StatusInternalServerError {
		a.Log.Error("api: an operation failed", "operation", o.ID, "tenant", c.Tenant.ID.String(), "problem", err.Error())
	}
	p.send(c.w)
}

func judge(err error) Problem {
	var problems entity.Problems
	var invalid brand.Invalid
	var limit auth.LimitError
	var bad badRequest
	switch {
	case errors.As(err, &problems):
		return Problem{Status: http.StatusUnprocessableEntity, Errors: problems}
	case errors.As(err, &invalid):
		for field, detail := range invalid {
			problems = append(problems, entity.Problem{Field: field, Detail: detail})
		}
		return Problem{Status: http.StatusUnprocessableEntity, Errors: problems}
	case errors.As(err, &bad):
		return Problem{Status: bad.code, Detail: bad.detail}
	case errors.Is(err, entity.ErrNotFound):
		return Problem{Status: http.StatusNotFound}
	case errors.Is(err, entity.ErrConflict):
		return Problem{Status: http.StatusConflict, Detail: entity.ErrConflict.Error()}
	case errors.As(err, &limit):
		return Problem{Status: http.StatusTooManyRequests, Detail: fmt.Sprintf("tente de novo em %.0f s", math.Ceil(limit.Wait.Seconds()))}
	case errors.Is(err, auth.ErrAway), errors.Is(err, tenancy.ErrClosed):
		return Problem{Status: http.StatusServiceUnavailable}
	case errors.Is(err, auth.ErrCredentials):
		return Problem{Status: http.StatusUnauthorized, Detail: "conta ou senha incorreta"}
	case errors.Is(err, auth.ErrSession), errors.Is(err, auth.ErrReused):
		return Problem{Status: http.StatusUnauthorized, Detail: "a sessão terminou; entre de novo"}
	default:
		return Problem{Status: http.StatusInternalServerError}
	}
}
