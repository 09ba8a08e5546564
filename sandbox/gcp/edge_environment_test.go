package gcp

import (
	"encoding/base64"
)

const (
	testDomain = "example.com.br"
	testGroup  = "gateway-test-443"
)

// groups has the cluster's controller make an endpoint group for a Service.
func (e *environment) groups() string {
	e.t.Helper()
	e.pool()
	controller := &Groups{e.provider.store}
	if err := controller.Keep(e.t.Context(), testExposed(testGroup)); err != nil {
		e.t.Fatal(err)
	}
	return computeLink + groupID(testGroup)
}

func testExposed(name string) Exposed {
	return Exposed{Project: testProject, Cluster: clusterName, Namespace: "gateway", Service: "gateway", Names: map[string]string{"443": name}}
}

func groupID(name string) string {
	return "projects/" + testProject + "/zones/" + testRegion + "-a/networkEndpointGroups/" + name
}

// release has the Service go.
func (e *environment) release() error {
	return (&Groups{e.provider.store}).Release(e.t.Context(), testExposed(testGroup))
}

func (e *environment) healthInputs() object {
	return object{
		"project": e.api("compute"), "description": "Health.", "checkIntervalSec": 5, "timeoutSec": 3, "healthyThreshold": 2, "unhealthyThreshold": 2,
		"httpHealthCheck": object{"port": 8081, "portSpecification": "USE_FIXED_PORT", "requestPath": "/healthz"}, "logConfig": object{"enable": true},
	}
}

func (e *environment) health() *thing {
	e.t.Helper()
	return e.add("health", healthCheckType, "edge-health", e.healthInputs)
}

func armorRule(priority int, action, source string) object {
	return object{
		"priority": priority, "action": action, "description": "Rule.",
		"match": object{"versionedExpr": "SRC_IPS_V1", "config": object{"srcIpRanges": []any{source}}},
	}
}

func throttle(changes object) object {
	return with(with(armorRule(10000, "throttle", "*"), object{"rateLimitOptions": object{
		"conformAction": "allow", "exceedAction": "deny(429)", "enforceOnKey": "IP", "rateLimitThreshold": object{"count": 1200, "intervalSec": 60},
	}}), changes)
}

func (e *environment) armorInputs() object {
	return object{
		"project": e.api("compute"), "description": "Who may connect.", "type": "CLOUD_ARMOR",
		"rules": []any{armorRule(1000, "deny(403)", "198.51.100.0/24"), throttle(nil), armorRule(leastRulePriority, "allow", "*")},
	}
}

func (e *environment) armor() *thing {
	e.t.Helper()
	return e.add("armor", securityPolicyType, "edge-armor", e.armorInputs)
}

func (e *environment) edgeArmor() *thing {
	e.t.Helper()
	return e.add("edgeArmor", securityPolicyType, "cdn-armor", func() object {
		return object{"project": e.api("compute"), "description": "Who may ask.", "type": "CLOUD_ARMOR_EDGE", "rules": []any{armorRule(leastRulePriority, "allow", "*")}}
	})
}

func (e *environment) backendInputs() object {
	return object{
		"project": testProject, "description": "Gateways.", "protocol": "TCP", "loadBalancingScheme": "EXTERNAL_MANAGED",
		"backends":     []any{object{"group": e.groups(), "balancingMode": "CONNECTION", "maxConnectionsPerEndpoint": 4000, "capacityScaler": 1}},
		"healthChecks": e.health().text("selfLink"), "securityPolicy": e.armor().text("selfLink"), "sessionAffinity": "CLIENT_IP",
		"timeoutSec": 90, "connectionDrainingTimeoutSec": 60, "logConfig": object{"enable": true, "sampleRate": 1},
	}
}

func (e *environment) backend() *thing {
	e.t.Helper()
	return e.add("backend", backendServiceType, "edge-https", e.backendInputs)
}

func (e *environment) tcpProxyInputs() object {
	return object{"project": testProject, "description": "Proxy.", "backendService": e.backend().text("selfLink"), "proxyHeader": "PROXY_V1"}
}

func (e *environment) tcpProxy() *thing {
	e.t.Helper()
	return e.add("tcpProxy", tcpProxyType, "edge-https", e.tcpProxyInputs)
}

