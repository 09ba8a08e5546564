package region_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/avila-devops/saas/policies/control/controltest"
	"github.com/avila-devops/saas/policies/region"
	"github.com/avila-devops/saas/stacks/spec"
)

const (
	bucketType = "gcp:storage/bucket:Bucket"
	topicType  = "gcp:pubsub/topic:Topic"
	secretType = "gcp:secretmanager/secret:Secret"
	poolType   = "gcp:container/nodePool:NodePool"
	fleetType  = "gcp:gkehub/membership:Membership"
)

var change = controltest.Change

func TestControlsCatch(t *testing.T) {
	t.Parallel()
	controltest.Prove(t, region.Controls, map[string]string{
		bucketType: `{"location":"SOUTHAMERICA-EAST1"}`,
		topicType:  `{"messageStoragePolicy":{"allowedPersistenceRegions":["southamerica-east1"]}}`,
		secretType: `{"replication":{"userManaged":{"replicas":[{"location":"southamerica-east1"}]}}}`,
		poolType:   `{"location":"southamerica-east1","nodeLocations":["southamerica-east1-a"]}`,
		fleetType:  `{"location":"global"}`,
	}, map[string]controltest.Row{
		"a bucket in America":              change(bucketType, "location", "US", "region-allowed", `location is "US"`),
		"a bucket anywhere":                change(bucketType, "location", "global", "region-allowed", `is "global"`),
		"a bucket in a region like ours":   change(bucketType, "location", "southamerica-east10", "region-allowed", "southamerica-east10"),
		"a bucket whose place is unknown":  change(bucketType, "location", controltest.Unknown, "", ""),
		"a topic that also lies elsewhere": change(topicType, "messageStoragePolicy.allowedPersistenceRegions", []any{"southamerica-east1", "us-east1"}, "region-allowed", "us-east1"),
		"a secret anywhere":                change(secretType, "replication", map[string]any{"auto": map[string]any{}}, "region-allowed", "lets Google choose"),
		"a secret elsewhere":               change(secretType, "replication.userManaged.replicas", []any{map[string]any{"location": "us-east1"}}, "region-allowed", "us-east1"),
		"nodes elsewhere":                  change(poolType, "nodeLocations", []any{"us-east1-b"}, "region-allowed", "us-east1-b"),
	})
}

func TestTheAllowedRegionsAreThoseOfTheConfiguration(t *testing.T) {
	t.Parallel()
	var names []string
	for name := range maps.Keys(spec.Places) {
		names = append(names, string(name))
	}
	slices.Sort(names)
	if !slices.Equal(names, region.Allowed) {
		t.Errorf("the pack allows %v, the configuration %v", region.Allowed, names)
	}
}
