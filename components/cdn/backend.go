package cdn

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// A class is a kind of content: where it lies, and how long it may be kept. A
// backend of Cloud CDN has one set of times, so each class is a backend.
type class struct {
	name  string
	what  string
	path  string // under which it is found; empty for all that is left
	media bool   // lies in the tenants' bucket

	edgeSeconds    int // in Google's caches
	browserSeconds int // in the reader's
	staleSeconds   int // longer, while the bucket does not answer
}

const (
	minute = 60
	hour   = 60 * minute
	day    = 24 * hour
	year   = 365 * day
)

// classes is every kind of content, the one that is left last.
var classes = []class{
	{name: "assets", what: "Styles, scripts and fonts, whose names change with their content.", path: "/assets/*", edgeSeconds: year, browserSeconds: year, staleSeconds: day},
	{name: "images", what: "Pictures and videos of the platform.", path: "/images/*", edgeSeconds: 7 * day, browserSeconds: day, staleSeconds: day},
	{name: "media", what: "Tenants' files.", path: "/media/*", media: true, edgeSeconds: hour, browserSeconds: 5 * minute},
	{name: "documents", what: "Pages and documents.", edgeSeconds: 5 * minute, browserSeconds: minute, staleSeconds: hour},
}

// What is not there may appear: how long the caches say so.
const missingSeconds = minute

// newBackends makes a backend for each class, in the order of classes.
func (c *CDN) newBackends(ctx *pulumi.Context, name string, args *Args, static, armor pulumi.StringInput) ([]*compute.BackendBucket, error) {
	var backends []*compute.BackendBucket
	for _, class := range classes {
		bucket := static
		if class.media {
			bucket = args.Media
		}
		backend, err := compute.NewBackendBucket(ctx, name+"-"+class.name, &compute.BackendBucketArgs{
			Project:               args.Project,
			Description:           pulumi.String(class.what),
			BucketName:            bucket,
			EnableCdn:             pulumi.Bool(true),
			CompressionMode:       pulumi.String("AUTOMATIC"),
			EdgeSecurityPolicy:    armor,
			CustomResponseHeaders: headers(class),
			CdnPolicy:             policy(class),
		}, pulumi.Parent(c))
		if err != nil {
			return nil, fmt.Errorf("create the backend of %s: %w", class.name, err)
		}
		backends = append(backends, backend)
	}
	return backends, nil
}

// policy caches whatever the bucket answers: it marks what is not public as
// private, which the other modes obey. The signature, not the cache, decides
// who may read.
func policy(class class) compute.BackendBucketCdnPolicyArgs {
	negative := compute.BackendBucketCdnPolicyNegativeCachingPolicyArray{}
	for _, code := range []int{404, 410} {
		negative = append(negative, compute.BackendBucketCdnPolicyNegativeCachingPolicyArgs{Code: pulumi.Int(code), Ttl: pulumi.Int(missingSeconds)})
	}
	return compute.BackendBucketCdnPolicyArgs{
		CacheMode: pulumi.String("FORCE_CACHE_ALL"), DefaultTtl: pulumi.Int(class.edgeSeconds), ClientTtl: pulumi.Int(class.browserSeconds),
		// Of the query only the object's generation tells files apart; anything
		// else would let a reader fill the cache with copies.
		CacheKeyPolicy:  compute.BackendBucketCdnPolicyCacheKeyPolicyArgs{QueryStringWhitelists: pulumi.ToStringArray([]string{"generation"})},
		NegativeCaching: pulumi.Bool(true), NegativeCachingPolicies: negative,
		ServeWhileStale: pulumi.Int(class.staleSeconds), RequestCoalescing: pulumi.Bool(true),
		SignedUrlCacheMaxAgeSec: pulumi.Int(class.edgeSeconds),
	}
}

// headers keep a file from being taken for a page of ours: tenants upload what
// they like. What is a page loads from here alone, and runs nothing.
func headers(class class) pulumi.StringArray {
	all := pulumi.ToStringArray([]string{
		"Strict-Transport-Security: max-age=63072000; includeSubDomains",
		"X-Content-Type-Options: nosniff",
		"Referrer-Policy: no-referrer",
		"Cross-Origin-Resource-Policy: same-site",
		"X-Cache: {cdn_cache_status}",
	})
	policy := "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'"
	if class.media {
		policy = "default-src 'none'; sandbox"
	}
	return append(all, pulumi.String("Content-Security-Policy: "+policy+"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"))
}
