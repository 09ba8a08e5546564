package settings

const cdnBackendType = "gcp:compute/backendBucket:BackendBucket"

var cdn = Part{"CDN", []Row{
	{Setting: "files come from the cache", Type: cdnBackendType, Path: "enableCdn", Want: is(true)},
	{Setting: "compressed", Type: cdnBackendType, Path: "compressionMode", Want: is("AUTOMATIC")},
	{Setting: "what is missing is remembered for a while", Type: cdnBackendType, Path: "cdnPolicy.negativeCaching", Want: is(true)},
	{Setting: "Cloud Armor at the edge", Type: cdnBackendType, Path: "edgeSecurityPolicy", Want: set()},
	{Setting: "only strong ciphers", Type: "gcp:compute/sSLPolicy:SSLPolicy", Path: "profile", Want: is("RESTRICTED")},
	{Setting: "TLS 1.2 at least, the most that the load balancer knows", Type: "gcp:compute/sSLPolicy:SSLPolicy", Path: "minTlsVersion", Want: is("TLS_1_2")},
	{Setting: "the certificate comes by a map", Type: "gcp:compute/targetHttpsProxy:TargetHttpsProxy", Path: "certificateMap", Want: set()},
	{Setting: "and is proven by DNS", Type: "gcp:certificatemanager/certificate:Certificate", Path: "managed.dnsAuthorizations", Want: set()},
	{Setting: "port 80 only redirects", Type: "gcp:compute/uRLMap:URLMap", Name: "-redirect", Path: "defaultUrlRedirect.httpsRedirect", Want: is(true)},
	{Setting: "private media by signed addresses", Type: "gcp:compute/backendBucketSignedUrlKey:BackendBucketSignedUrlKey"},
}}
