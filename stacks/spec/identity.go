package spec

import "slices"

// Resource is something of Google's that a workload may be let to.
type Resource string

// MediaBucket is the bucket of the tenants' files.
const MediaBucket Resource = "media-bucket"

// Grant is one role on one resource.
type Grant struct {
	Role string
	On   Resource
	// Prefix bounds a grant on a bucket to the objects whose names begin so.
	// Names are listed from the database: listing a bucket cannot be bounded,
	// and is not granted.
	Prefix string
}

// Identity is a workload that acts on Google Cloud by an account of its own.
type Identity struct {
	Workload string // its Kubernetes service account
	Grants   []Grant
}

// grants holds what each app needs of Google Cloud. An app that is not here
// needs nothing, and gets no account.
var grants = map[string][]Grant{
	"admin":     {{Role: "roles/storage.objectUser", On: MediaBucket, Prefix: "exports/"}},
	"recycling": {{Role: "roles/storage.objectUser", On: MediaBucket, Prefix: "media/"}},
}

// Identities lists the deployed services that have an account, by name.
func (e *Environment) Identities() []Identity {
	var all []Identity
	for _, name := range e.ServiceNames() {
		if needs := grants[name]; len(needs) > 0 {
			all = append(all, Identity{Workload: name, Grants: slices.Clone(needs)})
		}
	}
	return all
}

// AccountID names the account of a workload. IAM allows 30 characters: the
// stack's name has at most 15, and no workload's more than 14.
func (e *Environment) AccountID(workload string) string { return workload + "-" + e.Name }