func (e *environment) address() *thing {
	e.t.Helper()
	return e.add("address", addressType, "edge-address", func() object {
		return object{"project": e.api("compute"), "description": "The address.", "addressType": "EXTERNAL", "ipVersion": "IPV4"}
	})
}

func (e *environment) ruleInputs() object {
	return object{
		"project": testProject, "description": "Port 443.", "ipAddress": e.address().text("address"), "ipProtocol": "TCP", "portRange": "443",
		"loadBalancingScheme": "EXTERNAL_MANAGED", "target": e.tcpProxy().text("selfLink"),
	}
}

func (e *environment) rule443() *thing {
	e.t.Helper()
	return e.add("rule", forwardingRuleType, "edge-https", e.ruleInputs)
}

func (e *environment) zoneInputs() object {
	spec := func(use string) object {
		return object{"algorithm": "ecdsap256sha256", "keyLength": 256, "keyType": use}
	}
	return object{
		"project": e.api("dns"), "dnsName": testDomain + ".", "description": "Public names.", "visibility": "public", "forceDestroy": false,
		"dnssecConfig":       object{"state": "on", "nonExistence": "nsec3", "defaultKeySpecs": []any{spec("keySigning"), spec("zoneSigning")}},
		"cloudLoggingConfig": object{"enableLogging": true},
	}
}

func (e *environment) zone() *thing {
	e.t.Helper()
	return e.add("zone", zoneType, "dns-zone", e.zoneInputs)
}

func (e *environment) recordInputs() object {
	return object{"project": testProject, "managedZone": e.zone().text("name"), "name": testDomain + ".", "type": "A", "ttl": 300, "rrdatas": []any{e.address().text("address")}}
}

func (e *environment) record() *thing {
	e.t.Helper()
	return e.add("record", recordSetType, "dns-apex", e.recordInputs)
}

func (e *environment) solver() *thing {
	e.t.Helper()
	return e.add("solver", zoneMemberType, "certificates-zone", func() object {
		return object{"project": testProject, "managedZone": e.zone().text("name"), "role": "roles/dns.reader", "member": e.ciAccount().text("member")}
	})
}

func (e *environment) authorization() *thing {
	e.t.Helper()
	return e.add("authorization", dnsAuthorizationType, "cdn-proof", func() object {
		return object{"project": e.api("certificatemanager"), "description": "Proof.", "domain": "cdn." + testDomain}
	})
}

func (e *environment) proof() *thing {
	e.t.Helper()
	return e.add("proof", recordSetType, "cdn-proof", func() object {
		wanted := e.authorization().outputs
		return object{
			"project": testProject, "managedZone": e.zone().text("name"), "ttl": 300,
			"name": texts(wanted, "dnsResourceRecords.name")[0], "type": "CNAME", "rrdatas": []any{texts(wanted, "dnsResourceRecords.data")[0]},
		}
	})
}

func (e *environment) certificateInputs() object {
	return object{
		"project": testProject, "description": "Certificate.",
		"managed": object{"domains": []any{"cdn." + testDomain}, "dnsAuthorizations": []any{string(e.authorization().id)}},
	}
}

func (e *environment) certificate() *thing {
	e.t.Helper()
	e.proof()
	e.solver()
	return e.add("certificate", certificateType, "cdn-certificate", e.certificateInputs)
}

func (e *environment) hosts() *thing {
	e.t.Helper()
	return e.add("hosts", certificateMapType, "cdn-hosts", func() object {
		return object{"project": e.api("certificatemanager"), "description": "Hosts."}
	})
}

func (e *environment) entryInputs() object {
	return object{
		"project": testProject, "description": "Entry.", "map": e.hosts().text("name"), "hostname": "cdn." + testDomain, "certificates": []any{string(e.certificate().id)},
	}
}

func (e *environment) entry() *thing {
	e.t.Helper()
	return e.add("entry", certificateEntryType, "cdn-host", e.entryInputs)
}

