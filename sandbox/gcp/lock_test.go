package gcp

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

func TestALockedRetentionIsFinal(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	logs := e.logs()
	wantError(t, e.tryUpdate(logs, with(e.logsInputs(), object{"retentionPolicy.retentionPeriod": 86400})),
		"Error 403: Cannot reduce retention duration of a locked Retention Policy for bucket '"+string(logs.id)+"'")
	e.update(logs, with(e.logsInputs(), object{"retentionPolicy.retentionPeriod": 63072000}))
	for what, change := range map[string]object{"without the lock": {"retentionPolicy.isLocked": false}, "without the policy": {"retentionPolicy": nil}} {
		if diff := e.diff(logs, with(e.logsInputs(), change)); len(diff.ReplaceKeys) != 1 || diff.ReplaceKeys[0] != "retentionPolicy" {
			t.Errorf("%s the bucket is not replaced, but %v", what, diff.ReplaceKeys)
		}
	}

	entry := filepath.Join(e.provider.store.Objects(testProject, string(logs.id)), "cloudaudit", "entry.json")
	if err := os.MkdirAll(filepath.Dir(entry), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(entry, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	// Not even one who may destroy the objects can, while one is too young.
	e.update(logs, with(e.logsInputs(), object{"retentionPolicy.retentionPeriod": 63072000, "forceDestroy": true}))
	wantError(t, e.tryDelete(logs), "has a locked Retention Policy of 6.3072e+07 seconds", "nobody can before")
	old := time.Now().Add(-3 * 365 * 24 * time.Hour)
	if err := os.Chtimes(entry, old, old); err != nil {
		t.Fatal(err)
	}
	e.update(logs, with(e.logsInputs(), object{"retentionPolicy.retentionPeriod": 63072000}))
	wantError(t, e.tryDelete(logs), "Error 409: The bucket you tried to delete is not empty")
	e.update(logs, with(e.logsInputs(), object{"retentionPolicy.retentionPeriod": 63072000, "lifecycleRules": lifecycle(object{"type": "Delete"}, object{"age": 731})["lifecycleRules"]}))
	e.delete(logs) // its lifecycle has emptied it
}

func TestAnUnlockedRetentionCanBeTakenBack(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	open := with(e.logsInputs(), object{"retentionPolicy.isLocked": false})
	logs := e.create(bucketType, "open", open)
	e.update(logs, with(open, object{"retentionPolicy.retentionPeriod": 60}))
	if diff := e.diff(logs, with(open, object{"retentionPolicy": nil})); len(diff.ReplaceKeys) > 0 || diff.Changes != plugin.DiffSome {
		t.Errorf("taking the policy away replaces %v", diff.ReplaceKeys)
	}
	if diff := e.diff(logs, e.logsInputs()); len(diff.ReplaceKeys) > 0 {
		t.Errorf("locking replaces %v", diff.ReplaceKeys)
	}
	e.delete(logs)
}

func TestFoldersHoldTheirBucketAndWhatLiesInThem(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	folder := e.folder()
	wantError(t, e.tryDelete(e.bucket()), "is already being used by '"+string(folder.id)+"'")
	wantError(t, e.tryUpdate(e.bucket(), with(e.bucketInputs(), object{"uniformBucketLevelAccess": false})),
		"Error 412: Uniform bucket-level access cannot be disabled", "has managed folders")
	dir := filepath.Join(e.provider.store.Objects(testProject, string(e.bucket().id)), "media", "tenant_a")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "photo"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantError(t, e.tryDelete(folder), "Error 409: The managed folder you tried to delete is not empty: "+string(folder.id))
	e.update(folder, with(e.folderInputs(), object{"forceDestroy": true}))
	e.delete(folder)
	if _, err := os.Stat(filepath.Join(dir, "photo")); err != nil {
		t.Errorf("the folder took its files along: %v", err)
	}
}

func TestWhatIsWatchedOrToldStaysWhileAnAlertNeedsIt(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.routeAlert()
	alert := e.downAlert()
	wantError(t, e.tryDelete(e.channel()), "The monitoring notificationchannel resource '"+string(e.channel().id)+"' is already being used by '")
	wantError(t, e.tryDelete(e.uptime()), "Cannot delete check example-com-", "One or more alerting policies is using it")
	e.delete(alert)
	e.delete(e.uptime())
	wantError(t, e.tryUpdate(e.routeAlert(), e.nothingAlertInputs()), "Cannot find metric")
}

func TestALockedLogBucketAndALockedPlanDoNotGiveWay(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	locked := with(e.logBucketInputs(), object{"locked": true})
	bucket := e.create(logBucketType, "locked", locked)
	wantError(t, e.tryUpdate(bucket, with(locked, object{"retentionDays": 1})), "is locked: its retention cannot be reduced")
	e.update(bucket, with(locked, object{"retentionDays": 60}))
	wantError(t, e.tryUpdate(bucket, with(locked, object{"retentionDays": 60, "enableAnalytics": false})), "Log Analytics cannot be disabled once it is enabled")
	wantError(t, e.tryDelete(bucket), "is locked and cannot be deleted")

	held := with(e.planInputs(), object{"retentionPolicy.locked": true})
	plan := e.create(backupPlanType, "held", held)
	wantError(t, e.tryUpdate(plan, with(held, object{"retentionPolicy.backupDeleteLockDays": 1})), "The retention policy of", "is locked")
	e.update(plan, with(held, object{"description": "else"}))
	e.delete(plan)
}

func TestASinkWritesAsAnIdentityThatComesWithIt(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	if got, want := e.sink().text("writerIdentity"), "serviceAccount:service-482910375164@gcp-sa-logging.iam.gserviceaccount.com"; got != want {
		t.Errorf("the writer is %q, want %q", got, want)
	}
	e.writer()
	toLogs := e.create(sinkType, "default", object{"name": "_Default", "project": testProject, "destination": "logging.googleapis.com/" + string(e.logBucket().id)})
	if got := toLogs.text("writerIdentity"); got != "" || !has(toLogs.outputs, "writerIdentity") {
		t.Errorf("a sink to the project's own log bucket writes as %q", got)
	}
	shared := e.create(sinkType, "shared", with(e.sinkInputs(), object{"uniqueWriterIdentity": false}))
	if got := shared.text("writerIdentity"); got != "serviceAccount:cloud-logs@system.gserviceaccount.com" {
		t.Errorf("a sink without a writer of its own writes as %q", got)
	}
}

func TestTheHundredAndFirstUptimeCheckIsRefused(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	inputs := e.uptimeInputs()
	for range mostUptimeChecks {
		e.create(uptimeType, "check", inputs)
	}
	_, err := e.try(uptimeType, "check", inputs)
	wantError(t, err, "Error 429: Quota exceeded: project avila-test has 100 uptime checks, which is the limit")
}

func TestCronLinesAreReadAsStandardCronHasThem(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]float64{
		"10 6 * * *": 1, "0 3 * * 0": 7, "0 */12 * * *": 0.5, "0 0,6 * * *": 0.25, "0 0 1 * *": 1, "*/30 * * * *": 1.0 / 48, "0 1-3 * * *": 1.0 / 24,
	} {
		if got, err := cronInterval(line); err != nil || got != want {
			t.Errorf("%s runs each %v days, %v; want %v", line, got, err, want)
		}
	}
	for _, line := range []string{"", "* * * * * *", "60 0 * * *", "0 0 0 * *", "0 0 * 13 *", "0 0 * * 8", "a 0 * * *", "5-1 0 * * *", "*/0 0 * * *", "1-x 0 * * *"} {
		if days, err := cronInterval(line); err == nil {
			t.Errorf("%q runs each %v days; want an error", line, days)
		}
	}
}
