package spec

import "fmt"

// Mirror is a registry of others that ours keeps copies of. Clusters pull from
// the copy: what others take down or change does not reach them.
type Mirror struct {
	ID   string // our repository
	Host string // the registry, as image references name it
	URI  string // where the copy is taken from; empty for Docker Hub, which Artifact Registry knows by name
}

// Mirrors are the registries that the platform's operators publish in.
var Mirrors = []Mirror{
	{ID: "mirror-docker", Host: "docker.io"},
	{ID: "mirror-elastic", Host: "docker.elastic.co", URI: "https://docker.elastic.co"},
	{ID: "mirror-ghcr", Host: "ghcr.io", URI: "https://ghcr.io"},
	{ID: "mirror-k8s", Host: "registry.k8s.io", URI: "https://registry.k8s.io"},
	{ID: "mirror-quay", Host: "quay.io", URI: "https://quay.io"},
}

// MirroredImage is an image of others that clusters may run.
type MirroredImage struct {
	Host   string // of a [Mirror]
	Path   string // under it, without tag: jetstack/cert-manager-controller
	Digest string
}

// thirdParty lists every image of others that clusters may run: admission lets
// these in by exact path and digest, and nothing else that we did not build.
// The digests are configuration.
var thirdParty = map[string]MirroredImage{
	"nginx": {Host: "docker.io", Path: "nginxinc/nginx-unprivileged"},

	// cert-manager's solver of HTTP challenges is left out: we prove names by DNS.
	"cert-manager-cainjector":      {Host: "quay.io", Path: "jetstack/cert-manager-cainjector"},
	"cert-manager-controller":      {Host: "quay.io", Path: "jetstack/cert-manager-controller"},
	"cert-manager-startupapicheck": {Host: "quay.io", Path: "jetstack/cert-manager-startupapicheck"},
	"cert-manager-webhook":         {Host: "quay.io", Path: "jetstack/cert-manager-webhook"},
}

// Admitted are the references of the images of others that clusters may run.
func (e *Environment) Admitted() []string {
	var all []string
	for _, name := range sortedKeys(thirdParty) {
		all = append(all, e.MirroredImage(name))
	}
	return all
}

// MirroredImage is the full reference of an image of others, by its name in the
// configuration.
func (e *Environment) MirroredImage(name string) string {
	image := thirdParty[name]
	image.Digest = e.Mirrors[name]
	return e.Mirrored(image)
}

func validateMirrors(ps *problems, mirrors map[string]string) {
	path := key("mirrors")
	for _, name := range sortedKeys(mirrors) {
		oneOf(ps, path, name, sortedKeys(thirdParty))
	}
	for _, name := range sortedKeys(thirdParty) {
		match(ps, path+"."+name, mirrors[name], digest, "is not an image digest",
			"write the digest of the release that you checked, as its registry prints it")
	}
}

// Mirrored is the reference by which clusters pull an image of others. It
// panics on a host that is not among [Mirrors].
func (e *Environment) Mirrored(image MirroredImage) string {
	for _, mirror := range Mirrors {
		if mirror.Host == image.Host {
			return fmt.Sprintf("%s-docker.pkg.dev/%s/%s/%s@%s", e.Primary().Name, e.ProjectID, mirror.ID, image.Path, image.Digest)
		}
	}
	panic("spec: no mirror of " + image.Host)
}
