package gcp

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

func TestCheckRefusesWhatTheEdgeCannotBe(t *testing.T) {
	t.Parallel()
	rule := func(changes object) []any {
		return []any{with(armorRule(1000, "deny(403)", "198.51.100.0/24"), changes), armorRule(leastRulePriority, "allow", "*")}
	}
	limited := func(changes object) []any {
		return []any{throttle(changes), armorRule(leastRulePriority, "allow", "*")}
	}
	var eleven []any
	for range 11 {
		eleven = append(eleven, "198.51.100.0/24")
	}
	group := object{"group": "https://x/projects/p/zones/z/networkEndpointGroups/g", "balancingMode": "CONNECTION", "maxConnectionsPerEndpoint": 1}
	for name, row := range map[string]struct {
		token    string
		inputs   func(e *environment) object
		change   object
		property string
		reason   string
	}{
		"a priority twice":                     {securityPolicyType, (*environment).armorInputs, object{"rules": append(rule(nil), armorRule(1000, "allow", "*"))}, "rules[2].priority", "1000 is another rule's"},
		"a priority too large":                 {securityPolicyType, (*environment).armorInputs, object{"rules": rule(object{"priority": 2147483648.0})}, "rules[0].priority", "expected to be in the range (0 - 2147483647)"},
		"no default rule":                      {securityPolicyType, (*environment).armorInputs, object{"rules": []any{armorRule(1, "allow", "*")}}, "rules", "add one of priority 2147483647 that matches *"},
		"an action that is none":               {securityPolicyType, (*environment).armorInputs, object{"rules": rule(object{"action": "block"})}, "rules[0].action", `"block" is not an action`},
		"a throttle at the edge":               {securityPolicyType, (*environment).armorInputs, object{"type": "CLOUD_ARMOR_EDGE", "rules": limited(nil)}, "rules[0].action", "an edge policy allows and denies only"},
		"eleven ranges":                        {securityPolicyType, (*environment).armorInputs, object{"rules": rule(object{"match.config.srcIpRanges": eleven})}, "rules[0].match.config.srcIpRanges", "names 1 to 10 ranges, not 11"},
		"a range that is none":                 {securityPolicyType, (*environment).armorInputs, object{"rules": rule(object{"match.config.srcIpRanges": []any{"198.51.100.7/24"}})}, "rules[0].match.config.srcIpRanges", `"198.51.100.7/24" is neither *`},
		"an expression":                        {securityPolicyType, (*environment).armorInputs, object{"rules": rule(object{"match": object{"expr": object{"expression": "true"}}})}, "rules[0].match.expr", "the sandbox does not read Cloud Armor's expressions"},
		"a match of nothing":                   {securityPolicyType, (*environment).armorInputs, object{"rules": rule(object{"match.versionedExpr": nil})}, "rules[0].match", "set versionedExpr to SRC_IPS_V1"},
		"a throttle without a rate":            {securityPolicyType, (*environment).armorInputs, object{"rules": limited(object{"rateLimitOptions": nil})}, "rules[0].rateLimitOptions", "must be set for throttle"},
		"a rate for a denial":                  {securityPolicyType, (*environment).armorInputs, object{"rules": limited(object{"action": "allow"})}, "rules[0].rateLimitOptions", "and only then"},
		"an interval that is none":             {securityPolicyType, (*environment).armorInputs, object{"rules": limited(object{"rateLimitOptions.rateLimitThreshold.intervalSec": 61})}, "rules[0].rateLimitOptions.rateLimitThreshold.intervalSec", "expected one of [10 30 60"},
		"a count of none":                      {securityPolicyType, (*environment).armorInputs, object{"rules": limited(object{"rateLimitOptions.rateLimitThreshold.count": 0})}, "rules[0].rateLimitOptions.rateLimitThreshold.count", "at least 1"},
		"an answer beyond the rate":            {securityPolicyType, (*environment).armorInputs, object{"rules": limited(object{"rateLimitOptions.exceedAction": "deny(500)"})}, "rules[0].rateLimitOptions.exceedAction", `"deny(500)" is not an action`},
		"a rate that denies all":               {securityPolicyType, (*environment).armorInputs, object{"rules": limited(object{"rateLimitOptions.conformAction": "deny(403)"})}, "rules[0].rateLimitOptions.conformAction", `expected "allow"`},
		"a ban without a time":                 {securityPolicyType, (*environment).armorInputs, object{"rules": limited(object{"action": "rate_based_ban"})}, "rules[0].rateLimitOptions.banDurationSec", "must be set for rate_based_ban"},
		"a check slower than its interval":     {healthCheckType, (*environment).healthInputs, object{"timeoutSec": 9}, "timeoutSec", "9 is more than checkIntervalSec, 5"},
		"a fixed port that is not said":        {healthCheckType, (*environment).healthInputs, object{"httpHealthCheck.port": nil}, "httpHealthCheck.port", "must be set when portSpecification is USE_FIXED_PORT"},
		"a serving port that is said":          {healthCheckType, (*environment).healthInputs, object{"httpHealthCheck.portSpecification": "USE_SERVING_PORT"}, "httpHealthCheck.port", "must not be set"},
		"two protocols of a check":             {healthCheckType, (*environment).healthInputs, object{"tcpHealthCheck": object{"port": 1}}, "grpcHealthCheck", "exactly one of grpcHealthCheck"},
		"endpoints without a check":            {backendServiceType, (*environment).backendInputs, object{"healthChecks": nil}, "healthChecks", "must be set"},
		"a group's utilization":                {backendServiceType, (*environment).backendInputs, object{"backends": []any{with(group, object{"balancingMode": "UTILIZATION"})}}, "backends[0].balancingMode", "an endpoint group has no utilization"},
		"a rate of connections":                {backendServiceType, (*environment).backendInputs, object{"backends": []any{with(group, object{"balancingMode": "RATE"})}}, "backends[0].balancingMode", "TCP has no requests to count"},
		"connections without a bound":          {backendServiceType, (*environment).backendInputs, object{"backends": []any{with(group, object{"maxConnectionsPerEndpoint": nil})}}, "backends[0]", "balancingMode CONNECTION needs maxConnections"},
		"a group twice":                        {backendServiceType, (*environment).backendInputs, object{"backends": []any{group, group}}, "backends[1].group", "is listed twice"},
		"a capacity of nothing":                {backendServiceType, (*environment).backendInputs, object{"backends": []any{with(group, object{"capacityScaler": 0.01})}}, "backends[0].capacityScaler", "from 0.1 to 1"},
		"a cookie for connections":             {backendServiceType, (*environment).backendInputs, object{"sessionAffinity": "GENERATED_COOKIE"}, "sessionAffinity", "TCP has no requests"},
		"a cache for connections":              {backendServiceType, (*environment).backendInputs, object{"enableCdn": true}, "enableCdn", "Cloud CDN serves HTTP only"},
		"an hour and a second of draining":     {backendServiceType, (*environment).backendInputs, object{"connectionDrainingTimeoutSec": 3601}, "connectionDrainingTimeoutSec", "(0 - 3600)"},
		"more than all logs":                   {backendServiceType, (*environment).backendInputs, object{"logConfig.sampleRate": 2}, "logConfig.sampleRate", "(0 - 1)"},
		"a zone without a dot":                 {zoneType, (*environment).zoneInputs, object{"dnsName": testDomain}, "dnsName", "write it with a dot at its end"},
		"a zone with one key":                  {zoneType, (*environment).zoneInputs, object{"dnssecConfig.defaultKeySpecs": []any{object{"algorithm": "rsasha256", "keyLength": 2048, "keyType": "keySigning"}}}, "dnssecConfig.defaultKeySpecs", "one keySigning and one zoneSigning"},
		"a key of a length that is none":       {zoneType, (*environment).zoneInputs, object{"dnssecConfig.defaultKeySpecs": []any{object{"algorithm": "ecdsap256sha256", "keyLength": 2048, "keyType": "keySigning"}}}, "dnssecConfig.defaultKeySpecs.keyLength", "ecdsap256sha256 has no keys of 2048 bits"},
		"a public zone for one network":        {zoneType, (*environment).zoneInputs, object{"privateVisibilityConfig": object{"networks": []any{object{"networkUrl": "projects/p/global/networks/n"}}}}, "privateVisibilityConfig", "is for a zone whose visibility is private"},
		"a signed private zone":                {zoneType, (*environment).zoneInputs, object{"visibility": "private"}, "dnssecConfig.state", "a private zone is not signed"},
		"a record without a dot":               {recordSetType, (*environment).recordInputs, object{"name": "www." + testDomain}, "name", "write it with a dot at its end"},
		"an address that is none":              {recordSetType, (*environment).recordInputs, object{"rrdatas": []any{"2001:db8::1"}}, "rrdatas", "is not an IPv4 address"},
		"an authority without a value":         {recordSetType, (*environment).recordInputs, object{"type": "CAA", "rrdatas": []any{"0 issue pki.goog"}}, "rrdatas", `write it like 0 issue "pki.goog"`},
		"an authority with a tag that is none": {recordSetType, (*environment).recordInputs, object{"type": "CAA", "rrdatas": []any{`0 isue "pki.goog"`}}, "rrdatas", "is not a CAA record"},
		"an authority with a flag too large":   {recordSetType, (*environment).recordInputs, object{"type": "CAA", "rrdatas": []any{`256 issue "pki.goog"`}}, "rrdatas", "is not a CAA record"},
		"an authority that is an address":      {recordSetType, (*environment).recordInputs, object{"type": "CAA", "rrdatas": []any{`0 issue "https://pki.goog"`}}, "rrdatas", "names no issuer"},
		"reports to nowhere":                   {recordSetType, (*environment).recordInputs, object{"type": "CAA", "rrdatas": []any{`0 iodef "security"`}}, "rrdatas", "is not an address for reports"},
		"two targets of an alias":              {recordSetType, (*environment).recordInputs, object{"type": "CNAME", "rrdatas": []any{"a.b.", "c.d."}}, "rrdatas", "a CNAME has one target"},
		"text without quotes":                  {recordSetType, (*environment).recordInputs, object{"type": "TXT", "rrdatas": []any{"v=spf1 -all"}}, "rrdatas", "must stand in quotes"},
		"a negative time":                      {recordSetType, (*environment).recordInputs, object{"ttl": -1}, "ttl", "(0 - 2147483647)"},
		"a longest time with every mode":       {backendBucketType, (*environment).filesInputs, object{"cdnPolicy.maxTtl": 7200}, "cdnPolicy.maxTtl", "cannot be set with FORCE_CACHE_ALL"},
		"times of ours and the bucket's":       {backendBucketType, (*environment).filesInputs, object{"cdnPolicy.cacheMode": "USE_ORIGIN_HEADERS"}, "cdnPolicy", "takes every time from the bucket"},
		"a browser that keeps longer":          {backendBucketType, (*environment).filesInputs, object{"cdnPolicy.clientTtl": 7200}, "cdnPolicy.clientTtl", "7200 is more than defaultTtl, 3600"},
		"two years":                            {backendBucketType, (*environment).filesInputs, object{"cdnPolicy.defaultTtl": 63072000}, "cdnPolicy.defaultTtl", "(0 - 3.16224e+07)"},
		"a code that is never cached":          {backendBucketType, (*environment).filesInputs, object{"cdnPolicy.negativeCachingPolicies": []any{object{"code": 500, "ttl": 60}}}, "cdnPolicy.negativeCachingPolicies.code", "got 500"},
		"an hour of not found":                 {backendBucketType, (*environment).filesInputs, object{"cdnPolicy.negativeCachingPolicies": []any{object{"code": 404, "ttl": 3600}}}, "cdnPolicy.negativeCachingPolicies.ttl", "(0 - 1800)"},
		"negative times without the switch":    {backendBucketType, (*environment).filesInputs, object{"cdnPolicy.negativeCaching": false}, "cdnPolicy.negativeCachingPolicies", "need negativeCaching"},
		"a header without a value":             {backendBucketType, (*environment).filesInputs, object{"customResponseHeaders": []any{"nosniff"}}, "customResponseHeaders", "is not a header"},
		"a short signing key":                  {signedURLKeyType, (*environment).signedKeyInputs, object{"keyValue": "c2hvcnQ="}, "keyValue", "must be 16 bytes"},
		"ciphers without the profile":          {sslPolicyType, (*environment).ciphersInputs, object{"customFeatures": []any{"X"}}, "customFeatures", "must be set when profile is CUSTOM"},
		"a proxy without a certificate":        {httpsProxyType, (*environment).httpsProxyInputs, object{"certificateMap": nil}, "certificateMap", "must be set"},
		"a map by its plain id":                {httpsProxyType, (*environment).httpsProxyInputs, object{"certificateMap": "projects/p/locations/global/certificateMaps/m"}, "certificateMap", "is not a certificate map"},
		"two defaults of a map":                {urlMapType, (*environment).routesInputs, object{"defaultUrlRedirect": object{"stripQuery": false}}, "defaultService", "not 2"},
		"a matcher that is not there":          {urlMapType, (*environment).routesInputs, object{"hostRules": []any{object{"hosts": []any{"a"}, "pathMatcher": "x"}}}, "hostRules.pathMatcher", `"x" is none of pathMatchers`},
		"a matcher that nobody uses":           {urlMapType, (*environment).routesInputs, object{"hostRules": nil}, "pathMatchers.name", "is used by no host"},
		"a host twice":                         {urlMapType, (*environment).routesInputs, object{"hostRules": []any{object{"hosts": []any{"a", "a"}, "pathMatcher": "content"}}}, "hostRules.hosts", `"a" is in two rules`},
		"a path with a star inside":            {urlMapType, (*environment).routesInputs, object{"pathMatchers": []any{object{"name": "content", "pathRules": []any{object{"paths": []any{"/*.css"}}}}}}, "pathMatchers.pathRules.paths", `"/*.css" is not a path`},
		"a wildcard's authorization":           {dnsAuthorizationType, func(e *environment) object { return object{"project": e.api("certificatemanager"), "domain": "*.a.br"} }, object{}, "domain", "it covers the wildcard under it"},
		"an entry without a certificate":       {certificateEntryType, (*environment).entryInputs, object{"certificates": []any{}}, "certificates", "1 to 4 certificates"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEnvironment(newWorld(t))
			inputs := row.inputs(e)
			if len(row.change) > 0 {
				e.checked(row.token, "x", nil, inputs) // without the change nothing is wrong
			}
			wantFailure(t, e.check(row.token, "x", nil, with(inputs, row.change)), row.property, row.reason)
		})
	}
}

