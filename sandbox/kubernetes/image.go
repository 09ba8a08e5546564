package kubernetes

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// ours are the images of Artifact Registry, which the sandbox's registry holds.
var ours = regexp.MustCompile(`^[a-z0-9-]+-docker\.pkg\.dev/`)

// digest is how an image is pinned.
var digest = regexp.MustCompile(`@sha256:([0-9a-f]{64})$`)

// pull fails as a rollout would when an image of the pod is not there.
func (s *standIn) pull(spec map[string]any) error {
	var missing []error
	for _, field := range []string{"initContainers", "containers"} {
		containers, _ := spec[field].([]any)
		for _, container := range containers {
			image, _ := asMap(container)["image"].(string)
			if !ours.MatchString(image) {
				continue
			}
			if part := digest.FindStringSubmatch(image); part == nil || !s.holds(part[1]) {
				missing = append(missing, fmt.Errorf("ImagePullBackOff: the sandbox's registry has no image %s: run make images", image))
			}
		}
	}
	return errors.Join(missing...)
}

// holds says whether the sandbox's registry has the manifest.
func (s *standIn) holds(hex string) bool {
	_, err := os.Stat(filepath.Join(s.home.Registry(), "blobs", "sha256", hex))
	return err == nil
}
