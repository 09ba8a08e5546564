package stacks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/avila-devops/saas/components/federation/permission"
	"github.com/avila-devops/saas/stacks/graph"
	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

// everyType collects the types of Google's in all reviewed graphs.
func everyType(t *testing.T) map[string]bool {
	t.Helper()
	types := map[string]bool{}
	for _, source := range goldens(t) {
		for _, r := range run(t, source, false) {
			if strings.HasPrefix(r.Type, "gcp:") {
				types[r.Type] = true
			}
		}
	}
	if len(types) < 30 {
		t.Fatalf("%d types: nothing was scanned", len(types))
	}
	return types
}

// ASVS: v5.0.0-13.2.2.
func TestCIHasThePermissionsOfEveryTypeOfTheProgramAndNoOthers(t *testing.T) {
	t.Parallel()
	types := everyType(t)
	for typ := range types {
		if _, has := permission.Table[typ]; !has {
			t.Errorf("the program makes %s: add its row to components/federation/permission/table.go", typ)
		}
	}
	for typ := range permission.Table {
		if !types[typ] {
			t.Errorf("the program does not make %s: remove its row from components/federation/permission/table.go", typ)
		}
	}
}

func TestCIMayGiveTheRolesThatTheProgramGivesInTheProjectAndNoOthers(t *testing.T) {
	t.Parallel()
	given := map[string]bool{}
	for _, source := range goldens(t) {
		for _, r := range run(t, source, false) {
			role := r.Inputs["role"]
			if r.Type == "gcp:projects/iAMMember:IAMMember" && role.IsString() && strings.HasPrefix(role.StringValue(), "roles/") {
				given[role.StringValue()] = true
			}
		}
	}
	for role := range given {
		if !slices.Contains(permission.Grantable(), role) {
			t.Errorf("the program gives %s: add it to Grantable in components/federation/permission", role)
		}
	}
	for _, role := range permission.Grantable() {
		if !given[role] {
			t.Errorf("the program does not give %s: remove it from Grantable in components/federation/permission", role)
		}
	}
}

// find lists the resources of a type.
func find(resources []graph.Resource, typ string) []graph.Resource {
	var found []graph.Resource
	for _, r := range resources {
		if r.Type == typ {
			found = append(found, r)
		}
	}
	return found
}

func TestOnlyWhoBuildsAttestsAndOnlyWhoAppliesDeploys(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		holders := map[string][]string{} // account to roles
		for _, r := range resources {
			member, role := r.Inputs["member"], r.Inputs["role"]
			if member.IsString() && role.IsString() {
				if name, ok := strings.CutPrefix(member.StringValue(), "serviceAccount:ci-"); ok {
					kind, _, _ := strings.Cut(name, "-")
					holders[kind] = append(holders[kind], role.StringValue())
				}
			}
		}
		for kind, roles := range map[string][]string{
			"build": {"roles/artifactregistry.writer", "roles/binaryauthorization.attestorsViewer", "roles/cloudkms.signerVerifier", "roles/containeranalysis.notes.attacher"},
		} {
			got := slices.Sorted(slices.Values(holders[kind]))
			if !slices.Equal(slices.Compact(got), roles) {
				t.Errorf("who %ss has %v, want %v", kind, got, roles)
			}
		}
		for _, kind := range []string{"plan", "apply"} {
			if len(holders[kind]) == 0 {
				t.Errorf("who %ss has no role", kind)
			}
			for _, role := range holders[kind] {
				if strings.HasPrefix(role, "roles/cloudkms.") || strings.HasPrefix(role, "roles/artifactregistry.writer") {
					t.Errorf("who %ss has %s", kind, role)
				}
			}
		}
	})
}

func TestEveryMemberOfTheFleetHasItsBindingInEveryCluster(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		clusters := find(resources, "gcp:container/cluster:Cluster")
		bindings := find(resources, "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding")
		gates := 0
		for _, r := range find(resources, "gcp:projects/iAMMember:IAMMember") {
			if role := r.Inputs["role"]; role.IsString() && strings.HasPrefix(role.StringValue(), "roles/gkehub.gateway") {
				gates++
			}
		}
		if gates < 3 || len(bindings) != gates*len(clusters) {
			t.Errorf("%d members pass the gateway to %d clusters, with %d bindings", gates, len(clusters), len(bindings))
		}
	})
}