func TestGoogleRefusesAnEdgeThatDoesNotFitTogether(t *testing.T) {
	t.Parallel()
	other := func(e *environment) string {
		return e.create(backendServiceType, "other", with(e.backendInputs(), object{"protocol": "HTTP", "backends": nil, "sessionAffinity": "NONE"})).text("selfLink")
	}
	for name, row := range map[string]refusal{
		"a group that does not exist": {backendServiceType, (*environment).backendInputs, object{"backends": []any{object{"group": groupID("nowhere"), "balancingMode": "CONNECTION", "maxConnectionsPerEndpoint": 1}}},
			[]string{"The resource '" + groupID("nowhere") + "' was not found"}},
		"an edge policy for connections": {backendServiceType, func(e *environment) object {
			return with(e.backendInputs(), object{"securityPolicy": e.edgeArmor().text("selfLink")})
		}, nil, []string{"The type of the policy is CLOUD_ARMOR_EDGE", "use a policy of type CLOUD_ARMOR"}},
		"a policy for the cache that is none": {backendBucketType, func(e *environment) object {
			return with(e.filesInputs(), object{"edgeSecurityPolicy": e.armor().text("selfLink")})
		}, nil, []string{"The type of the policy is CLOUD_ARMOR,", "use a policy of type CLOUD_ARMOR_EDGE"}},
		"a TCP proxy before HTTP":    {tcpProxyType, func(e *environment) object { return with(e.tcpProxyInputs(), object{"backendService": other(e)}) }, nil, []string{"The protocol of the backend service is HTTP"}},
		"another scheme than behind": {forwardingRuleType, (*environment).ruleInputs, object{"loadBalancingScheme": "EXTERNAL"}, []string{"The backend service has EXTERNAL_MANAGED"}},
		"an address of nobody":       {forwardingRuleType, (*environment).ruleInputs, object{"ipAddress": "203.0.113.200"}, []string{"was not found or is not reserved"}},
		"no address":                 {forwardingRuleType, (*environment).ruleInputs, object{"ipAddress": nil}, []string{"reserve a GlobalAddress, and name it"}},
		"an address and port twice":  {forwardingRuleType, func(e *environment) object { e.rule443(); return e.ruleInputs() }, nil, []string{"is in-use and would result in a conflict"}},
		"HTTP on another port": {forwardingRuleType, func(e *environment) object {
			return with(e.ruleInputs(), object{"target": e.httpProxy().text("selfLink")})
		}, nil, []string{"does not listen there", "use 80 or 8080"}},
		"a target that is none":       {forwardingRuleType, (*environment).ruleInputs, object{"target": "projects/p/global/networks/x"}, []string{"It is no target proxy"}},
		"a target that is not there":  {forwardingRuleType, (*environment).ruleInputs, object{"target": "projects/avila-test/global/targetTcpProxies/x"}, []string{"'projects/avila-test/global/targetTcpProxies/x' was not found"}},
		"a name of another zone":      {recordSetType, (*environment).recordInputs, object{"name": "www.example.com."}, []string{"'www.example.com.' is not in the zone 'example.com.br.'", "put it under example.com.br."}},
		"a name that only ends alike": {recordSetType, (*environment).recordInputs, object{"name": "notexample.com.br."}, []string{"is not in the zone"}},
		"an alias at the apex":        {recordSetType, (*environment).recordInputs, object{"type": "CNAME", "rrdatas": []any{"a.example."}}, []string{"a CNAME cannot stand at the apex"}},
		"an alias beside an address": {recordSetType, func(e *environment) object {
			e.create(recordSetType, "www", with(e.recordInputs(), object{"name": "www." + testDomain + "."}))
			return with(e.recordInputs(), object{"name": "www." + testDomain + ".", "type": "CNAME", "rrdatas": []any{"a.example."}})
		}, nil, []string{"a CNAME resource record set with the same name must be the only one"}},
		"a record in no zone":              {recordSetType, (*environment).recordInputs, object{"managedZone": "nowhere"}, []string{"'projects/avila-test/managedZones/nowhere' was not found"}},
		"a certificate that nobody proves": {certificateType, (*environment).certificateInputs, object{"managed.domains": []any{"www." + testDomain}}, []string{`domain "www.example.com.br" is not covered by a DNS authorization`}},
		"two entries for a host":           {certificateEntryType, func(e *environment) object { e.entry(); return e.entryInputs() }, nil, []string{"The map already has an entry for 'cdn.example.com.br'"}},
		"a fourth signing key": {signedURLKeyType, func(e *environment) object {
			for _, name := range []string{"key-2", "key-3", "key-4"} {
				e.create(signedURLKeyType, name, with(e.signedKeyInputs(), object{"name": name}))
			}
			return e.signedKeyInputs()
		}, nil, []string{"has 3 signed URL keys already"}},
		"a reader before the first key": {bucketMemberType, (*environment).fillInputs, nil, []string{"cloud-cdn-fill.iam.gserviceaccount.com does not exist.", "add a BackendBucketSignedUrlKey first"}},
		"a reader of no bucket":         {bucketMemberType, (*environment).fillInputs, object{"bucket": "nowhere"}, []string{"The specified storage bucket 'nowhere' does not exist"}},
		"a map that fails its test": {urlMapType, func(e *environment) object {
			second := e.create(backendBucketType, "second", e.filesInputs()).text("selfLink")
			return with(e.routesInputs(), object{"tests": []any{object{"host": "cdn." + testDomain, "path": "/media/x", "service": second}}})
		}, nil, []string{"Test failure: tests[0] expects projects/avila-test/global/backendBuckets/second-", "for cdn.example.com.br/media/x"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.run(t)
		})
	}
}

