package api

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"

	"github.com/avila-devops/saas/apps/admin/internal/permission"
)

var inPath = regexp.MustCompile(`\{([a-z]+)\}`)

// Document is the OpenAPI 3.1 document of operations.
func (a *API) Document(all []Operation) map[string]any {
	schemas := map[string]any{"Problem": object(property{"type", text(""), false}, property{"title", text(""), false}, property{"status", number(""), false}, property{"detail", text(""), true},
		property{"errors", list(object(property{"field", text("vazio: o todo"), false}, property{"detail", text(""), false})), true})}
	for _, e := range a.Entities {
		schemas[e.Name] = read(e)
	}
	paths := map[string]any{}
	for _, o := range all {
		item, ok := paths[o.Path].(map[string]any)
		if !ok {
			item = map[string]any{}
			paths[o.Path] = item
		}
		item[method(o.Method)] = o.describe()
	}
	var tags []map[string]string
	for _, k := range permission.Kinds {
		tags = append(tags, map[string]string{"name": k.Name, "description": k.Title})
	}
	return map[string]any{
		"openapi": "3.1.0",
		"info": map[string]string{"title": "Ávila DevOps: Administração", "version": "1",
			"description": "Toda operação pede um JWT da própria empresa, salvo as que dizem o contrário. Erros seguem a RFC 9457."},
		"servers":    []map[string]string{{"url": "/"}},
		"security":   []map[string][]string{{"bearer": {}}},
		"tags":       append([]map[string]string{{"name": "auth", "description": "Entrada e sessões"}, {"name": "search", "description": "Busca"}}, tags...),
		"paths":      paths,
		"components": map[string]any{"schemas": schemas, "securitySchemes": map[string]any{"bearer": map[string]string{"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}},
	}
}

func method(name string) string {
	return map[string]string{http.MethodGet: "get", http.MethodPost: "post", http.MethodPut: "put", http.MethodPatch: "patch", http.MethodDelete: "delete"}[name]
}

func (o *Operation) describe() map[string]any {
	answer := map[string]any{"description": "feito"}
	if o.Answer != nil {
		answer["content"] = content("application/json", o.Answer)
	}
	answers := map[string]any{strconv.Itoa(o.Status): answer}
	refusals := append([]int{http.StatusInternalServerError}, o.Refusals...)
	out := map[string]any{"operationId": o.ID, "summary": o.Summary, "tags": []string{o.Tag}, "responses": answers}
	if o.Open != "" {
		out["security"] = []any{}
	} else {
		refusals = append(refusals, http.StatusUnauthorized, http.StatusServiceUnavailable)
	}
	if o.Permission != "" {
		out["description"] = "Pede a permissão " + o.Permission + "."
		refusals = append(refusals, http.StatusForbidden)
	}
	if o.Body != nil {
		out["requestBody"] = map[string]any{"required": true, "content": content("application/json", o.Body)}
		refusals = append(refusals, http.StatusBadRequest, http.StatusUnsupportedMediaType)
	}
	for _, code := range refusals {
		answers[strconv.Itoa(code)] = map[string]any{"description": titles[code], "content": content("application/problem+json", ref("Problem"))}
	}
	var parameters []map[string]any
	for _, found := range inPath.FindAllStringSubmatch(o.Path, -1) {
		parameters = append(parameters, map[string]any{"name": found[1], "in": "path", "required": true, "schema": Schema{"type": "string"}})
	}
	for _, p := range o.Query {
		parameters = append(parameters, map[string]any{"name": p.Name, "in": "query", "description": p.About, "schema": p.Schema})
	}
	if parameters != nil {
		out["parameters"] = parameters
	}
	return out
}

func content(kind string, schema Schema) map[string]any {
	return map[string]any{kind: map[string]any{"schema": schema}}
}

// document is the operation that answers with the document, which names it too.
func (a *API) document(others []Operation) Operation {
	o := Operation{ID: "openapi", Method: http.MethodGet, Path: "/api/openapi.json", Tag: "auth", Summary: "Este documento", Status: http.StatusOK, Answer: Schema{"type": "object"}}
	whole, err := json.Marshal(a.Document(append(others, o)))
	o.Do = func(*Call) (any, error) { return json.RawMessage(whole), err }
	return o
}
