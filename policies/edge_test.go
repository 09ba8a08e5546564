package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/avila-devops/saas/policies/control"
	"github.com/avila-devops/saas/policies/edge"
)

const (
	backendType    = "gcp:compute/backendService:BackendService"
	filesType      = "gcp:compute/backendBucket:BackendBucket"
	armorType      = "gcp:compute/securityPolicy:SecurityPolicy"
	sslPolicyType  = "gcp:compute/sSLPolicy:SSLPolicy"
	httpsProxyType = "gcp:compute/targetHttpsProxy:TargetHttpsProxy"
	httpProxyType  = "gcp:compute/targetHttpProxy:TargetHttpProxy"
	urlMapType     = "gcp:compute/uRLMap:URLMap"
	ruleType       = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
	firewallType   = "gcp:compute/firewall:Firewall"
	zoneType       = "gcp:dns/managedZone:ManagedZone"
	serviceType    = "kubernetes:core/v1:Service"
	configMapType  = "kubernetes:core/v1:ConfigMap"
	ingressType    = "kubernetes:networking.k8s.io/v1:Ingress"

	logging = `"logConfig":{"enable":true,"sampleRate":1}`
	keys    = `"defaultKeySpecs":[{"algorithm":"ecdsap256sha256","keyType":"keySigning"},{"algorithm":"ecdsap256sha256","keyType":"zoneSigning"}]`
	asked   = `"cloudLoggingConfig":{"enableLogging":true}`
)

// nginx is a configuration that complies.
const nginx = `http {
	# ssl_protocols TLSv1.2;
	limit_req_zone $binary_remote_addr zone=client:32m rate=1000r/m;
	ssl_protocols TLSv1.3;
	server { listen 8443 ssl proxy_protocol; limit_req zone=client burst=100 nodelay; location / { proxy_pass http://a; } }
}`

