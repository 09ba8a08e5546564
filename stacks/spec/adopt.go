package spec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Adoptable says which resources may be taken over from what Google Cloud
// already holds: the program's name for each, and the form of its id. What
// stands in braces is the resource whose name in Google Cloud goes there: most
// often its own; a record's name is given by its host, and its zone's is not.
func (e *Environment) Adoptable() map[string]string {
	project := "projects/" + e.ProjectID
	forms := map[string]string{
		"network-vpc": project + "/global/networks/{network-vpc}",
		"dns-zone":    project + "/managedZones/{dns-zone}",
	}
	for _, region := range e.Regions {
		name := "network-" + string(region.Name) + "-nodes"
		forms[name] = project + "/regions/" + string(region.Name) + "/subnetworks/{" + name + "}"
	}
	record := func(label, kind string) string {
		return project + "/managedZones/{dns-zone}/rrsets/" + strings.TrimPrefix(label+"."+e.Domain, ".") + "./" + kind
	}
	forms["dns-authorities"] = record("", "CAA")
	for _, label := range e.Hosts() {
		name := "dns-host-" + label
		if label == "" {
			name = "dns-apex"
		}
		forms[name] = record(label, "A")
	}
	return forms
}

// placeholder is where a given name goes in an id.
var placeholder = regexp.MustCompile(`\{([^}]+)\}`)

// nameable are the resources whose name can be given: those that name
// themselves in their ids.
func nameable(forms map[string]string) (resources []string) {
	for resource, form := range forms {
		if placeholder.FindStringSubmatch(form)[1] == resource {
			resources = append(resources, resource)
		}
	}
	slices.Sort(resources)
	return resources
}

// googleName is RFC 1035's label, which names what may be adopted.
var googleName = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)

// validateAdoption checks saas:names and saas:adopt together: what is adopted
// keeps its name for ever, so the name has to stand in saas:names, where it
// stays when the id in saas:adopt is gone.
func (e *Environment) validateAdoption(ps *problems) {
	forms := e.Adoptable()
	named := nameable(forms)
	for _, resource := range sortedKeys(e.Names) {
		at := key("names") + "." + resource
		if !slices.Contains(named, resource) {
			ps.add(ErrUnknownKey, at, "", "is not a resource whose name can be given", "use one of "+strings.Join(named, ", "))
		}
		match(ps, at, e.Names[resource], googleName, "is not a name of Google Cloud", "use up to 63 lower-case letters, digits and hyphens, a letter first")
	}
	for _, resource := range sortedKeys(e.Adopt) {
		at, id := key("adopt")+"."+resource, e.Adopt[resource]
		form, ok := forms[resource]
		if !ok {
			ps.add(ErrUnknownKey, at, "", "is not a resource that can be adopted", "use one of "+strings.Join(slices.Sorted(maps.Keys(forms)), ", "))
			continue
		}
		owner := placeholder.FindStringSubmatch(form)[1]
		name, given := e.Names[owner]
		if !given {
			ps.add(ErrMissing, key("names")+"."+owner, "", fmt.Sprintf("is missing: %s is adopted, and would be replaced once it leaves %s", resource, key("adopt")),
				"write the name that Google Cloud has for it, and leave it there")
			continue
		}
		if want := placeholder.ReplaceAllLiteralString(form, name); id != want {
			ps.add(ErrInvalid, at, id, "is not the id of "+resource+" in this stack", "write "+want)
		}
	}
}
