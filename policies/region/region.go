// Package region holds the control over where data lies. Personal data of
// Brazilian patients stays in Brazil, in the European Union, and where the
// environment documents a basis for it under LGPD art. 33.
package region

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

// Allowed are the regions where an environment may keep anything. The
// configuration demands a documented basis for those of them that are neither
// in Brazil nor in the Union; a test compares the two lists.
var Allowed = []string{
	"europe-southwest1", "europe-west1", "europe-west3", "europe-west4", "europe-west9", "southamerica-east1", "southamerica-west1",
}

// worldwide are the types that have no place of their own, and hold no data of
// customers.
var worldwide = []string{"gcp:gkehub/", "gcp:certificatemanager/"}

// defaultLogs is the log bucket that Google makes in every project, for all the
// world, and that cannot lie elsewhere. The program sends nothing to it.
const defaultLogs = "_Default"

// Controls are the area's controls.
var Controls = func() []control.Control {
	all := []control.Control{{
		ID: "region-allowed", Title: "Everything that has a place lies in an allowed region", Source: "LGPD art. 33; own",
		Remedy: "use one of " + strings.Join(Allowed, ", "),
		Judges: func(typ string) bool { return strings.HasPrefix(typ, "gcp:") && !isWorldwide(typ) },
		Judge:  func(m property.Map) []control.Finding { return places(m) },
	}}
	return all
}()

func isWorldwide(typ string) bool {
	return slices.ContainsFunc(worldwide, func(prefix string) bool { return strings.HasPrefix(typ, prefix) })
}

// paths are where resources name their place.
var paths = [][]string{
	{"location"}, {"region"}, {"zone"}, {"nodeLocations"},
	{"messageStoragePolicy", "allowedPersistenceRegions"}, {"replication", "userManaged", "replicas", "location"},
	{"settings", "backupConfiguration", "location"},
}

func places(m property.Map) []control.Finding {
	var findings []control.Finding
	for _, path := range paths {
		if control.String(m, "bucketId") == defaultLogs {
			continue
		}
		for _, place := range each(property.New(m), path) {
			if !allowed(place) {
				findings = append(findings, control.Finding{Property: strings.Join(path, "."), Fault: fmt.Sprintf("is %q", place)})
			}
		}
	}
	if auto := control.At(m, "replication", "auto"); auto.IsMap() {
		findings = append(findings, control.Finding{Property: "replication.auto", Fault: "lets Google choose"})
	}
	return findings
}

// allowed takes a region, or a zone of one, however it is written.
func allowed(place string) bool {
	name := strings.ToLower(place[strings.LastIndex(place, "/")+1:])
	return slices.ContainsFunc(Allowed, func(region string) bool {
		return name == region || strings.HasPrefix(name, region+"-") && len(name) == len(region)+2
	})
}

// each collects the texts at a path, through lists.
func each(v property.Value, path []string) []string {
	switch {
	case v.IsArray():
		var all []string
		for _, element := range v.AsArray().AsSlice() {
			all = append(all, each(element, path)...)
		}
		return all
	case len(path) == 0:
		if v.IsString() && v.AsString() != "" {
			return []string{v.AsString()}
		}
	case v.IsMap():
		return each(v.AsMap().Get(path[0]), path[1:])
	}
	return nil
}
