package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/avila-devops/saas/sandbox/atomicfile"
)

// Annotations of the store's index. A tool that reads OCI layouts finds an
// app's image by refName; older images of the app have only appName.
const (
	refName    = "org.opencontainers.image.ref.name"
	appName    = "br.com.aviladevops.image.app"
	inputsName = "br.com.aviladevops.image.inputs"
)

// store is the registry on disk: an OCI layout. Its index is the last thing
// that a build writes, in one rename, so that it never names what is not whole.
type store struct {
	dir   string
	index v1.IndexManifest
}

// openStore opens the layout in a directory, or starts one, and removes what
// an interrupted build has left. It may be called only under the lock.
func openStore(dir string) (*store, error) {
	s := &store{dir: dir, index: v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: []v1.Descriptor{}}}
	for _, leftover := range []string{filepath.Join(dir, ".work-*"), filepath.Join(dir, ".new-*"), s.blobs(".new-*")} {
		found, _ := filepath.Glob(leftover) // fails on a bad pattern only
		for _, path := range found {
			if err := os.RemoveAll(path); err != nil {
				return nil, fmt.Errorf("remove what an interrupted build left: %w", err)
			}
		}
	}
	if err := os.MkdirAll(s.blobs(), 0o755); err != nil {
		return nil, fmt.Errorf("make the registry: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "index.json"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, atomicfile.Write(filepath.Join(dir, "oci-layout"), []byte(`{"imageLayoutVersion":"1.0.0"}`+"\n"), 0o644)
	case err != nil:
		return nil, fmt.Errorf("read the registry's index: %w", err)
	}
	if err := json.Unmarshal(text, &s.index); err != nil {
		return nil, fmt.Errorf("%s is not an OCI index; delete %s and build again: %w", filepath.Join(dir, "index.json"), dir, err)
	}
	return s, nil
}

func (s *store) blobs(name ...string) string {
	return filepath.Join(append([]string{s.dir, "blobs", "sha256"}, name...)...)
}

// workDir makes a folder for one build's passing files.
func (s *store) workDir() (string, error) {
	dir, err := os.MkdirTemp(s.dir, ".work-")
	if err != nil {
		return "", fmt.Errorf("make a folder to build in: %w", err)
	}
	return dir, nil
}

// find returns the image of an app that was built from the given inputs, if
// all of it is here and whole.
func (s *store) find(app, inputs string) (Image, bool) {
	for _, d := range slices.Backward(s.index.Manifests) {
		if d.Annotations[appName] != app || d.Annotations[inputsName] != inputs {
			continue
		}
		if size, err := s.check(d.Digest); err == nil {
			return Image{Name: app, Digest: d.Digest.String(), Size: size}, true
		}
	}
	return Image{}, false
}

// promote makes an image the app's current one, and its newest.
func (s *store) promote(app, digest, inputs string) error {
	hash, err := v1.NewHash(digest)
	if err != nil {
		return fmt.Errorf("digest %s: %w", digest, err)
	}
	manifest, err := os.ReadFile(s.blobs(hash.Hex))
	if err != nil {
		return fmt.Errorf("read the manifest: %w", err)
	}
	next := v1.Descriptor{
		MediaType: types.OCIManifestSchema1, Digest: hash, Size: int64(len(manifest)),
		Platform:    &v1.Platform{OS: "linux", Architecture: "amd64"},
		Annotations: map[string]string{appName: app, inputsName: inputs, refName: app},
	}
	if last := s.current(app); last != nil && last.Digest == hash && last.Annotations[inputsName] == inputs {
		return nil
	}
	if last := s.current(app); last != nil {
		delete(last.Annotations, refName)
	}
	s.index.Manifests = slices.DeleteFunc(s.index.Manifests, func(d v1.Descriptor) bool {
		return d.Digest == hash && d.Annotations[appName] == app
	})
	s.index.Manifests = append(s.index.Manifests, next)
	return s.commit()
}

func (s *store) current(app string) *v1.Descriptor {
	for i, d := range s.index.Manifests {
		if d.Annotations[refName] == app {
			return &s.index.Manifests[i]
		}
	}
	return nil
}

func (s *store) commit() error {
	text, err := json.MarshalIndent(s.index, "", "  ")
	if err != nil {
		return fmt.Errorf("write the registry's index: %w", err)
	}
	return atomicfile.Write(filepath.Join(s.dir, "index.json"), append(text, '\n'), 0o644)
}

// copyFrom brings an image from the build's registry, its manifest last, and
// returns its size.
func (s *store) copyFrom(ctx context.Context, from *registryServer, app, digest string) (int64, error) {
	r, err := from.open(ctx, app, "manifests", digest)
	if err != nil {
		return 0, err
	}
	text, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return 0, fmt.Errorf("read the manifest: %w", err)
	}
	var manifest v1.Manifest
	if err := json.Unmarshal(text, &manifest); err != nil {
		return 0, fmt.Errorf("read the manifest: %w", err)
	}
	size := int64(len(text))
	for _, part := range append([]v1.Descriptor{manifest.Config}, manifest.Layers...) {
		blob, err := from.open(ctx, app, "blobs", part.Digest.String())
		if err != nil {
			return 0, err
		}
		err = s.put(part.Digest.String(), blob)
		if err := errors.Join(err, blob.Close()); err != nil {
			return 0, err
		}
		size += part.Size
	}
	return size, s.putBytes(digest, text)
}