func TestWhatTheEdgeUsesCannotGo(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.edge()
	for used, user := range map[*thing]*thing{
		e.address(): e.rule443(), e.tcpProxy(): e.rule443(), e.backend(): e.tcpProxy(), e.health(): e.backend(), e.armor(): e.backend(),
		e.edgeArmor(): e.files(), e.files(): e.routes(), e.routes(): e.httpsProxy(), e.ciphers(): e.httpsProxy(), e.hosts(): e.entry(),
		e.certificate(): e.entry(), e.authorization(): e.certificate(), e.redirect(): e.httpProxy(),
	} {
		wantError(t, e.tryDelete(used), "is already being used by", "'"+string(user.id)+"'")
	}
	wantError(t, e.tryDelete(e.zone()), "cannot be deleted because it contains one or more 'resource records'")
	e.update(e.zone(), with(e.zoneInputs(), object{"forceDestroy": true}))
	e.delete(e.zone())
	if left := e.read(e.record()); left.ID != "" {
		t.Errorf("the record %s outlives its zone", left.ID)
	}
}

func TestGroupsComeAndGoWithTheirService(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	controller := &Groups{e.provider.store}
	look := func(name string) (plugin.InvokeResponse, error) {
		return e.provider.Invoke(t.Context(), plugin.InvokeRequest{Tok: tokens.ModuleMember(getGroup), Args: properties(object{"name": name, "zone": testRegion + "-a"})})
	}
	e.pool()
	_, err := look(testGroup)
	wantError(t, err, groupID(testGroup)+" not found", "the cluster's Service makes it")
	e.groups()
	found, err := look(testGroup)
	if err != nil || text(found.Properties, "selfLink") != computeLink+groupID(testGroup) || text(found.Properties, "network") != string(e.network().id) || text(found.Properties, "networkEndpointType") != "GCE_VM_IP_PORT" {
		t.Errorf("got %v, %v", found, err)
	}

	// Another Service cannot take the name, and a rename leaves nothing behind.
	stranger := testExposed(testGroup)
	stranger.Service = "stranger"
	wantError(t, controller.Keep(t.Context(), stranger), "already exists, and is not this Service's")
	if err := controller.Keep(t.Context(), testExposed("renamed")); err != nil {
		t.Fatal(err)
	}
	_, err = look(testGroup)
	wantError(t, err, "not found")

	e.groups()
	backend := e.backend()
	want := []string{"The network_endpoint_group resource '" + groupID(testGroup) + "' is already being used by '" + string(backend.id) + "'", "release it from the load balancer before the Service goes"}
	wantError(t, e.release(), want...)
	wantError(t, controller.Keep(t.Context(), testExposed("renamed")), want...)
	e.delete(backend)
	if err := e.release(); err != nil {
		t.Fatal(err)
	}
	_, err = look(testGroup)
	wantError(t, err, "not found")
}

