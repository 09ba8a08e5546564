package image_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/avila-devops/saas/sandbox/home"
	"github.com/avila-devops/saas/sandbox/image"
)

const repository = "../.."

// tool returns the path of ko.
func tool(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("AVILA_TOOLS")
	if dir == "" {
		dir = filepath.Join(repository, ".sandbox", "bin")
	}
	path, err := filepath.Abs(filepath.Join(dir, "ko"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("ko is not in %s; run make tools", dir)
	}
	return path
}

// bundle is a repository and a sandbox of its own.
type bundle struct{ image.Options }

// setup makes a repository with one small app.
func setup(t *testing.T) *bundle {
	t.Helper()
	b := empty(t)
	b.write(t, "apps/go.mod", "module example.com/apps\n\ngo 1.26\n")
	b.write(t, "apps/hello/main.go", "package main\n\nfunc main() { println(\"hello\") }\n")
	recipe, err := os.ReadFile(filepath.Join(repository, "apps", ".ko.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	b.write(t, "apps/.ko.yaml", string(recipe))
	return b
}

// ours makes a copy of the repository's own apps.
func ours(t *testing.T) *bundle {
	t.Helper()
	b := empty(t)
	if err := os.CopyFS(filepath.Join(b.Root, "apps"), os.DirFS(filepath.Join(repository, "apps"))); err != nil {
		t.Fatal(err)
	}
	return b
}

func empty(t *testing.T) *bundle {
	t.Helper()
	dir := t.TempDir()
	b := &bundle{image.Options{Home: home.Home(filepath.Join(dir, ".sandbox")), Root: dir}}
	if err := os.MkdirAll(b.Home.Bin(), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(tool(t), filepath.Join(b.Home.Bin(), "ko")); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bundle) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(b.Root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// build builds, and expects one image.
func (b *bundle) build(t *testing.T) image.Image {
	t.Helper()
	images, err := image.Build(t.Context(), b.Options)
	if err != nil {
		t.Fatal(err)
	}
	if len(images) != 1 {
		t.Fatalf("built %d images, want 1", len(images))
	}
	return images[0]
}

// buildApp builds every app, and expects one of this name among the images.
func (b *bundle) buildApp(t *testing.T, name string) image.Image {
	t.Helper()
	images, err := image.Build(t.Context(), b.Options)
	if err != nil {
		t.Fatal(err)
	}
	for _, built := range images {
		if built.Name == name {
			return built
		}
	}
	t.Fatalf("built no image of %s among %d", name, len(images))
	return image.Image{}
}

// fails builds, and expects an error that wraps is and holds every text. A nil
// is means that any will do.
func (b *bundle) fails(t *testing.T, is error, wants ...string) {
	t.Helper()
	images, err := image.Build(t.Context(), b.Options)
	if err == nil {
		t.Fatalf("built %v", images)
	}
	for _, want := range wants {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	if is != nil && !errors.Is(err, is) {
		t.Errorf("%v does not wrap %v", err, is)
	}
}

func (b *bundle) blob(digest string) string {
	return filepath.Join(b.Home.Registry(), "blobs", "sha256", strings.TrimPrefix(digest, "sha256:"))
}

// leftovers lists what a build should not leave.
func (b *bundle) leftovers(t *testing.T) (found []string) {
	t.Helper()
	err := filepath.WalkDir(b.Home.Registry(), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && (strings.HasPrefix(entry.Name(), ".work-") || strings.HasPrefix(entry.Name(), ".new-")) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
