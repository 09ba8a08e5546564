package image

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// keep is how many images of each app stay: enough to go back to.
const keep = 10

// anyDigest finds digests in a stack's configuration.
var anyDigest = regexp.MustCompile(`sha256:[0-9a-f]{64}`)

// deployed returns the digests that the stacks' configurations name, in the
// repository and in the sandbox's copy of it. What a stack names may be
// deployed again at any time.
func deployed(opt Options) map[string]bool {
	named := map[string]bool{}
	for _, dir := range []string{opt.Root, opt.Home.Project()} {
		files, _ := filepath.Glob(filepath.Join(dir, "Pulumi.*.yaml")) // fails on a bad pattern only
		for _, file := range files {
			text, _ := os.ReadFile(file) // a file that cannot be read deploys nothing
			for _, digest := range anyDigest.FindAllString(string(text), -1) {
				named[digest] = true
			}
		}
	}
	return named
}

// prune forgets the images of each app beyond the newest, but for those that
// are wanted, and removes every blob that no image needs.
func (s *store) prune(wanted map[string]bool) error {
	count := map[string]int{}
	kept := slices.Clone(s.index.Manifests)
	slices.Reverse(kept)
	kept = slices.DeleteFunc(kept, func(d v1.Descriptor) bool {
		count[d.Annotations[appName]]++
		return count[d.Annotations[appName]] > keep && !wanted[d.Digest.String()]
	})
	slices.Reverse(kept)
	if len(kept) < len(s.index.Manifests) {
		s.index.Manifests = kept
		if err := s.commit(); err != nil {
			return err
		}
	}
	needed := map[string]bool{}
	for _, d := range kept {
		if err := s.need(d.Digest, needed); err != nil {
			return err
		}
	}
	return errors.Join(removeBut(needed, s.blobs()), removeBut(needed, filepath.Join(s.dir, "sbom")))
}

// need adds the file names of an image's parts. An image that is damaged needs
// only what it still has.
func (s *store) need(digest v1.Hash, names map[string]bool) error {
	names[digest.Hex], names[billName(digest.String())] = true, true
	text, err := os.ReadFile(s.blobs(digest.Hex))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("prune the registry: %w", err)
	}
	var manifest v1.Manifest
	if digestOf(text) != digest.String() {
		return nil
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return fmt.Errorf("prune the registry: %s: %w", digest, err)
	}
	for _, part := range append([]v1.Descriptor{manifest.Config}, manifest.Layers...) {
		names[part.Digest.Hex] = true
	}
	return nil
}

func removeBut(needed map[string]bool, dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("prune the registry: %w", err)
	}
	for _, entry := range entries {
		if needed[entry.Name()] {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
			return fmt.Errorf("prune the registry: %w", err)
		}
	}
	return nil
}
