package gcp

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Limits of Cloud Storage, in seconds.
const (
	mostRetention   = 3_155_760_000 // 100 years: https://cloud.google.com/storage/docs/bucket-lock
	leastSoftDelete = 604_800       // 7 days, or none: https://cloud.google.com/storage/docs/soft-delete
	mostSoftDelete  = 7_776_000     // 90 days
)

func checkBucket(in resource.PropertyMap) []problem {
	var problems []problem
	if name := text(in, "name"); strings.HasPrefix(name, "goog") || strings.Contains(name, "google") {
		problems = append(problems, problem{"name", "must not begin with goog or contain google: choose another"})
	}
	if period := number(in, "retentionPolicy.retentionPeriod"); has(in, "retentionPolicy.retentionPeriod") && (period < 1 || period > mostRetention) {
		problems = append(problems, problem{"retentionPolicy.retentionPeriod", fmt.Sprintf("expected to be in the range (1 - %d), got %v", mostRetention, period)})
	}
	if kept := number(in, "softDeletePolicy.retentionDurationSeconds"); kept != 0 && (kept < leastSoftDelete || kept > mostSoftDelete) {
		problems = append(problems, problem{"softDeletePolicy.retentionDurationSeconds", fmt.Sprintf("must be 0, or in the range (%d - %d), got %v", leastSoftDelete, mostSoftDelete, kept)})
	}
	if to := text(in, "logging.logBucket"); to != "" && to == text(in, "name") {
		problems = append(problems, problem{"logging.logBucket", "is the bucket itself: each delivery of logs would be logged; use another"})
	}
	for _, rule := range each(resource.NewProperty(in), "lifecycleRules") {
		problems = append(problems, checkLifecycle(rule.ObjectValue())...)
	}
	return problems
}

// checkLifecycle judges one rule.
// https://cloud.google.com/storage/docs/lifecycle
func checkLifecycle(rule resource.PropertyMap) []problem {
	const path = "lifecycleRules"
	var problems []problem
	switch action := text(rule, "action.type"); action {
	case "", "Delete":
	case "SetStorageClass":
		if !has(rule, "action.storageClass") {
			problems = append(problems, problem{path, "SetStorageClass needs a storageClass"})
		}
	case "AbortIncompleteMultipartUpload":
		for _, other := range []string{"daysSinceNoncurrentTime", "numNewerVersions", "withState", "createdBefore", "matchesStorageClasses"} {
			if has(rule, "condition."+other) {
				problems = append(problems, problem{path, "AbortIncompleteMultipartUpload goes by age, matchesPrefixes and matchesSuffixes alone, not by " + other})
			}
		}
	default:
		problems = append(problems, problem{path, fmt.Sprintf("%q is not an action: use Delete, SetStorageClass or AbortIncompleteMultipartUpload", clip(action))})
	}
	if condition := at(rule, "condition"); condition.IsObject() && len(condition.ObjectValue()) == 0 {
		problems = append(problems, problem{path, "has a rule without a condition: it would hold for every object"})
	}
	return problems
}

// unlocks tells whether a retention policy, or its lock, goes from locked to
// not: the provider can do that only by another bucket.
func unlocks(old, now resource.PropertyValue) bool {
	return locks(old) && !locks(now)
}

func locks(v resource.PropertyValue) bool {
	if v.IsObject() {
		v = v.ObjectValue()["isLocked"]
	}
	return v.IsBool() && v.BoolValue()
}

// checkBucketChange refuses to shorten a locked retention, and to take uniform
// access away under managed folders.
func checkBucketChange(o *op) error {
	old := o.old.Properties
	if flag(old, "retentionPolicy.isLocked") {
		before, now := number(old, "retentionPolicy.retentionPeriod"), number(o.in, "retentionPolicy.retentionPeriod")
		if now < before {
			return refuse(403, "retentionPolicyNotMet", "keep the period, or lengthen it",
				"Cannot reduce retention duration of a locked Retention Policy for bucket '%s'", o.id)
		}
	}
	if flag(old, "uniformBucketLevelAccess") && !flag(o.in, "uniformBucketLevelAccess") {
		folders, err := o.live(folderType)
		if err != nil {
			return err
		}
		for _, folder := range folders {
			if text(folder.Properties, "bucket") == o.id {
				return refuse(412, "conditionNotMet", "delete the managed folders first",
					"Uniform bucket-level access cannot be disabled: the bucket '%s' has managed folders", o.id)
			}
		}
	}
	return nil
}

// removeBucket refuses to delete a bucket with objects in it, unless it is
// told to delete them, and one whose retention is locked as long as an object
// is younger than that, whatever it is told.
func removeBucket(o *op) error {
	dir := o.store.Objects(o.old.Project, o.id)
	var objects int
	var youngest time.Time
	expired := expiry(o.old.Properties)
	err := fs.WalkDir(os.DirFS(dir), ".", func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if expired > 0 && o.now.Sub(info.ModTime()) > expired {
			return nil // its lifecycle has taken it
		}
		objects++
		if info.ModTime().After(youngest) {
			youngest = info.ModTime()
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err //nolint:wrapcheck // it names the directory
	}
	period := time.Duration(number(o.old.Properties, "retentionPolicy.retentionPeriod")) * time.Second
	if age := o.now.Sub(youngest); objects > 0 && flag(o.old.Properties, "retentionPolicy.isLocked") && age < period {
		return refuse(403, "retentionPolicyNotMet", "delete it once its newest object is that old; nobody can before",
			"Bucket '%s' has a locked Retention Policy of %v seconds, and its newest object is %.0f seconds old", o.id, period.Seconds(), age.Seconds())
	}
	if objects > 0 && !flag(o.old.Properties, "forceDestroy") {
		return refuse(409, "conflict", "empty it, or set forceDestroy, run up, and delete it then",
			"The bucket you tried to delete is not empty: %s", o.id)
	}
	return os.RemoveAll(dir) //nolint:wrapcheck // it names the directory
}

// expiry is the age at which the lifecycle deletes every object, or 0.
func expiry(bucket resource.PropertyMap) time.Duration {
	var days float64
	for _, rule := range each(resource.NewProperty(bucket), "lifecycleRules") {
		r := rule.ObjectValue()
		condition := at(r, "condition")
		if text(r, "action.type") != "Delete" || !condition.IsObject() || len(condition.ObjectValue()) != 1 || !has(r, "condition.age") {
			continue
		}
		if age := number(r, "condition.age"); days == 0 || age < days {
			days = age
		}
	}
	return time.Duration(days) * 24 * time.Hour
}
