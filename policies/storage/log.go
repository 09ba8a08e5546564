package storage

import (
	"github.com/avila-devops/saas/policies/control"
)

// StackControls are the area's controls over a whole stack.
var StackControls = []control.StackControl{
	{
		ID:     "storage-access-logs",
		Title:  "Accesses to a bucket are logged, to another bucket of the stack",
		Source: "CIS GCP 5.0 2.16, CKV_GCP_62, CKV_GCP_63",
		Remedy: "set logging.logBucket to the bucket of access logs",
		Judge:  accessLogs,
	},
	{
		ID:     "storage-access-logs-kept",
		Title:  "A bucket of access logs keeps them for a while in which nobody can change them",
		Source: "CIS GCP 5.0 2.3",
		Remedy: "set retentionPolicy.retentionPeriod",
		Judge:  accessLogsKept,
	},
}

// receives tells whether another bucket's access logs go to this one, which
// ends the chain: its own accesses stand in the audit log.
func receives(stack control.Stack, bucket control.Resource) bool {
	name, known := control.Text(bucket.Properties, "name")
	for _, other := range stack.Of(bucketType) {
		to, toKnown := control.Text(other.Properties, "logging", "logBucket")
		if other.URN != bucket.URN && known && toKnown && to == name {
			return true
		}
	}
	return false
}

// mayReceive tells whether some bucket's access logs go where a preview does
// not know yet: to this one, perhaps.
func mayReceive(stack control.Stack, bucket control.Resource) bool {
	for _, other := range stack.Of(bucketType) {
		if _, known := control.Text(other.Properties, "logging", "logBucket"); !known && other.URN != bucket.URN {
			return true
		}
	}
	return false
}

func accessLogs(stack control.Stack) []control.StackFinding {
	var findings []control.StackFinding
	for _, bucket := range stack.Of(bucketType) {
		name, nameKnown := control.Text(bucket.Properties, "name")
		to, known := control.Text(bucket.Properties, "logging", "logBucket")
		switch {
		case !known || !nameKnown:
		case to == name && to != "":
			findings = append(findings, bucket.Finding("logging.logBucket", "is the bucket itself"))
		case to == "" && !receives(stack, bucket) && !mayReceive(stack, bucket):
			findings = append(findings, bucket.Finding("logging.logBucket", "is not set"))
		}
	}
	return findings
}

func accessLogsKept(stack control.Stack) []control.StackFinding {
	var findings []control.StackFinding
	for _, bucket := range stack.Of(bucketType) {
		if !receives(stack, bucket) {
			continue
		}
		period := control.At(bucket.Properties, "retentionPolicy", "retentionPeriod")
		if !period.IsComputed() && (!period.IsNumber() || period.AsNumber() <= 0) {
			findings = append(findings, bucket.Finding("retentionPolicy.retentionPeriod", "is not set"))
		}
	}
	return findings
}
