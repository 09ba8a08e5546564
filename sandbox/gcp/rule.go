package gcp

import (
	"context"
	"maps"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// A rule is what the sandbox knows of a type beyond its SDK. Paths are names
// joined by dots, without the indices of lists.
type rule struct {
	// api is the API that must be on in the project. Empty: always on.
	api string
	// name is how a resource is named that the program leaves unnamed, and
	// what names are allowed. Nil: the type has no name of its own.
	name *naming
	// place is the input that falls back to the provider's region.
	place string
	// owner is the input whose value begins with the project's path, for types
	// that have no project input.
	owner string
	// defaults are the provider's own, which the SDK's comments do not tell.
	// One inside an object counts where the program sets the object.
	defaults map[string]any
	// replaces lists the properties whose change replaces the resource.
	replaces []string
	// replacesWhen holds properties of which only some changes replace.
	replacesWhen map[string]func(old, now resource.PropertyValue) bool
	// conflicts: of each list at most one may be set. oneOf: exactly one.
	conflicts [][]string
	oneOf     [][]string
	// check judges inputs that are known to fit the catalogue. Values may be
	// unknown still.
	check func(inputs resource.PropertyMap) []problem

	// id is formed from complete inputs.
	id func(o *op) (string, error)
	// shared: creating what exists already joins it, as with IAM members.
	shared bool
	refs   []reference
	keys   []keyUse
	// create, update and remove refuse what Google refuses.
	create func(o *op) error
	update func(o *op) error
	remove func(o *op) error
	// outputs adds what the cloud adds. It runs after create and update, and
	// keeps what is there.
	outputs func(o *op) error
	// within is an input that names, in a space that all projects share, what
	// the resource belongs to; its project is the resource's.
	within reference
	// reserved is how long Google keeps the name of what was deleted; zero: for
	// ever, where abandon says so. Until revived, creating it brings it back.
	reserved, revived time.Duration
	// abandon tells whether a deletion only forgets the resource here.
	abandon func(properties resource.PropertyMap) bool
	// erases lists what a deletion destroys even then.
	erases []string
	// owns lists the types that go with a resource, by their references to it.
	owns []string

	// made and unmade do what lies outside the store, without its lock. A type
	// has both or neither; unmade does not mind when there is nothing.
	made   func(ctx context.Context, c Clusters, o *op) error
	unmade func(ctx context.Context, c Clusters, o *op) error
}

// problem is one thing wrong with an input.
type problem struct {
	path   string
	reason string
}

// rules of every type, by token.
var rules = func() map[string]*rule {
	all := map[string]*rule{}
	for _, service := range []map[string]*rule{
		artifactRegistryRules, computeRules, containerRules, fleetRules, iamRules, kmsRules,
		admissionRules, federationRules, noteRules, pubSubRules, roleRules,
		auditRules, backupRules, billingRules, contactRules, dnsPolicyRules, folderRules, loggingRules, monitoringRules,
		projectRules, redisRules, secretManagerRules, serviceNetworkingRules, sqlCertRules, sqlRules, storageRules,
		armorRules, balancerRules, cdnRules, certificateManagerRules, dnsRules,
	} {
		maps.Copy(all, service)
	}
	return all
}()

// everyRule also has those of types that a program cannot declare.
var everyRule = func() map[string]*rule {
	all := maps.Clone(rules)
	maps.Copy(all, controllerRules)
	return all
}()

// under prefixes paths, so that a table names a block once.
func under(block string, paths ...string) []string {
	out := make([]string, len(paths))
	for i, path := range paths {
		out[i] = block + "." + path
	}
	return out
}

// concat joins lists of paths.
func concat(lists ...[]string) []string {
	var all []string
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

// projectOf is the project in a path such as projects/x/locations/y, or empty.
func projectOf(path string) string {
	rest, ok := strings.CutPrefix(trimHost(path), "projects/")
	if !ok {
		return ""
	}
	project, _, _ := strings.Cut(rest, "/")
	return project
}

// segment is what follows a name in a path: the location of
// projects/x/locations/y/keyRings/z.
func segment(path, name string) string {
	parts := strings.Split(path, "/")
	for i := 0; i+1 < len(parts); i += 1 {
		if parts[i] == name {
			return parts[i+1]
		}
	}
	return ""
}

// trimHost takes the API's address from a self link, so that it compares with
// an id.
func trimHost(ref string) string {
	if i := strings.Index(ref, "projects/"); i > 0 && strings.Contains(ref[:i], "//") {
		return ref[i:]
	}
	return ref
}
