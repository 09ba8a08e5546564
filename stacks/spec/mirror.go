package spec

import "fmt"

// A Mirror is a repository of ours that fetches from somebody else's registry
// what the clusters ask for, and keeps it: they pull from us alone.
type Mirror string

// DockerHub is the mirror of Docker Hub.
const DockerHub Mirror = "docker-hub"

// thirdParty holds the images that others build and we run.
var thirdParty = map[string]struct {
	mirror Mirror
	path   string
}{
	"nginx": {DockerHub, "nginxinc/nginx-unprivileged"},
}

// MirroredImage is the full reference of an image that others build, by digest
// and through our mirror.
func (e *Environment) MirroredImage(name string) string {
	image := thirdParty[name]
	return fmt.Sprintf("%s-docker.pkg.dev/%s/%s/%s@%s", e.Primary().Name, e.ProjectID, image.mirror, image.path, e.Mirrors[name])
}

func validateMirrors(ps *problems, mirrors map[string]string) {
	path := key("mirrors")
	for _, name := range sortedKeys(mirrors) {
		oneOf(ps, path, name, sortedKeys(thirdParty))
	}
	for _, name := range sortedKeys(thirdParty) {
		remedy := "write the digest of the release that you checked, as its registry prints it"
		match(ps, path+"."+name, mirrors[name], digest, "is not an image digest", remedy)
	}
}
