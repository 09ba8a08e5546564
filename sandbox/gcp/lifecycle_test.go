package gcp

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

func TestAPreviewKnowsTheInputsAndMakesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	checked := w.checked(subnetType, "nodes", nil, object{"network": computed, "ipCidrRange": "10.0.0.0/20", "region": testRegion})
	created, err := w.provider.Create(t.Context(), plugin.CreateRequest{URN: urnOf(subnetType, "nodes"), Properties: checked, Preview: true})
	if err != nil {
		t.Fatal(err)
	}
	if created.ID != "" {
		t.Errorf("the preview has id %q", created.ID)
	}
	if text(created.Properties, "ipCidrRange") != "10.0.0.0/20" || text(created.Properties, "name") == "" || text(created.Properties, "project") != testProject {
		t.Errorf("the preview does not know its inputs: %v", created.Properties)
	}
	for _, name := range []resource.PropertyKey{"network", "selfLink", "gatewayAddress", "creationTimestamp"} {
		if !created.Properties[name].IsComputed() {
			t.Errorf("%s is %v in a preview, want it unknown", name, created.Properties[name])
		}
	}
	if records, err := w.provider.store.Records(t.Context(), "test"); err != nil || len(records) > 0 {
		t.Errorf("the preview made %v, %v", records, err)
	}
	_, err = w.provider.Create(t.Context(), plugin.CreateRequest{URN: urnOf(subnetType, "nodes"), Properties: checked})
	wantError(t, err, "network is not known: nothing was created")
}