// config is a ConfigMap with nginx, after a replacement in its text.
func config(t *testing.T, from, to string) string {
	t.Helper()
	changed := strings.Replace(nginx, from, to, 1)
	if from != "" && changed == nginx {
		t.Fatalf("the text has no %q", from)
	}
	text, err := json.Marshal(map[string]any{"data": map[string]any{"nginx.conf": changed}})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// ASVS: v5.0.0-12.1.1, v5.0.0-12.1.2.
func TestEdgeControlsCatch(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		typ, properties string
		want            string // part of the one message; empty for silence
	}{
		"a bare backend":                     {backendType, `{"loadBalancingScheme":"EXTERNAL_MANAGED",` + logging + `}`, "edge-cloud-armor (X1, CKV_GCP_73): securityPolicy is not set; set securityPolicy"},
		"a bare backend of the default kind": {backendType, `{` + logging + `}`, "securityPolicy is not set"},
		"an inner backend":                   {backendType, `{"loadBalancingScheme":"INTERNAL_MANAGED",` + logging + `}`, ""},
		"an armored backend":                 {backendType, `{"securityPolicy":"p",` + logging + `}`, ""},
		"a backend whose armor is not known": {backendType, `{"securityPolicy":"<unknown>",` + logging + `}`, ""},
		"a silent backend":                   {backendType, `{"securityPolicy":"p","logConfig":{"enable":false}}`, "edge-logged (CKV2_GCP_38, Lei 12.965/2014 art. 15): logConfig.enable is false"},
		"a backend that logs half":           {backendType, `{"securityPolicy":"p","logConfig":{"enable":true,"sampleRate":0.5}}`, "logConfig.sampleRate is 0.5"},
		"bare files":                         {filesType, `{"bucketName":"b"}`, "edgeSecurityPolicy is not set"},
		"files with the wrong armor":         {filesType, `{"bucketName":"<unknown>","securityPolicy":"p"}`, "edgeSecurityPolicy is not set"},
		"armored files":                      {filesType, `{"bucketName":"b","edgeSecurityPolicy":"p"}`, ""},

		"armor without a rate":    {armorType, `{"rules":[{"action":"allow","priority":2147483647}]}`, "edge-rate-rule (X1): rules limit nobody's rate"},
		"armor that only counts":  {armorType, `{"rules":[{"action":"throttle","rateLimitOptions":{"exceedAction":"redirect"}}]}`, "rules limit nobody's rate"},
		"armor with a rate":       {armorType, `{"rules":[{"action":"throttle","rateLimitOptions":{"exceedAction":"deny(429)"}}]}`, ""},
		"armor with a ban":        {armorType, `{"rules":[{"action":"rate_based_ban","rateLimitOptions":{"exceedAction":"deny(403)"}}]}`, ""},
		"armor of a cache":        {armorType, `{"type":"CLOUD_ARMOR_EDGE","rules":[]}`, ""},
		"armor that is not known": {armorType, `{"rules":"<unknown>"}`, ""},

		"weak ciphers":                  {sslPolicyType, `{"profile":"COMPATIBLE","minTlsVersion":"TLS_1_2"}`, `edge-strong-tls (CIS GCP 5.0 3.9, CKV_GCP_4): profile is "COMPATIBLE"`},
		"an old version":                {sslPolicyType, `{"profile":"RESTRICTED","minTlsVersion":"TLS_1_1"}`, `minTlsVersion is "TLS_1_1"`},
		"a version that is not said":    {sslPolicyType, `{"profile":"RESTRICTED"}`, "minTlsVersion is not set"},
		"strong ciphers":                {sslPolicyType, `{"profile":"RESTRICTED","minTlsVersion":"TLS_1_2"}`, ""},
		"a proxy of Google's default":   {httpsProxyType, `{"urlMap":"m"}`, "sslPolicy is not set"},
		"a proxy with a policy of ours": {httpsProxyType, `{"urlMap":"m","sslPolicy":"<unknown>"}`, ""},

		"SSH to the world":         {ruleType, `{"loadBalancingScheme":"EXTERNAL_MANAGED","portRange":"22"}`, `edge-ports (X1): portRange is "22"; set portRange to 80 or 443`},
		"all ports to the world":   {ruleType, `{"loadBalancingScheme":"EXTERNAL"}`, "portRange is not set, which means all ports"},
		"a range to the world":     {ruleType, `{"portRange":"443-8443"}`, `portRange is "443-8443"`},
		"HTTPS to the world":       {ruleType, `{"portRange":"443"}`, ""},
		"a database to our own":    {ruleType, `{"loadBalancingScheme":"INTERNAL_MANAGED","portRange":"5432"}`, ""},
		"a hole for everybody":     {firewallType, `{"direction":"INGRESS","allows":[{"protocol":"tcp"}],"sourceRanges":["10.0.0.0/8","0.0.0.0/0"]}`, `sourceRanges[1] admits "0.0.0.0/0"`},
		"a hole for half of them":  {firewallType, `{"allows":[{"protocol":"tcp"}],"sourceRanges":["128.0.0.0/1"]}`, `sourceRanges[0] admits "128.0.0.0/1"`},
		"a hole over IPv6":         {firewallType, `{"allows":[{"protocol":"tcp"}],"sourceRanges":["::/0"]}`, `sourceRanges[0] admits "::/0"`},
		"a hole for whoever":       {firewallType, `{"allows":[{"protocol":"tcp"}]}`, "sourceRanges is not set, which means everywhere"},
		"a door for the balancers": {firewallType, `{"direction":"INGRESS","allows":[{"protocol":"tcp"}],"sourceRanges":["130.211.0.0/22","35.191.0.0/16"]}`, ""},
		"a door for our machines":  {firewallType, `{"allows":[{"protocol":"tcp"}],"sourceTags":["nodes"]}`, ""},
		"a refusal of everybody":   {firewallType, `{"denies":[{"protocol":"all"}],"sourceRanges":["0.0.0.0/0"]}`, ""},
		"a way out":                {firewallType, `{"direction":"EGRESS","allows":[{"protocol":"all"}],"destinationRanges":["0.0.0.0/0"]}`, ""},

		"an unsigned zone":             {zoneType, `{` + asked + `,"dnssecConfig":{"state":"off",` + keys + `}}`, `dnssecConfig.state is "off"`},
		"a zone that says nothing":     {zoneType, `{` + asked + `,"dnssecConfig":{` + keys + `}}`, "dnssecConfig.state is not set"},
		"a zone of broken hashes":      {zoneType, `{` + asked + `,"dnssecConfig":{"state":"on","defaultKeySpecs":[{"algorithm":"rsasha1","keyType":"keySigning"},{"keyType":"zoneSigning"}]}}`, `dnssecConfig.defaultKeySpecs[0].algorithm is "rsasha1"`},
		"a zone of default keys":       {zoneType, `{` + asked + `,"dnssecConfig":{"state":"on"}}`, "defaultKeySpecs does not name both keys"},
		"a zone that nobody hears of":  {zoneType, `{"dnssecConfig":{"state":"on",` + keys + `}}`, "dns-logged (CIS GCP 5.0 2.12): cloudLoggingConfig.enableLogging is not set"},
		"a signed zone":                {zoneType, `{` + asked + `,"dnssecConfig":{"state":"on",` + keys + `}}`, ""},
		"a private zone":               {zoneType, `{"visibility":"private"}`, ""},
		"a Service with an address":    {serviceType, `{"spec":{"type":"LoadBalancer"}}`, `gateway-service-internal (X1): spec.type is "LoadBalancer"`},
		"a Service on the nodes":       {serviceType, `{"spec":{"type":"NodePort"}}`, `spec.type is "NodePort"`},
		"a Service at an address":      {serviceType, `{"spec":{"externalIPs":["203.0.113.1"]}}`, "spec.externalIPs is set"},
		"a Service of its cluster":     {serviceType, `{"spec":{"type":"ClusterIP"}}`, ""},
		"an Ingress with a snippet":    {ingressType, `{"metadata":{"annotations":{"nginx.ingress.kubernetes.io/server-snippet":"x"}}}`, "gateway-no-snippets (X1, CVE-2021-25742): metadata.annotations.nginx.ingress.kubernetes.io/server-snippet is set"},
		"an Ingress without a snippet": {ingressType, `{"metadata":{"annotations":{"a":"b"}}}`, ""},

		"nginx as it should be":             {configMapType, config(t, "", ""), ""},
		"nginx with an older TLS":           {configMapType, config(t, "ssl_protocols TLSv1.3", "ssl_protocols TLSv1.2 TLSv1.3"), "gateway-nginx (X1, X5): data.nginx.conf speaks TLSv1.2 TLSv1.3"},
		"nginx with an older TLS somewhere": {configMapType, config(t, "listen", "ssl_protocols TLSv1.1; listen"), "speaks TLSv1.1"},
		"nginx with an older TLS inside":    {configMapType, config(t, "listen", "proxy_ssl_protocols TLSv1.2; listen"), "speaks TLSv1.2"},
		"nginx with TLS of its default":     {configMapType, config(t, "\tssl_protocols TLSv1.3;\n", ""), "sets no ssl_protocols"},
		"nginx with a rate too high":        {configMapType, config(t, "limit_req zone=client burst=100 nodelay", "limit_req zone=other"), "holds no client to 1000 requests a minute"},
		"nginx with a rate by the second":   {configMapType, config(t, "proxy_pass", "limit_req_zone $binary_remote_addr zone=b:1m rate=17r/s; proxy_pass"), "lets one address make 17 requests per s"},
		"nginx with a rate by host":         {configMapType, config(t, "$binary_remote_addr", "$host"), "holds no client to 1000 requests a minute"},
		"nginx with text of others":         {configMapType, config(t, "http {", "http { include /etc/nginx/conf.d/*.conf;"), "takes in text by include"},
		"nginx with code of others":         {configMapType, config(t, "http {", "load_module x.so; http {"), "takes in text by load_module"},
		"nginx in another file":             {configMapType, `{"data":{"site.conf":"server { listen 443 ssl; }"}}`, "data.site.conf sets no ssl_protocols"},
		"another program's configuration":   {configMapType, `{"data":{"redis.conf":"port 1"}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := verdict(row.typ, parse(t, row.properties))
			switch {
			case row.want == "" && len(got) > 0:
				t.Errorf("the pack complains: %q", got)
			case row.want != "" && (len(got) != 1 || !strings.Contains(got[0], row.want)):
				t.Errorf("the pack says %q; want one message with %q", got, row.want)
			}
		})
	}
}

func TestAPlainHTTPProxyOnlyRedirects(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		routes       string
		dependencies []string
		want         string
	}{
		"a redirect":                       {`{"defaultUrlRedirect":{"httpsRedirect":true}}`, []string{"map"}, ""},
		"a redirect that is not known":     {`{"defaultUrlRedirect":"<unknown>"}`, []string{"map"}, ""},
		"a redirect to somewhere":          {`{"defaultUrlRedirect":{"hostRedirect":"x"}}`, []string{"map"}, "does not redirect to HTTPS"},
		"a service":                        {`{"defaultService":"s"}`, []string{"map"}, "does not redirect to HTTPS"},
		"a redirect with a door beside it": {`{"defaultUrlRedirect":{"httpsRedirect":true},"hostRules":[{"hosts":["a"]}]}`, []string{"map"}, "has hostRules besides its redirect"},
		"a map of another stack":           {`{}`, []string{"project"}, "names a URL map that is not of this stack"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := edge.StackControls[0].Judge(control.Stack{
				{URN: "map", Type: urlMapType, Properties: parse(t, row.routes)},
				{URN: "proxy", Type: httpProxyType, Dependencies: append([]string{"other"}, row.dependencies...)},
			})
			switch {
			case row.want == "" && len(found) > 0:
				t.Errorf("the control complains: %v", found)
			case row.want != "" && (len(found) != 1 || found[0].URN != "proxy" || !strings.Contains(found[0].Fault, row.want)):
				t.Errorf("the control says %v; want %q of the proxy", found, row.want)
			}
		})
	}
}
