package gcp

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var cdnRules = map[string]*rule{
	backendBucketType: {
		api:      computeAPI,
		name:     autoname(63),
		id:       format("projects/{project}/global/backendBuckets/{name}"),
		replaces: []string{"name", "project"},
		refs: []reference{
			{path: "bucketName", to: bucketType},
			{path: "edgeSecurityPolicy", to: securityPolicyType, holds: true},
		},
		check:  checkBackendBucket,
		create: func(o *op) error { return o.checkArmorType("edgeSecurityPolicy", edgeArmor) },
		update: func(o *op) error { return o.checkArmorType("edgeSecurityPolicy", edgeArmor) },
		outputs: func(o *op) error {
			o.link()
			o.set("creationTimestamp", o.stamp())
			o.set("enableCdn", false)
			return nil
		},
		owns: []string{signedURLKeyType},
	},
	// The provider gives all keys of a backend the backend's id; here each has
	// one of its own, because records are told apart by it.
	signedURLKeyType: {
		api: computeAPI,
		name: &naming{
			auto: true, property: "name", longest: 63,
			pattern: regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`), form: labelForm,
		},
		id:       format("projects/{project}/global/backendBuckets/{backendBucket}/signedUrlKeys/{name}"),
		replaces: []string{"backendBucket", "keyValue", "name", "project"},
		refs:     []reference{{path: "backendBucket", to: backendBucketType, pattern: "projects/{project}/global/backendBuckets/{}"}},
		check: func(in resource.PropertyMap) []problem {
			if value := text(in, "keyValue"); value != "" {
				if key, err := base64.URLEncoding.DecodeString(value); err != nil || len(key) != 16 {
					return []problem{{"keyValue", "must be 16 bytes in the URL-safe form of base64"}}
				}
			}
			return nil
		},
		create: checkKeyCount,
	},
	sslPolicyType: {
		api:      computeAPI,
		name:     autoname(63),
		id:       format("projects/{project}/global/sslPolicies/{name}"),
		replaces: []string{"description", "name", "project"},
		check: func(in resource.PropertyMap) []problem {
			if custom := text(in, "profile") == "CUSTOM"; custom != has(in, "customFeatures") && text(in, "profile") != "" {
				return []problem{{"customFeatures", "must be set when profile is CUSTOM, and only then"}}
			}
			return nil
		},
		outputs: func(o *op) error {
			o.link()
			o.set("creationTimestamp", o.stamp())
			o.set("enabledFeatures", []any{})
			o.replace("fingerprint", fingerprint(o.id+o.stamp()))
			return nil
		},
	},
	urlMapType: {
		api:      computeAPI,
		name:     autoname(63),
		id:       format("projects/{project}/global/urlMaps/{name}"),
		defaults: urlMapDefaults,
		replaces: []string{"name", "project"},
		oneOf:    nil, // checkURLMap says it: the alternatives are not of one level
		refs:     urlMapServices(),
		check:    checkURLMap,
		create:   runURLMapTests,
		update:   runURLMapTests,
		outputs: func(o *op) error {
			o.link()
			o.set("creationTimestamp", o.stamp())
			o.set("mapId", 0.0)
			o.replace("fingerprint", fingerprint(o.id+o.stamp()))
			return nil
		},
	},
	httpProxyType: {
		api:      computeAPI,
		name:     autoname(63),
		id:       format("projects/{project}/global/targetHttpProxies/{name}"),
		replaces: []string{"description", "httpKeepAliveTimeoutSec", "name", "project", "proxyBind"},
		refs:     []reference{{path: "urlMap", to: urlMapType, holds: true}},
		outputs:  proxyOutputs,
	},
	httpsProxyType: {
		api:       computeAPI,
		name:      autoname(63),
		id:        format("projects/{project}/global/targetHttpsProxies/{name}"),
		replaces:  []string{"description", "httpKeepAliveTimeoutSec", "name", "project", "proxyBind", "tlsEarlyData"},
		conflicts: [][]string{{"certificateManagerCertificates", "sslCertificates"}},
		refs: []reference{
			{path: "urlMap", to: urlMapType, holds: true},
			{path: "sslPolicy", to: sslPolicyType, holds: true},
			{path: "certificateMap", to: certificateMapType, holds: true},
		},
		check: func(in resource.PropertyMap) []problem {
			var problems []problem
			if !has(in, "certificateMap") && !has(in, "sslCertificates") && !has(in, "certificateManagerCertificates") {
				problems = append(problems, problem{"certificateMap", "one of certificateMap, sslCertificates and certificateManagerCertificates must be set"})
			}
			if value := text(in, "certificateMap"); value != "" && !strings.HasPrefix(value, "//certificatemanager.googleapis.com/projects/") {
				problems = append(problems, problem{"certificateMap", fmt.Sprintf("%q is not a certificate map: write it like //certificatemanager.googleapis.com/projects/p/locations/global/certificateMaps/m", clip(value))})
			}
			return problems
		},
		outputs: proxyOutputs,
	},
}

const (
	longestTTL       = 31622400 // a year
	longestNegative  = 1800
	longestStale     = 604800
	mostKeysOfBucket = 3
)

// negativeCodes are the answers that can be cached for a time of their own.
// https://cloud.google.com/cdn/docs/using-negative-caching
var negativeCodes = []float64{300, 301, 302, 307, 308, 404, 405, 410, 421, 451, 501}

var headerForm = regexp.MustCompile(`^[A-Za-z0-9-]+:\s*\S`)

func checkBackendBucket(in resource.PropertyMap) []problem {
	var problems []problem
	add := func(path, format string, args ...any) {
		problems = append(problems, problem{path, fmt.Sprintf(format, args...)})
	}
	for _, header := range texts(in, "customResponseHeaders") {
		if !headerForm.MatchString(header) {
			add("customResponseHeaders", "%q is not a header: write it like X-Name: value", clip(header))
		}
	}
	mode := text(in, "cdnPolicy.cacheMode")
	lasting, least := number(in, "cdnPolicy.defaultTtl"), number(in, "cdnPolicy.clientTtl")
	switch {
	case mode == "FORCE_CACHE_ALL" && has(in, "cdnPolicy.maxTtl"):
		add("cdnPolicy.maxTtl", "cannot be set with FORCE_CACHE_ALL: defaultTtl counts there")
	case mode == "USE_ORIGIN_HEADERS" && (has(in, "cdnPolicy.maxTtl") || has(in, "cdnPolicy.defaultTtl") || has(in, "cdnPolicy.clientTtl")):
		add("cdnPolicy", "USE_ORIGIN_HEADERS takes every time from the bucket: remove defaultTtl, clientTtl and maxTtl")
	}
	if has(in, "cdnPolicy.clientTtl") && has(in, "cdnPolicy.defaultTtl") && least > lasting && mode == "FORCE_CACHE_ALL" {
		add("cdnPolicy.clientTtl", "%v is more than defaultTtl, %v", least, lasting)
	}
	for path, most := range map[string]float64{
		"cdnPolicy.defaultTtl": longestTTL, "cdnPolicy.clientTtl": longestTTL, "cdnPolicy.maxTtl": longestTTL, "cdnPolicy.serveWhileStale": longestStale,
	} {
		if seconds := number(in, path); seconds < 0 || seconds > most {
			add(path, "expected to be in the range (0 - %v), got %v", most, seconds)
		}
	}
	for _, policy := range each(resource.NewProperty(in), "cdnPolicy.negativeCachingPolicies") {
		if code := number(policy.ObjectValue(), "code"); !slices.Contains(negativeCodes, code) {
			add("cdnPolicy.negativeCachingPolicies.code", "expected one of %v, got %v", negativeCodes, code)
		}
		if seconds := number(policy.ObjectValue(), "ttl"); seconds < 0 || seconds > longestNegative {
			add("cdnPolicy.negativeCachingPolicies.ttl", "expected to be in the range (0 - %d), got %v", longestNegative, seconds)
		}
	}
	if has(in, "cdnPolicy.negativeCachingPolicies") && has(in, "cdnPolicy.negativeCaching") && !flag(in, "cdnPolicy.negativeCaching") && !unknown(in, "cdnPolicy.negativeCaching") {
		add("cdnPolicy.negativeCachingPolicies", "need negativeCaching: set it to true")
	}
	return problems
}

// checkKeyCount: https://cloud.google.com/cdn/docs/using-signed-urls
func checkKeyCount(o *op) error {
	keys, err := o.live(signedURLKeyType)
	if err != nil {
		return err
	}
	n := 0
	for _, key := range keys {
		if key.Project == o.project.ID && text(key.Properties, "backendBucket") == o.text("backendBucket") {
			n++
		}
	}
	if n >= mostKeysOfBucket {
		return refuse(400, "limitExceeded", "delete one that nothing is signed with any more", "Backend bucket '%s' has %d signed URL keys already", o.text("backendBucket"), n)
	}
	return nil
}

// fillAgent is by whom Cloud CDN reads private buckets. It comes into being
// with the first signing key of a project.
const fillAgent = "cloud-cdn-fill"

func (o *op) checkFillAgent(email, project string) error {
	keys, err := o.tx.List(signedURLKeyType)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if key.Project == project {
			return nil
		}
	}
	return refuse(400, "badRequest", "add a BackendBucketSignedUrlKey first: the agent is made with it", "Service account %s does not exist.", email)
}
