package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/avila-devops/saas/sandbox/gcp"
)

// ours are the images of Artifact Registry: location, project, repository.
var ours = regexp.MustCompile(`^([a-z0-9-]+)-docker\.pkg\.dev/([^/@]+)/([^/@]+)/`)

// digest is how an image is pinned.
var digest = regexp.MustCompile(`@sha256:([0-9a-f]{64})$`)

// pull fails as a rollout would when an image of the pod is not there. Our own
// images are in the sandbox's registry. What others build the sandbox does not
// fetch: a digest in a repository that mirrors their registry counts as there.
func (s *standIn) pull(ctx context.Context, spec map[string]any) error {
	var missing []error
	for _, field := range []string{"initContainers", "containers"} {
		containers, _ := spec[field].([]any)
		for _, container := range containers {
			image, _ := asMap(container)["image"].(string)
			at := ours.FindStringSubmatch(image)
			if at == nil {
				continue
			}
			part := digest.FindStringSubmatch(image)
			if part != nil && s.holds(part[1]) {
				continue
			}
			mirrored, err := gcp.Mirrors(ctx, s.home, at[2], at[1], at[3])
			switch {
			case err != nil:
				missing = append(missing, err)
			case !mirrored:
				missing = append(missing, fmt.Errorf("ImagePullBackOff: the sandbox's registry has no image %s: run make images, or make %s a repository that mirrors another", image, at[3]))
			case part == nil:
				missing = append(missing, fmt.Errorf("ImagePullBackOff: %s names no digest: the sandbox cannot ask the mirrored registry what the tag means", image))
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
