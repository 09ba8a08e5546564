package stacks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/avila-devops/saas/components/federation/permission"
	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

// everyType collects the types of Google's in all reviewed graphs.
func everyType(t *testing.T) map[string]bool {
	t.Helper()
	types := map[string]bool{}
	for _, source := range goldens(t) {
		for _, r := range run(t, source, false) {
			if strings.HasPrefix(r.typ, "gcp:") {
				types[r.typ] = true
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
			role := r.inputs["role"]
			if r.typ == "gcp:projects/iAMMember:IAMMember" && role.IsString() && strings.HasPrefix(role.StringValue(), "roles/") {
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
func find(resources []registration, typ string) []registration {
	var found []registration
	for _, r := range resources {
		if r.typ == typ {
			found = append(found, r)
		}
	}
	return found
}

func TestOnlyWhoBuildsAttestsAndOnlyWhoAppliesDeploys(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []registration) {
		holders := map[string][]string{} // account to roles
		for _, r := range resources {
			member, role := r.inputs["member"], r.inputs["role"]
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
	everyGraph(t, func(t *testing.T, resources []registration) {
		clusters := find(resources, "gcp:container/cluster:Cluster")
		bindings := find(resources, "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding")
		gates := 0
		for _, r := range find(resources, "gcp:projects/iAMMember:IAMMember") {
			if role := r.inputs["role"]; role.IsString() && strings.HasPrefix(role.StringValue(), "roles/gkehub.gateway") {
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
		meta := r.inputs["metadata"].ObjectValue()
		if annotations, has := meta["annotations"]; has {
			annotated[meta["name"].StringValue()] = annotations.ObjectValue()["iam.gke.io/gcp-service-account"].StringValue()
		}
	}
	if len(annotated) != 2 || annotated["admin"] != "admin-test@example.iam.gserviceaccount.com" || annotated["recycling"] != "recycling-test@example.iam.gserviceaccount.com" {
		t.Errorf("the accounts are %v", annotated)
	}
	trusted := map[string]bool{}
	for _, r := range find(resources, "gcp:serviceaccount/iAMMember:IAMMember") {
		trusted[r.inputs["member"].StringValue()] = true
	}
	for _, member := range []string{"serviceAccount:example-test.svc.id.goog[test/admin]", "serviceAccount:example-test.svc.id.goog[test/recycling]"} {
		if !trusted[member] {
			t.Errorf("%s may act as no account", member)
		}
	}
	for _, r := range find(resources, "gcp:storage/bucketIAMMember:BucketIAMMember") {
		if strings.HasSuffix(r.name, "-writer") || strings.HasSuffix(r.name, "-usage") || strings.HasPrefix(r.name, "cdn-reads-") {
			continue // Google's own services: logging, which writes, and the CDN, which reads what is signed
		}
		condition, has := r.inputs["condition"]
		if !has || !strings.Contains(condition.ObjectValue()["expression"].StringValue(), "resource.name.startsWith('projects/_/buckets/") {
			t.Errorf("%s reaches the whole bucket: %v", r.name, condition)
		}
	}
}

func TestNodesOfElasticsearchAreClosedToOthers(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []registration) {
		closed := 0
		for _, r := range find(resources, "gcp:container/nodePool:NodePool") {
			taints, has := r.inputs["nodeConfig"].ObjectValue()["taints"]
			if has != strings.HasSuffix(r.name, "-es") {
				t.Errorf("%s has taints %v", r.name, taints)
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
	everyGraph(t, func(t *testing.T, resources []registration) {
		topics := find(resources, "gcp:pubsub/topic:Topic")
		for _, r := range topics {
			if policy, has := r.inputs["messageStoragePolicy"]; !has || len(policy.ObjectValue()["allowedPersistenceRegions"].ArrayValue()) != 1 || !r.inputs["kmsKeyName"].HasValue() {
				t.Errorf("%s lies %v, encrypted with %v", r.name, policy, r.inputs["kmsKeyName"])
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