// ASVS: v5.0.0-13.2.1.
func TestWorkloadsThatNeedGoogleCloudActAsAnAccountOfTheirOwn(t *testing.T) {
	t.Parallel()
	services, images := spectest.EveryApp()
	resources := run(t, spectest.With(t, "saas:services", services, "saas:images", images), false)
	annotated := map[string]string{}
	for _, r := range find(resources, "kubernetes:core/v1:ServiceAccount") {
		meta := r.Inputs["metadata"].ObjectValue()
		if annotations, has := meta["annotations"]; has {
			annotated[meta["name"].StringValue()] = annotations.ObjectValue()["iam.gke.io/gcp-service-account"].StringValue()
		}
	}
	if len(annotated) != 2 || annotated["admin"] != "admin-test@example.iam.gserviceaccount.com" || annotated["recycling"] != "recycling-test@example.iam.gserviceaccount.com" {
		t.Errorf("the accounts are %v", annotated)
	}
	trusted := map[string]bool{}
	for _, r := range find(resources, "gcp:serviceaccount/iAMMember:IAMMember") {
		trusted[r.Inputs["member"].StringValue()] = true
	}
	for _, member := range []string{"serviceAccount:example-test.svc.id.goog[test/admin]", "serviceAccount:example-test.svc.id.goog[test/recycling]"} {
		if !trusted[member] {
			t.Errorf("%s may act as no account", member)
		}
	}
	for _, r := range find(resources, "gcp:storage/bucketIAMMember:BucketIAMMember") {
		if strings.HasSuffix(r.Name, "-writer") || strings.HasSuffix(r.Name, "-usage") || strings.HasPrefix(r.Name, "cdn-reads-") {
			continue // Google's own services: logging, which writes, and the CDN, which reads what is signed
		}
		condition, has := r.Inputs["condition"]
		if !has || !strings.Contains(condition.ObjectValue()["expression"].StringValue(), "resource.name.startsWith('projects/_/buckets/") {
			t.Errorf("%s reaches the whole bucket: %v", r.Name, condition)
		}
	}
}

func TestNodesOfElasticsearchAreClosedToOthers(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		closed := 0
		for _, r := range find(resources, "gcp:container/nodePool:NodePool") {
			taints, has := r.Inputs["nodeConfig"].ObjectValue()["taints"]
			if has != strings.HasSuffix(r.Name, "-es") {
				t.Errorf("%s has taints %v", r.Name, taints)
			}
			if has {
				closed++
			}
		}
		if clusters := find(resources, "gcp:container/cluster:Cluster"); closed != len(clusters) {
			t.Errorf("%d clusters have %d closed pools", len(clusters), closed)
		}
	})
}

func TestATopicSaysWhereItsMessagesLie(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		topics := find(resources, "gcp:pubsub/topic:Topic")
		for _, r := range topics {
			if policy, has := r.Inputs["messageStoragePolicy"]; !has || len(policy.ObjectValue()["allowedPersistenceRegions"].ArrayValue()) != 1 || !r.Inputs["kmsKeyName"].HasValue() {
				t.Errorf("%s lies %v, encrypted with %v", r.Name, policy, r.Inputs["kmsKeyName"])
			}
		}
		if len(topics) == 0 {
			t.Error("no topic was judged")
		}
	})
}

func TestNamesOfPoolsFitGKEInEveryRegion(t *testing.T) {
	t.Parallel()
	const digits = "-1234567" // what Pulumi adds
	for region := range spec.Places {
		for _, pool := range []string{"pool", "es"} {
			if name := "cluster-" + string(region) + "-" + pool + digits; len(name) > 40 {
				t.Errorf("pool %s has %d characters; GKE allows 40", name, len(name))
			}
		}
	}
}
