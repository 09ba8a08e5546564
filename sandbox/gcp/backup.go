package gcp

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const backupAPI = "gkebackup.googleapis.com"

var backupRules = map[string]*rule{
	backupPlanType: {
		api:      backupAPI,
		name:     autoname(63),
		id:       format("projects/{project}/locations/{location}/backupPlans/{name}"),
		replaces: []string{"cluster", "location", "name", "project"},
		oneOf:    [][]string{{"backupConfig.allNamespaces", "backupConfig.selectedNamespaces", "backupConfig.selectedApplications"}},
		conflicts: [][]string{
			{"backupSchedule.cronSchedule", "backupSchedule.rpoConfig"},
		},
		refs:   []reference{{path: "cluster", to: clusterType}},
		keys:   []keyUse{{path: "backupConfig.encryptionKey.gcpKmsEncryptionKey", agent: "gcp-sa-gkebackup", place: "location"}},
		check:  checkBackupPlan,
		update: checkRetentionLock,
		outputs: func(o *op) error {
			o.labels()
			o.set("etag", fingerprint(o.id))
			o.set("uid", o.numericID())
			o.set("protectedPodCount", 0)
			o.set("state", "READY")
			o.set("stateReason", "")
			o.set("deactivated", false)
			return nil
		},
	},
	restorePlanType: {
		api:      backupAPI,
		name:     autoname(63),
		id:       format("projects/{project}/locations/{location}/restorePlans/{name}"),
		replaces: []string{"backupPlan", "cluster", "location", "name", "project"},
		oneOf: [][]string{
			under("restoreConfig", "allNamespaces", "excludedNamespaces", "noNamespaces", "selectedApplications", "selectedNamespaces"),
			under("restoreConfig.clusterResourceRestoreScope", "allGroupKinds", "excludedGroupKinds", "noGroupKinds", "selectedGroupKinds"),
		},
		refs:  []reference{{path: "backupPlan", to: backupPlanType}, {path: "cluster", to: clusterType}},
		check: checkRestorePlan,
		outputs: func(o *op) error {
			o.labels()
			o.set("uid", o.numericID())
			o.set("state", "READY")
			o.set("stateReason", "")
			return nil
		},
	},
}

// Limits of the API:
// https://cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/reference/rest/v1/projects.locations.backupPlans
const (
	mostLockDays   = 90
	mostRetainDays = 365
	mostBackups    = 360 // times the interval
)

func checkBackupPlan(in resource.PropertyMap) []problem {
	var problems []problem
	const lockPath, retainPath, cronPath = "retentionPolicy.backupDeleteLockDays", "retentionPolicy.backupRetainDays", "backupSchedule.cronSchedule"
	lock, retain := number(in, lockPath), number(in, retainPath)
	if lock < 0 || lock > mostLockDays {
		problems = append(problems, problem{lockPath, fmt.Sprintf("expected to be in the range (0 - %d), got %v", mostLockDays, lock)})
	}
	if retain < 0 || retain > mostRetainDays {
		problems = append(problems, problem{retainPath, fmt.Sprintf("expected to be in the range (0 - %d), got %v", mostRetainDays, retain)})
	}
	if retain > 0 && lock > retain {
		problems = append(problems, problem{lockPath, fmt.Sprintf("%v days of lock are more than the %v days that a backup is kept: backupRetainDays must be >= backupDeleteLockDays", lock, retain)})
	}
	cron := text(in, cronPath)
	if cron == "" {
		return problems
	}
	days, err := cronInterval(cron)
	switch {
	case err != nil:
		problems = append(problems, problem{cronPath, err.Error()})
	case !has(in, retainPath):
		problems = append(problems, problem{retainPath, "must be set where backupSchedule.cronSchedule is"})
	case retain > mostBackups*days:
		problems = append(problems, problem{retainPath, fmt.Sprintf("%v days are more than %d times the interval of %v days between backups", retain, mostBackups, days)})
	}
	return problems
}

// checkRetentionLock refuses to change what was locked.
func checkRetentionLock(o *op) error {
	if !flag(o.old.Properties, "retentionPolicy.locked") {
		return nil
	}
	before, now := at(o.old.Properties, "retentionPolicy"), at(o.in, "retentionPolicy")
	if before.DeepEquals(now) {
		return nil
	}
	return refuse(400, "failedPrecondition", "leave retentionPolicy as it is", "The retention policy of %s is locked", describe(o.old))
}

func checkRestorePlan(in resource.PropertyMap) []problem {
	var problems []problem
	if !flag(in, "restoreConfig.noNamespaces") && text(in, "restoreConfig.namespacedResourceRestoreMode") == "" {
		problems = append(problems, problem{"restoreConfig.namespacedResourceRestoreMode", "must be set where namespaces are restored"})
	}
	scope := "restoreConfig.clusterResourceRestoreScope"
	if has(in, scope) && !flag(in, scope+".noGroupKinds") && text(in, "restoreConfig.clusterResourceConflictPolicy") == "" {
		problems = append(problems, problem{"restoreConfig.clusterResourceConflictPolicy", "must be set where objects outside namespaces are restored"})
	}
	for path, form := range map[string]string{"backupPlan": "/backupPlans/", "cluster": "/clusters/"} {
		if value := text(in, path); value != "" && !strings.Contains(value, form) {
			problems = append(problems, problem{path, fmt.Sprintf("%q is not a full name: write it like projects/p/locations/l%sname", clip(value), form)})
		}
	}
	return problems
}
