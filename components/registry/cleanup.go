package registry

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/artifactregistry"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// How long images are kept. What a keeping policy matches is never deleted,
// whatever a deleting one says.
// https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy
const (
	releasesKept = 50          // of each app, the newest: what can be rolled back to
	mirrorsKept  = 20          // of each image of others
	untaggedAge  = "2592000s"  // 30 days: what CI pushed and did not release
	mirrorAge    = "15552000s" // 180 days
)

func ownCleanup() artifactregistry.RepositoryCleanupPolicyArray {
	return artifactregistry.RepositoryCleanupPolicyArray{
		deleting("delete-unreleased", "UNTAGGED", untaggedAge),
		keeping("keep-releases", releasesKept),
	}
}

// mirrorCleanup says nothing of tags: what is pulled by digest has none.
func mirrorCleanup() artifactregistry.RepositoryCleanupPolicyArray {
	return artifactregistry.RepositoryCleanupPolicyArray{
		deleting("delete-old", "ANY", mirrorAge),
		keeping("keep-newest", mirrorsKept),
	}
}

func deleting(id, tags, age string) artifactregistry.RepositoryCleanupPolicyArgs {
	return artifactregistry.RepositoryCleanupPolicyArgs{
		Id: pulumi.String(id), Action: pulumi.String("DELETE"),
		Condition: artifactregistry.RepositoryCleanupPolicyConditionArgs{TagState: pulumi.String(tags), OlderThan: pulumi.String(age)},
	}
}

func keeping(id string, count int) artifactregistry.RepositoryCleanupPolicyArgs {
	return artifactregistry.RepositoryCleanupPolicyArgs{
		Id: pulumi.String(id), Action: pulumi.String("KEEP"),
		MostRecentVersions: artifactregistry.RepositoryCleanupPolicyMostRecentVersionsArgs{KeepCount: pulumi.Int(count)},
	}
}
