package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

func TestChangesOfSourceAreToldOf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(name string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(time.Now().String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("landing/site.go")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changes, err := (&Source{Dir: dir}).Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	told := func(of string) {
		t.Helper()
		select {
		case <-changes:
		case <-time.After(30 * time.Second):
			t.Fatalf("nobody tells of %s", of)
		}
	}
	put("landing/site.go")
	told("a file that changed")
	put("admin/internal/people/list.go")
	told("a folder that is new")
	put("admin/internal/people/list.go")
	told("a file in a folder that is new")
	if err := os.Remove(filepath.Join(dir, "landing/site.go")); err != nil {
		t.Fatal(err)
	}
	told("a file that is gone")
}

func TestWhatEditorsAndTestsLeaveIsNoChange(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"site.go": true, "pages/home.html": true, "static/landing.css": true, "0001_people.sql": true, "go.mod": true,
		".site.go.swp": false, "site.go~": false, "site_test.go": false, ".#site.go": false,
	} {
		if got := counts(fsnotify.Event{Name: "/apps/landing/" + name, Op: fsnotify.Write}); got != want {
			t.Errorf("%s counts: %v", name, got)
		}
	}
	if counts(fsnotify.Event{Name: "site.go", Op: fsnotify.Chmod}) {
		t.Error("a change of mode counts")
	}
}

func TestServicesAreTheAppsThatAreThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := &Source{Dir: dir}
	if _, err := s.Services(); err == nil || !strings.Contains(err.Error(), "name the repository with -root") {
		t.Errorf("got %v", err)
	}
	for _, name := range []string{"tenantctl", "landing", "clinic", "internal"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "main.go"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Services(); err != nil || strings.Join(got, " ") != "clinic landing" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestTheKeyOfAccessTokensIsMadeOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "dev.pem")
	var before []byte
	for range 2 {
		if err := signingKey(path); err != nil {
			t.Fatal(err)
		}
		now, err := os.ReadFile(path)
		if err != nil || before != nil && string(before) != string(now) {
			t.Errorf("the key is another, and every session ends: %v", err)
		}
		before = now
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half of a key stays: %v", err)
	}
}
