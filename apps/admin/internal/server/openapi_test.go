package server_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTheDocumentNamesEveryRouteOfTheAPI holds the document to the routes, and
// every reference in it to something that is there.
func TestTheDocumentNamesEveryRouteOfTheAPI(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.must(t, s.a, "GET", "/api/openapi.json", "", nil, http.StatusUnauthorized)
	doc := s.must(t, s.a, "GET", "/api/openapi.json", s.session(t, s.a), nil, http.StatusOK)
	if doc["openapi"] != "3.1.0" {
		t.Errorf("it is of version %v", doc["openapi"])
	}
	paths, _ := doc["paths"].(object)
	schemas, _ := doc["components"].(object)["schemas"].(object)
	var documented, routed, ids []string
	for path, item := range paths {
		for method, each := range item.(object) {
			documented = append(documented, strings.ToUpper(method)+" "+path)
			o, _ := each.(object)
			id, _ := o["operationId"].(string)
			if slices.Contains(ids, id) {
				t.Errorf("%s is the id of two operations", id)
			}
			ids = append(ids, id)
			if _, open := o["security"]; open != (path == "/api/auth/login/" || path == "/api/auth/refresh/" || path == "/.well-known/jwks.json") {
				t.Errorf("%s %s is open: %t", method, path, open)
			}
		}
	}
	for _, r := range s.Routes() {
		if path := strings.TrimSuffix(r.Pattern, "{$}"); !strings.HasPrefix(path, "/admin") {
			routed = append(routed, r.Method+" "+path)
		}
	}
	slices.Sort(documented)
	slices.Sort(routed)
	if !slices.Equal(documented, routed) || len(routed) < 40 {
		t.Errorf("documented\n%s\nrouted\n%s", strings.Join(documented, "\n"), strings.Join(routed, "\n"))
	}
	text := s.ask(s.a, "GET", "/api/openapi.json", s.session(t, s.a), nil).Body.String()
	found := regexp.MustCompile(`"\$ref":"#/components/schemas/(\w+)"`).FindAllStringSubmatch(text, -1)
	if len(found) == 0 {
		t.Error("nothing refers to a schema")
	}
	for _, ref := range found {
		if schemas[ref[1]] == nil {
			t.Errorf("there is no schema %s", ref[1])
		}
	}
}

// TestAnAnswerHasTheDocumentsProperties compares what is answered with what is
// said of it.
func TestAnAnswerHasTheDocumentsProperties(t *testing.T) {
	t.Parallel()
	s := start(t)
	token := s.session(t, s.a)
	o := &objects{s: s, h: s.a, token: token}
	schemas, _ := s.must(t, s.a, "GET", "/api/openapi.json", token, nil, http.StatusOK)["components"].(object)["schemas"].(object)
	for _, kind := range kinds {
		got := s.must(t, s.a, "GET", "/api/"+kind+"/"+o.key(t, kind)+"/", token, nil, http.StatusOK)
		said, _ := schemas[kind].(object)["properties"].(object)
		for name := range said {
			if _, there := got[name]; !there {
				t.Errorf("%s lacks %s", kind, name)
			}
		}
		if len(got) != len(said) {
			t.Errorf("%s is %v, and said to be %v", kind, got, said)
		}
	}
}
