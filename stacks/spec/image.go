package spec

import (
	"fmt"
	"regexp"
)

// RegistryID is the Artifact Registry repository that holds our own images.
const RegistryID = "apps"

var digest = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// Image is the full reference of a service's image, always by digest: a tag
// can be moved under a running system.
func (e *Environment) Image(service string) string {
	return fmt.Sprintf("%s/%s@%s", e.Registry(), service, e.Images[service])
}

// Registry is the host and path under which our own images lie. There is one,
// in the primary region; other regions pull from it.
func (e *Environment) Registry() string {
	return fmt.Sprintf("%s-docker.pkg.dev/%s/%s", e.Primary().Name, e.ProjectID, RegistryID)
}

func validateImages(ps *problems, images map[string]string, services map[string]Service) {
	path := key("images")
	const remedy = "make images builds it and writes its digest"
	for _, name := range sortedKeys(images) {
		if _, deployed := services[name]; !deployed {
			ps.add(ErrInvalid, path+"."+name, images[name], "is the image of no service", "list the app under "+key("services")+", or drop the image")
			continue
		}
		match(ps, path+"."+name, images[name], digest, "is not an image digest", remedy)
	}
	for _, name := range sortedKeys(services) {
		if _, given := images[name]; !given {
			ps.add(ErrMissing, path+"."+name, "", "is missing: a service is deployed by digest only", remedy)
		}
	}
}
