package settings

const bucketType = "gcp:storage/bucket:Bucket"

var storage = Part{"Storage", []Row{
	{Setting: "a bucket for media", Type: bucketType, Name: "media"},
	{Setting: "access by IAM alone", Type: bucketType, Path: "uniformBucketLevelAccess", Want: is(true)},
	{Setting: "never public", Type: bucketType, Path: "publicAccessPrevention", Want: is("enforced")},
	{Setting: "old versions are kept", Type: bucketType, Name: "media", Path: "versioning.enabled", Want: is(true)},
	{Setting: "for a limited time", Type: bucketType, Name: "media", Path: "lifecycleRules.0.condition.daysSinceNoncurrentTime", Want: atLeast(1)},
	{Setting: "our key", Type: bucketType, Path: "encryption.defaultKmsKeyName", Want: set()},
	{Setting: "what is in it refuses deletion", Type: bucketType, Path: "forceDestroy", Want: is(false)},
	{Setting: "buckets refuse deletion", Type: bucketType, Guarded: true},
	{Setting: "accesses are logged", Type: bucketType, Name: "media", Path: "logging.logBucket", Want: set()},
	{Setting: "a folder for each tenant", Type: "gcp:storage/managedFolder:ManagedFolder", Path: "name", Want: matches("media/")},
	{Setting: "a bucket for what the CDN serves", Type: bucketType, Name: "cdn-static"},
}}
