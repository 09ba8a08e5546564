// Package backup holds the controls over copies of what clusters hold. Those
// over copies of databases are in package cloudsql.
package backup

import (
	"slices"
	"strings"

	"github.com/avila-devops/saas/policies/control"
)

const (
	clusterType = "gcp:container/cluster:Cluster"
	planType    = "gcp:gkebackup/backupPlan:BackupPlan"
)

// StackControls are the area's controls over a whole stack.
var StackControls = []control.StackControl{{
	ID:     "backup-every-cluster",
	Title:  "Every cluster has a backup plan for all it holds, under our key, with copies that nobody can delete for a while",
	Source: "Ávila R4, X4",
	Remedy: "make a gkebackup.BackupPlan for it with allNamespaces, includeSecrets, includeVolumeData, encryptionKey, cronSchedule and backupDeleteLockDays",
	Judge:  everyCluster,
}}

func everyCluster(stack control.Stack) []control.StackFinding {
	var findings []control.StackFinding
	plans := stack.Of(planType)
	for _, cluster := range stack.Of(clusterType) {
		name, nameKnown := control.Text(cluster.Properties, "name")
		i := slices.IndexFunc(plans, func(plan control.Resource) bool {
			of, known := control.Text(plan.Properties, "cluster")
			return !known || !nameKnown || strings.HasSuffix(of, "/clusters/"+name)
		})
		if i < 0 {
			findings = append(findings, cluster.Finding("name", "is in no backup plan"))
			continue
		}
		findings = append(findings, judgePlan(plans[i])...)
	}
	return findings
}

func judgePlan(plan control.Resource) []control.StackFinding {
	var findings []control.StackFinding
	for _, name := range []string{"allNamespaces", "includeSecrets", "includeVolumeData"} {
		for _, f := range control.MustBe(true, plan.Properties, "backupConfig."+name, "backupConfig", name) {
			findings = append(findings, plan.Finding(f.Property, f.Fault))
		}
	}
	for _, path := range [][]string{{"backupConfig", "encryptionKey", "gcpKmsEncryptionKey"}, {"backupSchedule", "cronSchedule"}} {
		if text, known := control.Text(plan.Properties, path...); known && text == "" {
			findings = append(findings, plan.Finding(strings.Join(path, "."), "is not set"))
		}
	}
	if off := control.At(plan.Properties, "deactivated"); off.IsBool() && off.AsBool() {
		findings = append(findings, plan.Finding("deactivated", "is true"))
	}
	lock := control.At(plan.Properties, "retentionPolicy", "backupDeleteLockDays")
	if !lock.IsComputed() && (!lock.IsNumber() || lock.AsNumber() < 1) {
		findings = append(findings, plan.Finding("retentionPolicy.backupDeleteLockDays", "is not a day or more"))
	}
	return findings
}
