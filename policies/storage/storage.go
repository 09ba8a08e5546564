// Package storage holds the controls over buckets.
package storage

import (
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

const bucketType = "gcp:storage/bucket:Bucket"

var buckets = []string{bucketType}

// Controls are the area's controls over single buckets.
var Controls = []control.Control{
	{
		ID:     "storage-uniform-access",
		Title:  "Access to a bucket is by IAM alone",
		Source: "CIS GCP 5.0 5.2, CKV_GCP_29",
		Remedy: "set uniformBucketLevelAccess to true",
		Types:  buckets,
		Judge: func(m property.Map) []control.Finding {
			return control.MustBe(true, m, "uniformBucketLevelAccess", "uniformBucketLevelAccess")
		},
	},
	{
		ID:     "storage-no-public-access",
		Title:  "A bucket cannot be made public",
		Source: "CIS GCP 5.0 5.1, CKV_GCP_28, CKV_GCP_114",
		Remedy: "set publicAccessPrevention to enforced",
		Types:  buckets,
		Judge: func(m property.Map) []control.Finding {
			prevention, known := control.Text(m, "publicAccessPrevention")
			if !known || prevention == "enforced" {
				return nil
			}
			return []control.Finding{{Property: "publicAccessPrevention", Fault: "is " + orUnset(prevention)}}
		},
	},
	{
		ID:     "storage-customer-key",
		Title:  "A bucket is encrypted with our key",
		Source: "Ávila X4",
		Remedy: "set encryption.defaultKmsKeyName",
		Types:  buckets,
		Judge: func(m property.Map) []control.Finding {
			if key, known := control.Text(m, "encryption", "defaultKmsKeyName"); !known || key != "" {
				return nil
			}
			return []control.Finding{{Property: "encryption.defaultKmsKeyName", Fault: "is not set"}}
		},
	},
	{
		ID:     "storage-nothing-lost",
		Title:  "What a bucket holds can be brought back after it is replaced or deleted, or can be neither",
		Source: "CKV_GCP_78",
		Remedy: "set versioning.enabled to true, or a retentionPolicy, and forceDestroy to false",
		Types:  buckets,
		Judge:  nothingLost,
	},
}

func orUnset(value string) string {
	if value == "" {
		return "not set"
	}
	return value
}

func nothingLost(m property.Map) []control.Finding {
	var findings []control.Finding
	if destroy := control.At(m, "forceDestroy"); destroy.IsBool() && destroy.AsBool() {
		findings = append(findings, control.Finding{Property: "forceDestroy", Fault: "is true"})
	}
	retention := control.At(m, "retentionPolicy")
	if retention.IsMap() || retention.IsComputed() {
		return findings
	}
	return append(findings, control.MustBe(true, m, "versioning.enabled", "versioning", "enabled")...)
}