func TestAGroupHoldsItsNetwork(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.groups()
	wantError(t, e.tryDelete(e.network()), "is already being used by", groupID(testGroup))
}

func TestGroupsOfACloudThatIsGoneAreNoTrouble(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	controller := &Groups{w.provider.store}
	if err := controller.Release(t.Context(), Exposed{Project: "gone", Cluster: "c", Namespace: "n", Service: "s"}); err != nil {
		t.Error(err)
	}
	wantError(t, controller.Keep(t.Context(), testExposed(testGroup)), "cluster "+clusterName+" was not found")
}

func TestEveryOtherFunctionIsRefusedByName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.provider.Invoke(t.Context(), plugin.InvokeRequest{Tok: "gcp:compute/getZones:getZones"})
	wantError(t, err, "the sandbox does not answer the function gcp:compute/getZones:getZones")
	_, err = w.provider.Invoke(t.Context(), plugin.InvokeRequest{Tok: tokens.ModuleMember(getGroup), Args: resource.PropertyMap{}})
	wantError(t, err, "name and zone, or selfLink, are required")
}

func TestACertificateIsActiveOnceItsProofIsShown(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	if before := e.create(certificateType, "before", e.certificateInputs()); before.text("managed.state") != "PROVISIONING" {
		t.Errorf("without the record it is %s", before.text("managed.state"))
	}
	if after := e.certificate(); after.text("managed.state") != "ACTIVE" {
		t.Errorf("with the record it is %s", after.text("managed.state"))
	}
}

