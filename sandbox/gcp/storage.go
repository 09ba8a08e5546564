package gcp

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var storageRules = map[string]*rule{
	bucketType: {
		api: "storage.googleapis.com",
		// https://cloud.google.com/storage/docs/buckets#naming
		name: &naming{
			auto: true, lower: true, property: "name", longest: 63,
			pattern: regexp.MustCompile(`^[a-z0-9][-_.a-z0-9]+[a-z0-9]$`),
			form:    "3 to 63 lower-case letters, digits, hyphens, underscores and dots, starting and ending with a letter or digit",
		},
		id:       format("{name}"),
		defaults: map[string]any{"forceDestroy": false, "storageClass": "STANDARD", "retentionPolicy.isLocked": false},
		replaces: []string{"customPlacementConfig.dataLocations", "enableObjectRetention", "location", "name", "project"},
		replacesWhen: map[string]func(old, now resource.PropertyValue) bool{
			"retentionPolicy":          unlocks,
			"retentionPolicy.isLocked": unlocks,
		},
		refs:   []reference{{path: "logging.logBucket", to: bucketType}},
		keys:   []keyUse{{path: "encryption.defaultKmsKeyName", agent: "gs-project-accounts", place: "location"}},
		check:  checkBucket,
		update: checkBucketChange,
		remove: removeBucket,
		outputs: func(o *op) error {
			o.labels()
			o.set("selfLink", "https://www.googleapis.com/storage/v1/b/"+o.id)
			o.set("url", "gs://"+o.id)
			project, err := strconv.ParseFloat(o.project.Number, 64)
			if err != nil {
				return err //nolint:wrapcheck // it names the number
			}
			o.set("projectNumber", project)
			o.set("publicAccessPrevention", "inherited")
			o.set("uniformBucketLevelAccess", false)
			o.set("rpo", "DEFAULT")
			o.set("softDeletePolicy", map[string]any{"effectiveTime": o.stamp(), "retentionDurationSeconds": 604800.0})
			return nil
		},
		owns: []string{bucketMemberType},
	},
	bucketMemberType: memberRule(&rule{
		api:      "storage.googleapis.com",
		within:   reference{path: "bucket", to: bucketType},
		id:       format("b/{bucket}/{role}/{member}"),
		replaces: []string{"bucket"},
		refs:     []reference{{path: "bucket", to: bucketType}},
		create:   checkBucketGrant,
	}),
}

// checkBucketGrant refuses what a bucket's own settings exclude.
// https://cloud.google.com/storage/docs/access-control/iam#conditions
func checkBucketGrant(o *op) error {
	bucket, err := o.holder()
	if err != nil {
		return err
	}
	if has(o.in, "condition") && !flag(bucket.Properties, "uniformBucketLevelAccess") {
		return refuse(412, "conditionNotMet", "set uniformBucketLevelAccess on the bucket", "IAM Conditions can only be set on a bucket with uniform bucket-level access: %s", bucket.ID)
	}
	if slices.Contains(everybody, o.text("member")) && text(bucket.Properties, "publicAccessPrevention") == "enforced" {
		return refuse(412, "conditionNotMet", "grant to named members", "The member bindings %s are not allowed since public access prevention is enforced.", o.text("member"))
	}
	return nil
}
