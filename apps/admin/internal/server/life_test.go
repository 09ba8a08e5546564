package server_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// ASVS: v5.0.0-7.4.1 (a session that was ended is over).
func TestAFirstUserSignsInWorksAndSignsOut(t *testing.T) {
	t.Parallel()
	s := start(t)
	got := s.must(t, s.a, "POST", "/api/auth/login/", "", object{"account": "cliente_" + s.a.id.String() + "_admin", "password": password}, http.StatusOK)
	token, _ := got["access"].(string)
	refresh, _ := got["refresh"].(string)
	if token == "" || refresh == "" || got["token_type"] != "Bearer" || got["expires_in"] != 900.0 {
		t.Fatalf("the answer is %v", got)
	}
	made := s.must(t, s.a, "POST", "/api/patients/", token, object{"name": "João da Silva", "cpf": "529.982.247-25", "birth": "1990-05-04"}, http.StatusCreated)
	path := "/api/patients/" + made["id"].(string) + "/"
	read := s.must(t, s.a, "GET", path, token, nil, http.StatusOK)
	if !reflect.DeepEqual(made, read) || read["cpf"] != "52998224725" || read["email"] != nil || read["version"] != 1.0 {
		t.Errorf("made %v, read %v", made, read)
	}
	s.must(t, s.a, "PATCH", path, token, object{"version": 1, "phone": "(11) 91234-5678"}, http.StatusOK)
	s.must(t, s.a, "PATCH", path, token, object{"version": 1, "phone": ""}, http.StatusConflict)
	list := s.must(t, s.a, "GET", "/api/patients/?q=joao", token, nil, http.StatusOK)
	if list["total"] != 1.0 {
		t.Errorf("the list is %v", list)
	}
	history := s.must(t, s.a, "GET", path+"history/", token, nil, http.StatusOK)
	if items, _ := history["items"].([]any); len(items) != 2 || items[0].(object)["actor_name"] != "Chefe" || items[0].(object)["detail"].(object)["fields"] != "phone" {
		t.Errorf("the history is %v", history)
	}
	fresh := s.must(t, s.a, "POST", "/api/auth/refresh/", "", object{"refresh": refresh}, http.StatusOK)
	s.must(t, s.a, "POST", "/api/auth/logout/", fresh["access"].(string), nil, http.StatusNoContent)
	s.must(t, s.a, "POST", "/api/auth/refresh/", "", object{"refresh": fresh["refresh"]}, http.StatusUnauthorized)
	s.Server = s.process(t) // which has not seen the session alive a moment ago
	s.must(t, s.a, "GET", path, fresh["access"].(string), nil, http.StatusUnauthorized)
}

// ASVS: v5.0.0-6.2.3 (the present password is asked for), v5.0.0-6.4.1.
// ASVS: v5.0.0-2.3.1, v5.0.0-6.2.2, v5.0.0-6.4.3, v5.0.0-7.5.1.
func TestAResetPasswordLeadsToOnesOwnAndNothingElse(t *testing.T) {
	t.Parallel()
	s := start(t)
	boss := s.boss(t, s.a)
	made := s.must(t, s.a, "POST", "/api/users/", boss, object{"name": "Ana", "login": "ana", "email": "ana@exemplo.com.br", "role": "staff"}, http.StatusCreated)
	first, _ := s.must(t, s.a, "POST", "/api/users/"+made["id"].(string)+"/password/", boss, nil, http.StatusOK)["password"].(string)
	token := s.enter(t, s.a, "ana", first)
	s.must(t, s.a, "GET", "/api/patients/", token, nil, http.StatusForbidden)
	for _, row := range []struct {
		current, fresh, field string
	}{{"errada", "girafa-violeta-trilho-maior", "current"}, {first, "curta", "new"}, {first, "clinica2026", "new"}} {
		got := s.must(t, s.a, "POST", "/api/auth/password/", token, object{"current": row.current, "new": row.fresh}, http.StatusUnprocessableEntity)
		if errs, _ := got["errors"].([]any); len(errs) != 1 || errs[0].(object)["field"] != row.field {
			t.Errorf("%+v: %v", row, got)
		}
	}
	s.must(t, s.a, "POST", "/api/auth/password/", token, object{"current": first, "new": "girafa-violeta-trilho-maior"}, http.StatusNoContent)
	s.must(t, s.a, "GET", "/api/patients/", s.enter(t, s.a, "ana", "girafa-violeta-trilho-maior"), nil, http.StatusOK)
	s.must(t, s.a, "POST", "/api/auth/login/", "", object{"account": "ana", "password": first}, http.StatusUnauthorized)
}

// ASVS: v5.0.0-2.2.1, v5.0.0-8.2.3, v5.0.0-15.3.3.
func TestWhatCannotBeReadOrUsedIsAProblemWithAllItsFields(t *testing.T) {
	t.Parallel()
	s := start(t)
	token := s.boss(t, s.a)
	for _, row := range []struct {
		method, path string
		body         any
		code         int
		want         string
	}{
		{"POST", "/api/services/", object{"name": "", "minutes": "30", "price_cents": -1, "x": 1}, 422, `[{"field":"minutes","detail":"deve ser um número inteiro"},{"field":"name","detail":"preencha este campo"},{"field":"price_cents","detail":"não está entre R$ 0,00 e R$ 1.000.000,00"},{"field":"x","detail":"este campo não existe"}]`},
		{"PATCH", "/api/users/" + strings.Repeat("0", 36) + "/", object{"login": "x"}, 422, `[{"field":"login","detail":"não pode mais ser alterado"},{"field":"version","detail":"envie a versão que foi lida"}]`},
		{"GET", "/api/patients/?limit=1000&sort=x&after=x", nil, 422, `[{"field":"after","detail":"não é o fim de uma página desta lista"},{"field":"limit","detail":"não está entre 1 e 100"},{"field":"sort","detail":"esta ordem não existe"}]`},
		{"PUT", "/api/settings/", object{"name": "", "colour": "red", "features": []string{}, "zone": "x"}, 422, `[{"field":"colour","detail":"não é uma cor, como #0b5d4b"},{"field":"name","detail":"use de 1 a 80 caracteres"},{"field":"zone","detail":"escolha um dos fusos"}]`},
		{"POST", "/api/patients/", "text", 400, "null"},
		{"GET", "/api/nada/", nil, 404, "null"},
		{"PUT", "/api/patients/", object{}, 405, "null"},
	} {
		w := s.ask(s.a, row.method, row.path, token, row.body)
		var p struct {
			Status int             `json:"status"`
			Errors json.RawMessage `json:"errors"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != row.code || p.Status != row.code || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s answers %d %s: %v", row.method, row.path, w.Code, w.Body, err)
			continue
		}
		if got := sorted(t, p.Errors); got != strings.ReplaceAll(row.want, "R$ ", "R$\u00a0") {
			t.Errorf("%s %s:\ngot  %s\nwant %s", row.method, row.path, got, row.want)
		}
	}
}

// sorted writes problems by field.
func sorted(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var all []struct {
		Field  string `json:"field"`
		Detail string `json:"detail"`
	}
	if raw != nil {
		if err := json.Unmarshal(raw, &all); err != nil {
			t.Fatal(err)
		}
	}
	for i := range all {
		for j := i + 1; j < len(all); j++ {
			if all[j].Field < all[i].Field {
				all[i], all[j] = all[j], all[i]
			}
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
