package spec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Adoptable says which resources may be taken over from what Google Cloud
// already holds: the program's name for each, and the form of its id, with
// {name} for the name in Google Cloud.
func (e *Environment) Adoptable() map[string]string {
	project := "projects/" + e.ProjectID
	forms := map[string]string{"network-vpc": project + "/global/networks/{name}"}
	for _, region := range e.Regions {
		forms["network-"+string(region.Name)+"-nodes"] = project + "/regions/" + string(region.Name) + "/subnetworks/{name}"
	}
	return forms
}

// googleName is RFC 1035's label, which names what may be adopted.
var googleName = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)

// validateAdoption checks saas:names and saas:adopt together: what is adopted
// keeps its name for ever, so the name has to stand in saas:names, where it
// stays when the id in saas:adopt is gone.
func (e *Environment) validateAdoption(ps *problems) {
	forms := e.Adoptable()
	known := strings.Join(slices.Sorted(maps.Keys(forms)), ", ")
	for _, resource := range sortedKeys(e.Names) {
		at := key("names") + "." + resource
		if _, ok := forms[resource]; !ok {
			ps.add(ErrUnknownKey, at, "", "is not a resource whose name can be given", "use one of "+known)
		}
		match(ps, at, e.Names[resource], googleName, "is not a name of Google Cloud", "use up to 63 lower-case letters, digits and hyphens, a letter first")
	}
	for _, resource := range sortedKeys(e.Adopt) {
		at, id := key("adopt")+"."+resource, e.Adopt[resource]
		form, ok := forms[resource]
		if !ok {
			ps.add(ErrUnknownKey, at, "", "is not a resource that can be adopted", "use one of "+known)
			continue
		}
		name, named := e.Names[resource]
		if !named {
			ps.add(ErrMissing, key("names")+"."+resource, "", fmt.Sprintf("is missing: %s is adopted, and would be replaced once it leaves %s", resource, key("adopt")),
				"write the name that Google Cloud has for it, and leave it there")
			continue
		}
		if want := strings.Replace(form, "{name}", name, 1); id != want {
			ps.add(ErrInvalid, at, id, "is not the id of "+resource+" in this stack", "write "+want)
		}
	}
}
