package image_test

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

func readJSON[T any](t *testing.T, path string) (value T) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// extract writes the files of an image under a folder, and lists their paths.
func (b *bundle) extract(t *testing.T, manifest v1.Manifest, to string) (paths []string) {
	t.Helper()
	for _, layer := range manifest.Layers {
		f, err := os.Open(b.blob(layer.Digest.String()))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		unpacked, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		for files := tar.NewReader(unpacked); ; {
			header, err := files.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			paths = append(paths, header.Name)
			if header.Typeflag != tar.TypeReg {
				continue
			}
			path := filepath.Join(to, header.Name)
			content, err := io.ReadAll(files)
			if err := errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, content, header.FileInfo().Mode())); err != nil {
				t.Fatal(err)
			}
		}
	}
	return paths
}

// ASVS: v5.0.0-13.4.1, v5.0.0-15.1.2, v5.0.0-15.2.3.
func TestTheLandingsImage(t *testing.T) {
	t.Parallel()
	b := ours(t)
	built := b.buildApp(t, "landing")
	manifest := readJSON[v1.Manifest](t, b.blob(built.Digest))
	config := readJSON[v1.ConfigFile](t, b.blob(manifest.Config.Digest.String()))
	files := t.TempDir()
	paths := b.extract(t, manifest, files)
	binary := filepath.Join(files, "ko-app", "landing")

	t.Run("has the same digest when built elsewhere", func(t *testing.T) {
		t.Parallel()
		other := ours(t)
		again := other.buildApp(t, "landing")
		if again.Digest != built.Digest || again.Took == 0 {
			t.Errorf("built %s and %s", built.Digest, again.Digest)
		}
		bill := "sbom/" + strings.Replace(built.Digest, ":", "-", 1) + ".spdx.json"
		one, err := os.ReadFile(filepath.Join(b.Home.Registry(), bill))
		if err != nil {
			t.Fatal(err)
		}
		two, err := os.ReadFile(filepath.Join(other.Home.Registry(), bill))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(one, two) || !bytes.Contains(one, []byte("prometheus/client_golang")) {
			t.Errorf("the bills of materials differ, or name no dependency:\n%s\n%s", one, two)
		}
	})

	t.Run("runs one program as an unprivileged user", func(t *testing.T) {
		t.Parallel()
		if config.Config.User != "65532:65532" || !slices.Equal(config.Config.Entrypoint, []string{"/ko-app/landing"}) || len(config.Config.Cmd) != 0 {
			t.Errorf("config is %+v", config.Config)
		}
		if config.OS != "linux" || config.Architecture != "amd64" {
			t.Errorf("platform is %s/%s", config.OS, config.Architecture)
		}
	})

	t.Run("says what it is", func(t *testing.T) {
		t.Parallel()
		labels := config.Config.Labels
		if labels["org.opencontainers.image.title"] != "landing" || labels["org.opencontainers.image.source"] != "https://github.com/avila-devops/saas" {
			t.Errorf("labels are %v", labels)
		}
		var listed int
		for _, d := range readJSON[v1.IndexManifest](t, filepath.Join(b.Home.Registry(), "index.json")).Manifests {
			if d.Annotations["org.opencontainers.image.ref.name"] != "landing" {
				continue // another app's
			}
			listed++
			if d.Digest.String() != built.Digest {
				t.Errorf("the index names %+v", d)
			}
		}
		if listed != 1 {
			t.Errorf("the index names the app %d times, want once", listed)
		}
	})

	t.Run("holds nothing but the program", func(t *testing.T) {
		t.Parallel()
		want := []string{"ko-app", "ko-app/landing", "var", "var/run", "var/run/ko"}
		for i := range paths {
			paths[i] = strings.Trim(paths[i], "/")
		}
		slices.Sort(paths)
		if !slices.Equal(paths, want) {
			t.Errorf("the image holds %v, want %v", paths, want)
		}
	})

	t.Run("brings certificates and time zones along, and no path of the builder", func(t *testing.T) {
		t.Parallel()
		info, err := buildinfo.ReadFile(binary)
		if err != nil {
			t.Fatal(err)
		}
		var modules []string
		for _, module := range info.Deps {
			modules = append(modules, module.Path)
		}
		if !slices.Contains(modules, "golang.org/x/crypto/x509roots/fallback") {
			t.Errorf("the program has no root certificates among %v", modules)
		}
		content, err := os.ReadFile(binary)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(content, []byte("America/Sao_Paulo")) {
			t.Error("the program has no time zones")
		}
		if bytes.Contains(content, []byte(b.Root)) {
			t.Error("the program names the folder where it was built")
		}
	})

	t.Run("answers as a process", func(t *testing.T) {
		t.Parallel()
		cmd := exec.CommandContext(t.Context(), binary)
		cmd.Env = []string{"ADDRESS=127.0.0.1:0", "ADMIN_ADDRESS=127.0.0.1:0", "DRAIN=0s"}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		lines.Scan()
		var line struct{ Listener, Address string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || line.Listener != "admin" {
			t.Fatalf("the first line is %s: %v", lines.Bytes(), err)
		}
		res, err := http.Get("http://" + line.Address + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("/healthz answers %d", res.StatusCode)
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // to the end, so that the process can write
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the program ended with %v", err)
		}
	})
}
