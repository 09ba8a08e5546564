package image

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/avila-devops/saas/sandbox/home"
)

// stocked returns a store with images of an app, oldest first, that share one
// layer.
func stocked(t *testing.T, app string, count int) (*store, []string) {
	t.Helper()
	s, err := openStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var digests []string
	for i := range count {
		config, layer := fmt.Appendf(nil, `{"n":%d}`, i), []byte("shared")
		manifest := fmt.Appendf(nil, `{"config":{"digest":"%s"},"layers":[{"digest":"%s"}]}`, digestOf(config), digestOf(layer))
		err := errors.Join(s.putBytes(digestOf(config), config), s.putBytes(digestOf(layer), layer), s.putBytes(digestOf(manifest), manifest),
			s.keepBill(digestOf(manifest), []byte("{}")), s.promote(app, digestOf(manifest), fmt.Sprint(i)))
		if err != nil {
			t.Fatal(err)
		}
		digests = append(digests, digestOf(manifest))
	}
	return s, digests
}

func TestOldImagesAreRemovedWithEveryPartThatNoOtherNeeds(t *testing.T) {
	t.Parallel()
	s, digests := stocked(t, "hello", keep+3)
	if err := s.prune(map[string]bool{digests[0]: true}); err != nil {
		t.Fatal(err)
	}
	reopened, err := openStore(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, digest := range digests {
		_, found := reopened.find("hello", fmt.Sprint(i))
		_, err := os.Stat(filepath.Join(s.dir, "sbom", billName(digest)))
		want := i == 0 || i >= 3 // a stack names the first; the next two are too old
		if found != want || (err == nil) != want {
			t.Errorf("image %d is here: %t, its bill: %v; want %t", i, found, err, want)
		}
	}
	entries, err := os.ReadDir(s.blobs())
	if want := 2*(keep+1) + 1; err != nil || len(entries) != want {
		t.Errorf("%d blobs are left, want %d: %v", len(entries), want, err)
	}
	if current := reopened.current("hello"); current == nil || current.Digest.String() != digests[len(digests)-1] {
		t.Errorf("the current image is %v", current)
	}
}

func TestWhatAStackNamesIsWanted(t *testing.T) {
	t.Parallel()
	opt := Options{Root: t.TempDir(), Home: home.Home(t.TempDir())}
	one, two, three := "sha256:"+strings.Repeat("1", 64), "sha256:"+strings.Repeat("2", 64), "sha256:"+strings.Repeat("3", 64)
	for path, digest := range map[string]string{
		filepath.Join(opt.Root, "Pulumi.prod.yaml"):              one,
		filepath.Join(opt.Home.Project(), "Pulumi.staging.yaml"): two,
		filepath.Join(opt.Root, "notes.yaml"):                    three,
	} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("a: "+digest+"\n"), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if got := deployed(opt); len(got) != 2 || !got[one] || !got[two] {
		t.Errorf("wanted are %v", got)
	}
}

func TestAFullDiskIsNamedWithItsRemedy(t *testing.T) {
	t.Parallel()
	err := explain(fmt.Errorf("write blob: %w", syscall.ENOSPC), "/sandbox")
	if want := "the disk of /sandbox is full; free some space, an image takes about 30 MB while it is built: write blob: no space left on device"; err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestTheCallersEnvironmentDecidesNothingOfAnImage(t *testing.T) {
	t.Parallel()
	caller := []string{
		"GOFLAGS=-tags=evil", "GOARCH=arm64", "SOURCE_DATE_EPOCH=5", "TZ=Asia/Tokyo", "KO_DOCKER_REPO=gcr.io/x", "KOCACHE=/x",
		"HTTP_PROXY=http://10.0.0.1", "NO_PROXY=localhost,.internal,registry.localhost", "GOPROXY=https://proxy", "PATH=/bin",
	}
	env := environment(caller, "127.0.0.1:5000", "/work")
	for _, want := range []string{"GOFLAGS=-buildvcs=false", "TZ=UTC", "HTTP_PROXY=http://127.0.0.1:5000", "NO_PROXY=.internal", "GOPROXY=https://proxy", "PATH=/bin", "KO_DOCKER_REPO=registry.localhost", "TMPDIR=/work"} {
		if !slices.Contains(env, want) {
			t.Errorf("ko's environment lacks %s", want)
		}
	}
	for _, pair := range env {
		if slices.Contains(caller, pair) && pair != "GOPROXY=https://proxy" && pair != "PATH=/bin" {
			t.Errorf("ko's environment has the caller's %s", pair)
		}
	}
}

func TestTheSummaryNamesEachImageWithItsDigestAndSize(t *testing.T) {
	t.Parallel()
	got := Summary([]Image{{Name: "landing", Digest: "sha256:ab", Size: 5_250_000}, {Name: "fiscal", Digest: "sha256:cd", Size: 12_000_000, Took: 1540e6}})
	want := "landing  sha256:ab  5.2 MB   unchanged\nfiscal   sha256:cd  12.0 MB  built in 1.5s\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