func TestASignedZoneKeepsItsAlgorithm(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	spec := func(use string) object {
		return object{"algorithm": "rsasha256", "keyLength": 2048, "keyType": use}
	}
	other := object{"dnssecConfig.defaultKeySpecs": []any{spec("keySigning"), spec("zoneSigning")}}
	wantError(t, e.tryUpdate(e.zone(), with(e.zoneInputs(), other)), "can only be changed while DNSSEC is off")
	e.update(e.zone(), with(e.zoneInputs(), object{"dnssecConfig.state": "off"}))
	e.update(e.zone(), with(with(e.zoneInputs(), other), object{"dnssecConfig.state": "off"}))
}

func TestOnlySomeChangesOfTheEdgeReplace(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.edge()
	for _, row := range []struct {
		th       *thing
		inputs   object
		change   object
		replaces bool
	}{
		{e.backend(), e.backendInputs(), object{"loadBalancingScheme": "EXTERNAL"}, true},
		{e.backend(), e.backendInputs(), object{"timeoutSec": 30}, false},
		{e.rule443(), e.ruleInputs(), object{"portRange": "444"}, true},
		{e.rule443(), e.ruleInputs(), object{"target": "projects/avila-test/global/targetTcpProxies/x"}, false},
		{e.tcpProxy(), e.tcpProxyInputs(), object{"proxyHeader": "NONE"}, false},
		{e.tcpProxy(), e.tcpProxyInputs(), object{"description": "x"}, true},
		{e.zone(), e.zoneInputs(), object{"dnsName": "other.br."}, true},
		{e.record(), e.recordInputs(), object{"ttl": 60}, false},
		{e.certificate(), e.certificateInputs(), object{"managed.domains": []any{"x"}}, true},
		{e.files(), e.filesInputs(), object{"cdnPolicy.defaultTtl": 60, "cdnPolicy.clientTtl": 60}, false},
		{e.ciphers(), e.ciphersInputs(), object{"profile": "MODERN"}, false},
		{e.signedKey(), e.signedKeyInputs(), object{"keyValue": secret("QUFBQUFBQUFBQUFBQUFBQQ==")}, true},
	} {
		if diff := e.diff(row.th, with(row.inputs, row.change)); (len(diff.ReplaceKeys) > 0) != row.replaces || diff.Changes != plugin.DiffSome {
			t.Errorf("%s: %v replaces %v, want %v", row.th.urn.Type(), row.change, diff.ReplaceKeys, row.replaces)
		}
	}
}

func TestTheSigningKeyLiesSealed(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	if !e.signedKey().outputs["keyValue"].IsSecret() {
		t.Error("the key is not secret")
	}
}

func TestARepositoryThatMirrorsIsKnownToBeOne(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.repository()
	e.create(repositoryType, "mirror", object{
		"project": e.api("artifactregistry"), "location": testRegion, "repositoryId": "docker-hub", "format": "DOCKER", "mode": "REMOTE_REPOSITORY",
		"remoteRepositoryConfig": object{"dockerRepository": object{"publicRepository": "DOCKER_HUB"}},
	})
	for repository, want := range map[string]bool{"docker-hub": true, "images": false, "nowhere": false} {
		if got, err := Mirrors(t.Context(), e.home, testProject, testRegion, repository); err != nil || got != want {
			t.Errorf("%s mirrors: %v, %v, want %v", repository, got, err, want)
		}
	}
}