func (e *environment) filesInputs() object {
	e.api("compute")
	return object{
		"project": testProject, "description": "Files.", "bucketName": e.bucket().text("name"), "enableCdn": true, "compressionMode": "AUTOMATIC",
		"edgeSecurityPolicy": e.edgeArmor().text("selfLink"), "customResponseHeaders": []any{"X-Content-Type-Options: nosniff"},
		"cdnPolicy": object{
			"cacheMode": "FORCE_CACHE_ALL", "defaultTtl": 3600, "clientTtl": 300, "cacheKeyPolicy": object{"queryStringWhitelists": []any{"generation"}},
			"negativeCaching": true, "negativeCachingPolicies": []any{object{"code": 404, "ttl": 60}}, "serveWhileStale": 86400, "requestCoalescing": true,
			"signedUrlCacheMaxAgeSec": 3600,
		},
	}
}

func (e *environment) files() *thing {
	e.t.Helper()
	return e.add("files", backendBucketType, "cdn-files", e.filesInputs)
}

const signingKey = "signing-key-16-b"

func (e *environment) signedKeyInputs() object {
	return object{
		"project": testProject, "backendBucket": e.files().text("name"), "name": "key-1",
		"keyValue": secret(base64.URLEncoding.EncodeToString([]byte(signingKey))),
	}
}

func (e *environment) signedKey() *thing {
	e.t.Helper()
	return e.add("signedKey", signedURLKeyType, "cdn-key-1", e.signedKeyInputs)
}

func (e *environment) fillInputs() object {
	return object{
		"bucket": e.bucket().text("name"), "role": "roles/storage.objectViewer",
		"member": "serviceAccount:service-" + testNumber + "@cloud-cdn-fill.iam.gserviceaccount.com",
	}
}

func (e *environment) fill() *thing {
	e.t.Helper()
	e.signedKey()
	return e.add("fill", bucketMemberType, "cdn-reads", e.fillInputs)
}

func (e *environment) routesInputs() object {
	files := e.files().text("selfLink")
	return object{
		"project": testProject, "description": "Routes.", "defaultService": files,
		"hostRules":    []any{object{"hosts": []any{"cdn." + testDomain}, "pathMatcher": "content"}},
		"pathMatchers": []any{object{"name": "content", "defaultService": files, "pathRules": []any{object{"paths": []any{"/media/*"}, "service": files}}}},
		"tests":        []any{object{"host": "cdn." + testDomain, "path": "/media/file", "service": files, "description": "Media."}},
	}
}

func (e *environment) routes() *thing {
	e.t.Helper()
	return e.add("routes", urlMapType, "cdn-routes", e.routesInputs)
}

func (e *environment) ciphersInputs() object {
	return object{"project": e.api("compute"), "description": "TLS.", "profile": "RESTRICTED", "minTlsVersion": "TLS_1_2"}
}

func (e *environment) ciphers() *thing {
	e.t.Helper()
	return e.add("ciphers", sslPolicyType, "cdn-tls", e.ciphersInputs)
}

func (e *environment) httpsProxyInputs() object {
	e.entry()
	return object{
		"project": testProject, "description": "HTTPS.", "urlMap": e.routes().text("selfLink"), "sslPolicy": e.ciphers().text("selfLink"),
		"certificateMap": "//certificatemanager.googleapis.com/" + string(e.hosts().id), "quicOverride": "ENABLE",
	}
}

func (e *environment) httpsProxy() *thing {
	e.t.Helper()
	return e.add("httpsProxy", httpsProxyType, "cdn-https", e.httpsProxyInputs)
}

func (e *environment) redirect() *thing {
	e.t.Helper()
	return e.add("redirect", urlMapType, "cdn-redirect", func() object {
		return object{
			"project": e.api("compute"), "description": "Redirects.",
			"defaultUrlRedirect": object{"httpsRedirect": true, "stripQuery": false, "redirectResponseCode": "PERMANENT_REDIRECT"},
		}
	})
}

func (e *environment) httpProxy() *thing {
	e.t.Helper()
	return e.add("httpProxy", httpProxyType, "cdn-http", func() object {
		return object{"project": testProject, "description": "HTTP.", "urlMap": e.redirect().text("selfLink")}
	})
}

// edge makes everything of the edge, the zone and the CDN.
func (e *environment) edge() *thing {
	e.t.Helper()
	for _, add := range []func() *thing{e.rule443, e.record, e.fill, e.httpsProxy} {
		add()
	}
	return e.httpProxy()
}
