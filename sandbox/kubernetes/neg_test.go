package kubernetes_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

const groupType = "gcp:compute/networkEndpointGroup:NetworkEndpointGroup"

// cloudOf puts what the cloud holds of the shared cluster there, and returns
// the store.
func cloudOf(t *testing.T, records ...*cloud.Record) *cloud.Store {
	t.Helper()
	store := cloud.Open(shared)
	const cluster = "projects/p/locations/l/clusters/one"
	known := []*cloud.Record{
		{Type: "gcp:container/cluster:Cluster", ID: cluster, Properties: resource.NewPropertyMapFromMap(map[string]any{"name": "one", "network": "projects/p/global/networks/n"})},
		{Type: "gcp:container/nodePool:NodePool", ID: cluster + "/nodePools/pool", Properties: resource.NewPropertyMapFromMap(map[string]any{"nodeLocations": []any{"l-a", "l-b"}})},
	}
	err := store.Do(t.Context(), func(tx *cloud.Tx) error {
		if err := tx.PutProject(cloud.Project{ID: "p", Number: membership.ProjectNumber}); err != nil {
			return err
		}
		for _, record := range append(known, records...) {
			record.URN, record.Project, record.Created = resource.NewURN("test", "saas", "", "x:y/z:Z", "x"), "p", time.Unix(0, 0)
			if err := tx.Put(record); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// groupsIn lists the endpoint groups whose names begin alike.
func groupsIn(t *testing.T, store *cloud.Store, prefix string) []string {
	t.Helper()
	var found []string
	err := store.Do(t.Context(), func(tx *cloud.Tx) error {
		all, err := tx.List(groupType)
		for _, record := range all {
			if strings.HasPrefix(record.Name(), prefix) {
				found = append(found, strings.TrimPrefix(record.ID, "projects/p/zones/"))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return found
}

func exposing(namespace, annotation string) object {
	return object{
		"apiVersion": "v1", "kind": "Service",
		"metadata": map[string]any{"name": "edge", "namespace": namespace, "annotations": map[string]any{"cloud.google.com/neg": annotation}},
		"spec":     map[string]any{"ports": []any{map[string]any{"name": "https", "port": 443}, map[string]any{"name": "http", "port": 80}}},
	}
}

func TestAServiceThatExposesPortsHasGroupsInEveryZone(t *testing.T) {
	t.Parallel()
	p, store := newProgram(t, nil), cloudOf(t)
	p.namespace("neg", "")
	names := func(https string) string {
		return fmt.Sprintf(`{"exposed_ports":{"443":{"name":%q},"80":{"name":"neg-http"}}}`, https)
	}
	made := p.must("edge", exposing("neg", names("neg-https")))
	if got, want := groupsIn(t, store, "neg-"), []string{
		"l-a/networkEndpointGroups/neg-http", "l-a/networkEndpointGroups/neg-https", "l-b/networkEndpointGroups/neg-http", "l-b/networkEndpointGroups/neg-https",
	}; !slices.Equal(got, want) {
		t.Errorf("the groups are %v, want %v", got, want)
	}
	made, err := p.update("edge", made, exposing("neg", names("neg-renamed")))
	if got := groupsIn(t, store, "neg-"); err != nil || len(got) != 4 || !strings.HasSuffix(got[1], "neg-renamed") {
		t.Errorf("after a rename the groups are %v, %v", got, err)
	}

	// A backend service holds a group, and so the Service.
	backend := &cloud.Record{Type: "gcp:compute/backendService:BackendService", ID: "projects/p/global/backendServices/b", Properties: resource.NewPropertyMapFromMap(map[string]any{
		"backends": []any{map[string]any{"group": "https://www.googleapis.com/compute/v1/projects/p/zones/l-a/networkEndpointGroups/neg-http"}},
	})}
	cloudOf(t, backend)
	wantError(t, p.down("edge", made, exposing("neg", names("neg-renamed"))), "Service neg/edge", "neg-http' is already being used by 'projects/p/global/backendServices/b'", "release it from the load balancer before the Service goes")
	if p.refresh("edge", made, exposing("neg", names("neg-renamed"))).id == "" {
		t.Error("the Service is gone")
	}
	if err := store.Remove(t.Context(), backend.Type, backend.ID); err != nil {
		t.Fatal(err)
	}
	if err := p.down("edge", made, exposing("neg", names("neg-renamed"))); err != nil {
		t.Fatal(err)
	}
	if got := groupsIn(t, store, "neg-"); len(got) > 0 {
		t.Errorf("the groups %v are left", got)
	}
}

func TestAnAnnotationThatGKEWouldIgnoreIsRefused(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	cloudOf(t)
	p.namespace("neg-bad", "")
	for annotation, want := range map[string]string{
		"yes": "is not what GKE reads",
		`{"exposed_ports":{"8443":{"name":"a"}}}`:  "exposes port 8443, which the Service does not have",
		`{"exposed_ports":{"443":{}}}`:             "gives the group of port 443 no name",
		`{"exposed_ports":{"443":{"name":"A b"}}}`: `endpoint group "A b" of port 443 is not a valid name`,
	} {
		_, err := p.up("edge", exposing("neg-bad", annotation))
		wantError(t, err, want)
	}
}

func TestAnImageOfOthersIsPulledThroughAMirrorOnly(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	cloudOf(t,
		&cloud.Record{Type: "gcp:artifactregistry/repository:Repository", ID: "projects/p/locations/l/repositories/mirror", Properties: resource.NewPropertyMapFromMap(map[string]any{"mode": "REMOTE_REPOSITORY"})},
		&cloud.Record{Type: "gcp:artifactregistry/repository:Repository", ID: "projects/p/locations/l/repositories/own", Properties: resource.NewPropertyMapFromMap(map[string]any{"mode": "STANDARD_REPOSITORY"})},
	)
	p.namespace("mirror", "")
	digest := "@sha256:" + strings.Repeat("a", 64)
	for image, want := range map[string]string{
		"l-docker.pkg.dev/p/mirror/library/nginx" + digest:  "",
		"l-docker.pkg.dev/p/mirror/library/nginx:latest":    "names no digest",
		"l-docker.pkg.dev/p/own/nginx" + digest:             "the sandbox's registry has no image",
		"l-docker.pkg.dev/p/nowhere/library/nginx" + digest: "make nowhere a repository that mirrors another",
	} {
		pod := map[string]any{"containers": []any{map[string]any{"name": "c", "image": image}}}
		_, err := p.up("d", object{
			"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "d", "namespace": "mirror"},
			"spec": map[string]any{
				"selector": map[string]any{"matchLabels": map[string]any{"a": "b"}},
				"template": map[string]any{"metadata": map[string]any{"labels": map[string]any{"a": "b"}}, "spec": pod},
			},
		})
		if want == "" && err != nil {
			t.Errorf("%s: %v", image, err)
		}
		if want != "" {
			wantError(t, err, "ImagePullBackOff", want)
		}
	}
}
