package image_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/avila-devops/saas/sandbox/image"
)

func TestAnAppThatHasNotChangedIsNotBuiltAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.build(t)
	index := filepath.Join(b.Home.Registry(), "index.json")
	out := filepath.Join(b.Root, "out", "images.json")
	old := time.Now().Add(-time.Hour)
	for _, path := range []string{index, out} {
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	b.write(t, "apps/hello/main_test.go", "package main\n")
	began := time.Now()
	again := b.build(t)
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("finding nothing to do took %s", took)
	}
	if first.Took == 0 || again.Took != 0 || again.Digest != first.Digest || again.Size != first.Size {
		t.Errorf("first %+v, then %+v", first, again)
	}
	for _, path := range []string{index, out} {
		if info, err := os.Stat(path); err != nil || time.Since(info.ModTime()) < time.Minute {
			t.Errorf("%s was written again: %v", path, err)
		}
	}
}

func TestAChangedAppGetsANewImageAndTheOldOneStays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	source, err := os.ReadFile(filepath.Join(b.Root, "apps/hello/main.go"))
	if err != nil {
		t.Fatal(err)
	}
	first := b.build(t)
	b.write(t, "apps/hello/main.go", strings.Replace(string(source), "hello", "good day", 1))
	second := b.build(t)
	if second.Digest == first.Digest || second.Took == 0 {
		t.Fatalf("first %+v, then %+v", first, second)
	}
	for _, digest := range []string{first.Digest, second.Digest} {
		if _, err := os.Stat(b.blob(digest)); err != nil {
			t.Error(err)
		}
	}
	b.write(t, "apps/hello/main.go", string(source))
	if back := b.build(t); back.Digest != first.Digest || back.Took != 0 {
		t.Errorf("going back gives %+v, want %s without a build", back, first.Digest)
	}
	text, err := os.ReadFile(filepath.Join(b.Root, "out", "images.json"))
	if want := "{\n  \"hello\": \"" + first.Digest + "\"\n}\n"; err != nil || string(text) != want {
		t.Errorf("out/images.json is %s, want %s", text, want)
	}
}

func TestADamagedImageIsBuiltAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.build(t)
	blobs, err := os.ReadDir(filepath.Dir(b.blob(first.Digest)))
	if err != nil || len(blobs) < 3 {
		t.Fatalf("the image has %d blobs: %v", len(blobs), err)
	}
	for _, blob := range blobs {
		path := b.blob(blob.Name())
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, make([]byte, info.Size()), 0o644); err != nil {
			t.Fatal(err)
		}
		if again := b.build(t); again.Digest != first.Digest || again.Took == 0 {
			t.Errorf("with %s damaged: %+v", blob.Name(), again)
		}
		if again := b.build(t); again.Took != 0 {
			t.Errorf("%s is still damaged", blob.Name())
		}
	}
}

func TestBuildsAtTheSameTimeTakeTurns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var group sync.WaitGroup
	got := make([]image.Image, 3)
	for i := range got {
		group.Go(func() {
			images, err := image.Build(t.Context(), b.Options)
			if err != nil || len(images) != 1 {
				t.Errorf("built %v: %v", images, err)
				return
			}
			got[i] = images[0]
		})
	}
	group.Wait()
	slices.SortFunc(got, func(a, b image.Image) int { return int(a.Took - b.Took) })
	if got[0].Took != 0 || got[1].Took != 0 || got[2].Took == 0 || got[0].Digest != got[2].Digest {
		t.Errorf("built %+v", got)
	}
}

func TestAnAppThatDoesNotCompileIsNamedWithTheCompilersWords(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.build(t)
	b.write(t, "apps/hello/main.go", "package main\n\nfunc main() { missing() }\n")
	b.fails(t, nil, "image of hello: ko build ./hello in apps: ", "hello/main.go:3:15: undefined: missing")
	if _, err := os.Stat(b.blob(first.Digest)); err != nil {
		t.Errorf("the image before is gone: %v", err)
	}
	if left := b.leftovers(t); len(left) > 0 {
		t.Errorf("the build left %v", left)
	}
}

func TestAMissingOrBrokenToolIsNamedWithItsRemedy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	path := filepath.Join(b.Home.Bin(), "ko")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	b.fails(t, fs.ErrNotExist, "ko is not in "+b.Home.Bin()+"; run make tools")
	if err := os.WriteFile(path, []byte("half"), 0o755); err != nil {
		t.Fatal(err)
	}
	b.fails(t, nil, path+" is not a whole Go program; delete it and run make tools")
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(path), os.Symlink(own, path)); err != nil {
		t.Fatal(err)
	}
	b.fails(t, nil, path+" is not ko but ")
}

func TestARepositoryWithoutAnAppIsRefused(t *testing.T) {
	t.Parallel()
	b := empty(t)
	b.write(t, "apps/internal/web/web.go", "package web\n")
	b.write(t, "apps/library/library.go", "package library\n")
	b.write(t, "apps/docs/readme.txt", "nothing\n")
	b.fails(t, fs.ErrNotExist, "no folder directly under "+filepath.Join(b.Root, "apps")+" holds a main package")
}

func TestADamagedIndexIsNamedWithItsRemedy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.write(t, ".sandbox/registry/index.json", "{")
	b.fails(t, nil, "index.json is not an OCI index; delete "+b.Home.Registry()+" and build again")
}