func TestAPreviewOfAnUpdateKeepsWhatStays(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	redis := e.redis()
	checked := e.checked(redisType, "cache-redis", redis.inputs, with(e.redisInputs(), object{"memorySizeGb": 6, "displayName": computed}))
	planned, err := e.provider.Update(t.Context(), plugin.UpdateRequest{
		URN: redis.urn, ID: redis.id, OldInputs: redis.inputs, OldOutputs: redis.outputs, NewInputs: checked, Preview: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if text(planned.Properties, "host") != redis.text("host") || number(planned.Properties, "memorySizeGb") != 6 || !planned.Properties["displayName"].IsComputed() {
		t.Errorf("planned are host %v, memory %v, display name %v", planned.Properties["host"], planned.Properties["memorySizeGb"], planned.Properties["displayName"])
	}
	if got := number(e.read(redis).Outputs, "memorySizeGb"); got != 5 {
		t.Errorf("the preview changed the memory to %v", got)
	}
}

func TestAnUpdateKeepsWhatTheCloudGaveAndDropsWhatTheProgramNoLongerAsks(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	redis := e.redis()
	host, auth, certs := redis.text("host"), redis.text("authString"), redis.outputs["serverCaCerts"]
	e.update(redis, with(e.redisInputs(), object{"memorySizeGb": 6, "redisConfigs": nil}))
	if redis.text("host") != host || redis.text("authString") != auth || !redis.outputs["serverCaCerts"].DeepEquals(certs) {
		t.Error("the update changed the address, the password or the CA")
	}
	if number(redis.outputs, "memorySizeGb") != 6 || has(redis.outputs, "redisConfigs") {
		t.Errorf("the update left memory %v and configs %v", redis.outputs["memorySizeGb"], redis.outputs["redisConfigs"])
	}
	if !redis.outputs["authString"].IsSecret() {
		t.Error("the password is no secret after the update")
	}
	e.update(redis, with(e.redisInputs(), object{"authEnabled": false}))
	if has(redis.outputs, "authString") {
		t.Error("the password outlives authentication")
	}
	cluster := e.cluster()
	ca := cluster.text("masterAuth.clusterCaCertificate")
	e.update(cluster, with(e.clusterInputs(), object{"resourceLabels": object{}}))
	if ca == "" || cluster.text("masterAuth.clusterCaCertificate") != ca {
		t.Errorf("the cluster's CA became %q, was %q", cluster.text("masterAuth.clusterCaCertificate"), ca)
	}
}

func TestDriftShowsInARefresh(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	bucket := e.bucket()
	files, err := filepath.Glob(filepath.Join(e.home.Cloud(), testProject, "storage.Bucket", "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("found %v, %v", files, err)
	}
	content, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(string(content), `"publicAccessPrevention": "enforced"`, `"publicAccessPrevention": "inherited"`, 1)
	if err := os.WriteFile(files[0], []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	read := e.read(bucket)
	if text(read.Inputs, "publicAccessPrevention") != "inherited" || text(read.Outputs, "publicAccessPrevention") != "inherited" {
		t.Errorf("the refresh sees inputs %v and outputs %v", read.Inputs["publicAccessPrevention"], read.Outputs["publicAccessPrevention"])
	}
	drifted := *bucket
	drifted.inputs, drifted.outputs = read.Inputs, read.Outputs
	if diff := e.diff(&drifted, e.bucketInputs()); len(diff.ChangedKeys) != 1 || diff.ChangedKeys[0] != "publicAccessPrevention" {
		t.Errorf("the next update would change %v", diff.ChangedKeys)
	}
}

func TestAnImportReadsEverythingByID(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	bucket := e.bucket()
	read, err := e.provider.Read(t.Context(), plugin.ReadRequest{URN: urnOf(bucketType, "imported"), ID: bucket.id})
	if err != nil || read.ID != bucket.id {
		t.Fatalf("got id %q, %v", read.ID, err)
	}
	if text(read.Inputs, "location") != testRegion || !flag(read.Inputs, "versioning.enabled") || has(read.Inputs, "url") || text(read.Outputs, "url") == "" {
		t.Errorf("the import has inputs %v and outputs %v", read.Inputs, read.Outputs)
	}
}

func TestWhatIsGoneReadsAsGoneAndDeletesWithoutError(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	bucket := e.bucket()
	e.delete(bucket)
	if read := e.read(bucket); read.ID != "" || read.Outputs != nil {
		t.Errorf("got %v", read)
	}
	e.delete(bucket)
	wantError(t, e.tryUpdate(bucket, e.bucketInputs()), "googleapi: Error 404: The resource '"+string(bucket.id)+"' was not found, notFound: run pulumi refresh")
}

func TestDeletionProtectionRefusesUntilItIsSwitchedOff(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	cluster, instance := e.cluster(), e.instance()
	wantError(t, e.tryDelete(cluster), "cannot destroy cluster because deletion_protection is set to true", "set deletionProtection to false, run up, and delete it then")
	wantError(t, e.tryDelete(instance), "failed to delete instance because deletion_protection is set to true")
	e.update(cluster, with(e.clusterInputs(), object{"deletionProtection": false}))
	e.update(instance, with(e.instanceInputs(), object{"deletionProtection": false}))
	wantError(t, e.tryDelete(instance), "googleapi: Error 400: The instance is protected. Please disable the deletion protection", "set settings.deletionProtectionEnabled to false")
	e.update(instance, with(e.instanceInputs(), object{"deletionProtection": false, "settings.deletionProtectionEnabled": false}))
	e.delete(cluster)
	e.delete(instance)
	if len(e.clusters.running) > 0 {
		t.Errorf("the deleted cluster runs: %v", e.clusters.running)
	}
}

func TestNothingIsDeletedWhileItIsInUse(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.all()
	e.unprotect()
	used := "is already being used by '"
	for name, row := range map[string]struct {
		th    *thing
		parts []string
	}{
		"a network with a subnetwork": {e.network(), []string{"googleapi: Error 400: The compute network resource '" + string(e.network().id) + "' " + used, string(e.subnet().id) + "'", "delete the others first"}},
		"a subnetwork with a cluster": {e.subnet(), []string{used + string(e.cluster().id) + "'"}},
		"a range with instances":      {e.managed(), []string{"The address resource '" + string(e.managed().id) + "' " + used}},
		"a primary with a replica":    {e.instance(), []string{used + string(e.replica().id) + "'"}},
		"a key ring with keys":        {e.ring(), []string{used, "/cryptoKeys/"}},
		"an API that is still in use": {e.apiThatLeaves("redis"), []string{"The service redis.googleapis.com cannot be disabled: resources of it exist"}},
		"a connection with instances": {e.connectionThatLeaves(), []string{"Producer services (e.g. CloudSQL, Cloud Memstore, etc.) are still using this connection: '"}},
		"a bucket that is not empty":  {e.fullBucket(), []string{"Error 409: The bucket you tried to delete is not empty: full-", "set forceDestroy"}},
	} {
		err := e.tryDelete(row.th)
		if err == nil {
			t.Errorf("%s is deleted", name)
			continue
		}
		wantError(t, err, row.parts...)
		if read := e.read(row.th); read.ID != row.th.id {
			t.Errorf("%s is gone although its deletion failed", name)
		}
	}
}

// apiThatLeaves is an API that its deletion turns off.
func (e *environment) apiThatLeaves(name string) *thing {
	e.t.Helper()
	th := e.made["api/"+name]
	e.update(th, object{"project": testProject, "service": name + ".googleapis.com", "disableOnDestroy": true})
	return th
}

func (e *environment) connectionThatLeaves() *thing {
	e.t.Helper()
	e.update(e.connection(), object{
		"network": string(e.network().id), "service": "servicenetworking.googleapis.com", "reservedPeeringRanges": []any{e.managed().text("name")},
	})
	return e.connection()
}

func (e *environment) fullBucket() *thing {
	e.t.Helper()
	bucket := e.create(bucketType, "full", object{"location": testRegion})
	dir := e.provider.store.Objects(testProject, string(bucket.id))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		e.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "photo"), []byte("x"), 0o600); err != nil {
		e.t.Fatal(err)
	}
	return bucket
}

func TestABucketThatMayBeDestroyedTakesItsObjectsAlong(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.api("storage")
	bucket := e.fullBucket()
	e.update(bucket, object{"location": testRegion, "forceDestroy": true})
	e.delete(bucket)
	if _, err := os.Stat(e.provider.store.Objects(testProject, string(bucket.id))); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the objects are left: %v", err)
	}
}

func TestGoogleKeepsWhatItNeverDeletes(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	user, version, instance := e.user(), e.secretVersion(), e.instance()
	ring := e.create(keyRingType, "fixed", object{"location": testRegion, "name": "fixed"})
	e.delete(ring)
	_, err := e.try(keyRingType, "fixed", object{"location": testRegion, "name": "fixed"})
	wantError(t, err, "Error 409", "choose another name: Google never frees this one")

	compute := e.made["api/compute"]
	e.delete(compute) // disableOnDestroy is off
	e.create(networkType, "after", object{})

	e.delete(user)
	e.delete(version)
	record := func(th *thing) (found *cloud.Record) {
		e.do(func(tx *cloud.Tx) (err error) {
			found, err = tx.Get(string(th.urn.Type()), string(th.id))
			return err
		})
		return found
	}
	for what, th := range map[string]*thing{"password": user, "secretData": version} {
		if kept := record(th); kept == nil || !kept.Abandoned || has(kept.Properties, what) {
			t.Errorf("%s: kept is %+v, want it without its %s", th.urn.Type(), kept, what)
		}
	}
	next := e.create(secretVersionType, "next", object{"secret": string(e.secret().id), "secretData": secret("y")})
	if lastSegment(string(next.id)) != "2" {
		t.Errorf("the version after a destroyed one is %s", next.id)
	}
	e.update(instance, with(e.instanceInputs(), object{"deletionProtection": false, "settings.deletionProtectionEnabled": false}))
	e.delete(instance)
	if record(user) != nil {
		t.Error("an abandoned user outlives its instance")
	}
	if err := e.provider.store.Sweep(t.Context(), "test"); err != nil || record(ring) != nil {
		t.Errorf("the swept ring is %+v, %v", record(ring), err)
	}
}

func TestAClusterThatDoesNotStartLeavesNothing(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	inputs := e.clusterInputs()
	e.clusters.broken = true
	_, err := e.try(clusterType, "cluster-gke", inputs)
	wantError(t, err, "create container Cluster cluster-gke: no API server today")
	e.clusters.broken = false
	e.cluster()
	if !e.clusters.running[testProject+"/"+clusterName] {
		t.Error("the second attempt runs nothing")
	}
}

func TestOrphansAreTakenAwayAndTheirNamesAreFree(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.all()
	known := func(_, id string) bool {
		return id != string(e.cluster().id) && id != string(e.pool().id) && id != string(e.membership().id)
	}
	taken, err := e.provider.reap(t.Context(), "test", known)
	if err != nil || len(taken) != 3 {
		t.Fatalf("%d were taken, %v", len(taken), err)
	}
	if taken[0].ID != string(e.membership().id) || taken[2].ID != string(e.cluster().id) {
		t.Errorf("the newest was not taken first: %s, %s, %s", taken[0].ID, taken[1].ID, taken[2].ID)
	}
	if len(e.clusters.running)+len(e.clusters.members) > 0 {
		t.Errorf("the orphans still run: %+v", e.clusters)
	}
	e.create(clusterType, "cluster-gke", e.clusterInputs())
	if taken, err := e.provider.reap(t.Context(), "another", func(string, string) bool { return false }); err != nil || len(taken) > 0 {
		t.Errorf("another stack lost %v, %v", taken, err)
	}
}

func TestCreationsAtTheSameTimeDoNotMeet(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	inputs := with(e.instanceInputs(), object{"deletionProtection": false})
	other := newProvider(e.home, e.clusters) // another process's view of the same files
	other.configured = e.provider.configured
	const runs = 8
	var wait sync.WaitGroup
	addresses := make(chan string, 2*runs)
	for i := range 2 * runs {
		checked := e.checked(sqlInstanceType, "database", nil, inputs)
		wait.Go(func() {
			p := e.provider
			if i%2 == 1 {
				p = other
			}
			created, err := p.Create(t.Context(), plugin.CreateRequest{URN: urnOf(sqlInstanceType, "database"), Properties: checked})
			if err != nil {
				t.Error(err)
			}
			addresses <- text(created.Properties, "privateIpAddress")
		})
	}
	// Only one of those who want the same name gets it.
	winners := make(chan resource.ID, runs)
	for range runs {
		checked := e.checked(networkType, "one", nil, object{"name": "one"})
		wait.Go(func() {
			if created, err := other.Create(t.Context(), plugin.CreateRequest{URN: urnOf(networkType, "one"), Properties: checked}); err == nil {
				winners <- created.ID
			}
		})
	}
	wait.Wait()
	close(addresses)
	close(winners)
	seen := map[string]bool{}
	for address := range addresses {
		if seen[address] || !strings.HasPrefix(address, "10.16.32.") {
			t.Errorf("the address %q is given twice, or from elsewhere", address)
		}
		seen[address] = true
	}
	if len(winners) != 1 {
		t.Errorf("%d got the one name", len(winners))
	}
}

func TestAnInterruptedCallChangesNothing(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.api("compute")
	checked := e.checked(networkType, "vpc", nil, object{})
	ctx, cancel := context.WithCancel(t.Context())
	err := e.provider.store.Do(t.Context(), func(*cloud.Tx) error {
		cancel()
		_, err := newProvider(e.home, e.clusters).Create(ctx, plugin.CreateRequest{URN: urnOf(networkType, "vpc"), Properties: checked})
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's end", err)
	}
	if files, err := filepath.Glob(filepath.Join(e.home.Cloud(), testProject, "compute.Network", "*")); err != nil || len(files) > 0 {
		t.Errorf("left are %v, %v", files, err)
	}
}
