package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/avila-devops/saas/apps/internal/telemetry"
)

func site(t *testing.T) http.Handler {
	t.Helper()
	h, err := newSite(telemetry.NewMetrics(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func ask(h http.Handler, method, target string) (*http.Response, string) {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(method, target, nil))
	res := rec.Result()
	body, _ := io.ReadAll(res.Body)
	return res, string(body)
}

func TestTheHomePagePresentsEverySystemInPortuguese(t *testing.T) {
	t.Parallel()
	res, page := ask(site(t), http.MethodGet, "/")
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/html; charset=utf-8" || res.Header.Get("Cache-Control") != "public, max-age=300" {
		t.Errorf("answer is %d %v", res.StatusCode, res.Header)
	}
	for _, want := range []string{`<html lang="pt-BR">`, `<a class="skip" href="#conteudo">`, `<main id="conteudo" tabindex="-1">`, `name="viewport"`, `name="description"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, name := range []string{"Clínica", "Reciclagem", "Fiscal", "Administração", "Site"} {
		if !strings.Contains(page, "<h3>"+name+"</h3>") {
			t.Errorf("the page does not present %s", name)
		}
	}
	if strings.Count(page, "<h1>") != 1 {
		t.Errorf("the page has %d headings of the first level", strings.Count(page, "<h1>"))
	}
}

func TestNoTextOfThePageIsMissing(t *testing.T) {
	t.Parallel()
	var seen int
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		case reflect.Slice:
			if v.Len() == 0 {
				t.Errorf("%s is empty", path)
			}
			for i := range v.Len() {
				walk(path, v.Index(i))
			}
		default:
			seen++
			if v.String() == "" && path != "content.Systems.Path" {
				t.Errorf("%s is empty", path)
			}
		}
	}
	walk("content", reflect.ValueOf(content))
	if seen < 50 {
		t.Errorf("looked at %d texts", seen)
	}
}

// reference matches what a page loads or leads to.
var reference = regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)

// ASVS: v5.0.0-3.7.2, v5.0.0-14.2.3.
func TestEveryReferenceOfEveryPageLeadsSomewhere(t *testing.T) {
	t.Parallel()
	h := site(t)
	var followed int
	for _, page := range []string{"/", "/nada"} {
		_, text := ask(h, http.MethodGet, page)
		for _, match := range reference.FindAllStringSubmatch(text, -1) {
			target := match[1]
			followed++
			switch {
			case strings.HasPrefix(target, "#"):
				if !strings.Contains(text, `id="`+target[1:]+`"`) {
					t.Errorf("%s leads to %s, which it does not have", page, target)
				}
			case strings.HasPrefix(target, "/"):
				if res, _ := ask(h, http.MethodGet, target); res.StatusCode != http.StatusOK {
					t.Errorf("%s leads to %s, which answers %d", page, target, res.StatusCode)
				}
			case target != "mailto:"+content.Contact:
				t.Errorf("%s loads or leads to %s, outside the site", page, target)
			}
		}
	}
	if followed < 15 {
		t.Errorf("followed %d references", followed)
	}
}

// ASVS: v5.0.0-1.2.3, v5.0.0-2.2.2, v5.0.0-3.2.2, v5.0.0-3.7.1, v5.0.0-14.2.3.
func TestNoPageNeedsWhatItsPolicyForbids(t *testing.T) {
	t.Parallel()
	h := site(t)
	for _, page := range []string{"/", "/nada"} {
		_, text := ask(h, http.MethodGet, page)
		for _, inline := range []string{"<style", "<script", " style=", " onclick="} {
			if strings.Contains(text, inline) {
				t.Errorf("%s holds %q, which browsers will ignore", page, inline)
			}
		}
	}
	for name, file := range map[string]string{"stylesheet": "static/landing.css", "icon": "static/icone.svg"} {
		text, err := embedded.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "url(") || strings.Contains(string(text), "@import") {
			t.Errorf("the %s loads something else", name)
		}
	}
}

func TestEveryStatusHasItsPage(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		method, target string
		code           int
		title          string
	}{
		{http.MethodGet, "/nada", http.StatusNotFound, "Página não encontrada"},
		{http.MethodGet, "/estatico/nada.css", http.StatusNotFound, "Página não encontrada"},
		{http.MethodPost, "/", http.StatusMethodNotAllowed, "Pedido não aceito"},
	} {
		res, page := ask(site(t), row.method, row.target)
		if res.StatusCode != row.code || !strings.Contains(page, "<h1>"+row.title+"</h1>") || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s answers %d, Cache-Control %q", row.method, row.target, res.StatusCode, res.Header.Get("Cache-Control"))
		}
	}
}

// ASVS: v5.0.0-16.5.1.
func TestAFaultShowsItsPageInPortuguese(t *testing.T) {
	t.Parallel()
	_, problem, err := prepare(nil, false)
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	problem(rec, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusInternalServerError)
	if rec.Code != http.StatusInternalServerError || !strings.Contains(rec.Body.String(), "<h1>Algo falhou do nosso lado</h1>") {
		t.Errorf("answer is %d %s", rec.Code, rec.Body)
	}
}

// ASVS: v5.0.0-14.3.3.
func TestNoAnswerSetsACookie(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"/", "/nada", "/robots.txt"} {
		if res, _ := ask(site(t), http.MethodGet, target); res.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s sets a cookie, and the page says that there are none", target)
		}
	}
}
