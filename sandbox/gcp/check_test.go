package gcp

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
)

func TestEveryTypeOfTheCatalogueHasARuleAndNoOther(t *testing.T) {
	t.Parallel()
	if len(rules) != len(catalog.Tokens()) || len(rules) == 0 {
		t.Errorf("%d rules, %d types", len(rules), len(catalog.Tokens()))
	}
	for _, token := range catalog.Tokens() {
		if rules[token] == nil {
			t.Errorf("%s has no rule: write it in sandbox/gcp", token)
		}
	}
}

func TestPathsInRulesAreThoseOfTheSDK(t *testing.T) {
	t.Parallel()
	for token, r := range rules {
		ct, ok := catalog.Lookup(token)
		if !ok {
			t.Fatalf("%s is not in the catalogue", token)
		}
		paths := append([]string{}, r.replaces...)
		for path := range r.defaults {
			paths = append(paths, path)
		}
		for path := range r.replacesWhen {
			paths = append(paths, path)
		}
		for _, list := range append(r.conflicts, r.oneOf...) {
			paths = append(paths, list...)
		}
		for _, ref := range r.refs {
			paths = append(paths, ref.path)
			if everyRule[ref.to] == nil {
				t.Errorf("%s refers to %s, which has no rule", token, ref.to)
			}
		}
		for _, use := range r.keys {
			paths = append(paths, use.path, use.place)
		}
		for _, path := range append(paths, r.owner, r.place) {
			if _, ok := ct.At(strings.Split(path, ".")...); !ok && path != "" {
				t.Errorf("%s has no property %s", token, path)
			}
		}
		if (r.made == nil) != (r.unmade == nil) {
			t.Errorf("%s has one of made and unmade", token)
		}
	}
}

func TestATypeThatTheSandboxDoesNotKnowIsRefusedByName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const token = "gcp:compute/instance:Instance"
	want := "the sandbox knows no resource type gcp:compute/instance:Instance: add it to"
	u := urnOf(token, "vm")
	_, err := w.provider.Check(t.Context(), plugin.CheckRequest{URN: u})
	wantError(t, err, want)
	_, err = w.provider.Diff(t.Context(), plugin.DiffRequest{URN: u})
	wantError(t, err, want)
	_, err = w.provider.Create(t.Context(), plugin.CreateRequest{URN: u})
	wantError(t, err, want)
	_, err = w.provider.Read(t.Context(), plugin.ReadRequest{URN: u, ID: "x"})
	wantError(t, err, want)
	_, err = w.provider.Update(t.Context(), plugin.UpdateRequest{URN: u, ID: "x"})
	wantError(t, err, want)
	_, err = w.provider.Delete(t.Context(), plugin.DeleteRequest{URN: u, ID: "x"})
	wantError(t, err, want)
}

func TestCheckRefusesInputsByPropertyAndRemedy(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	router := object{"network": "n", "project": testProject, "region": testRegion}
	nat := object{"router": "r", "project": testProject, "region": testRegion, "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"}
	firewall := object{"network": "n", "denies": []any{object{"protocol": "all"}}, "sourceRanges": []any{"0.0.0.0/0"}}
	address := object{"network": "n", "purpose": "VPC_PEERING", "addressType": "INTERNAL", "prefixLength": 20}
	redis := object{"memorySizeGb": 5, "tier": "STANDARD_HA"}
	ring := object{"keyRing": "projects/p/locations/l/keyRings/r"}
	member := object{"project": testProject, "role": "roles/viewer", "member": "user:a@example.com"}
	secret := object{"secretId": "s", "replication": object{"auto": object{}}}
	repository := object{"repositoryId": "images", "format": "DOCKER", "location": testRegion}
	instance, cluster, pool := e.instanceInputs(), e.clusterInputs(), e.poolInputs()
	for name, row := range map[string]struct {
		token    string
		inputs   object
		changes  object
		property string
		reason   string
	}{
		"an unknown property":         {routerType, router, object{"nettwork": "n"}, "nettwork", `an argument named "nettwork" is not expected here: did you mean "network"?`},
		"an unknown nested property":  {sqlInstanceType, instance, object{"settings.ipConfiguration.publicIp": true}, "settings.ipConfiguration.publicIp", `an argument named "publicIp" is not expected here`},
		"an unknown one in a list":    {firewallType, firewall, object{"denies": []any{object{"protocol": "all", "port": "1"}}}, "denies[0].port", `did you mean "ports"?`},
		"a missing one":               {routerType, router, object{"network": nil}, "network", "missing required property: set network"},
		"a missing nested one":        {sqlInstanceType, instance, object{"settings.tier": nil}, "settings.tier", "missing required property: set settings.tier"},
		"a text for a number":         {redisType, redis, object{"memorySizeGb": "five"}, "memorySizeGb", "expected an integer, got string"},
		"a fraction for an integer":   {redisType, redis, object{"memorySizeGb": 5.5}, "memorySizeGb", "expected an integer, got 5.5"},
		"a text for a list":           {firewallType, firewall, object{"sourceRanges": "0.0.0.0/0"}, "sourceRanges", "expected a list, got string"},
		"a number in a list of texts": {firewallType, firewall, object{"sourceRanges": []any{1}}, "sourceRanges[0]", "expected a string, got number"},
		"a list for an object":        {sqlInstanceType, instance, object{"settings": []any{}}, "settings", "expected an object"},
		"a number in a map of texts":  {redisType, redis, object{"redisConfigs": object{"a": 1}}, "redisConfigs.a", "expected a string, got number"},
		"a value that is not allowed": {natType, nat, object{"natIpAllocateOption": "AUTO"}, "natIpAllocateOption", `expected one of [MANUAL_ONLY AUTO_ONLY], got "AUTO"`},
		"a nested value not allowed":  {natType, nat, object{"logConfig": object{"enable": true, "filter": "SOME"}}, "logConfig.filter", `got "SOME"`},
		"neither of two":              {firewallType, firewall, object{"denies": nil}, "allows", "exactly one of allows, denies must be set, 0 are"},
		"both of two":                 {firewallType, firewall, object{"allows": []any{object{"protocol": "tcp"}}}, "allows", "exactly one of allows, denies must be set, 2 are"},
		"both of a nested two":        {secretType, secret, object{"replication.userManaged": object{"replicas": []any{}}}, "replication.auto", "exactly one of replication.auto, replication.userManaged"},
		"two that conflict":           {firewallType, firewall, object{"sourceTags": []any{"a"}, "sourceServiceAccounts": []any{"b"}}, "sourceServiceAccounts", "conflicts with sourceTags"},
		"Autopilot with pools":        {clusterType, cluster, object{"enableAutopilot": true}, "removeDefaultNodePool", "conflicts with enableAutopilot"},
		"ingress from nowhere":        {firewallType, firewall, object{"sourceRanges": nil}, "sourceRanges", "must be defined for INGRESS"},
		"a priority beyond":           {firewallType, firewall, object{"priority": 70000}, "priority", "expected to be in the range (0 - 65535)"},
		"a range with host bits":      {firewallType, firewall, object{"sourceRanges": []any{"10.0.0.1/8"}}, "sourceRanges", "write 10.0.0.0/8"},
		"peering without a length":    {addressType, address, object{"prefixLength": nil}, "prefixLength", "must be set when purpose is VPC_PEERING"},
		"an external peering range":   {addressType, address, object{"addressType": "EXTERNAL"}, "addressType", "must be INTERNAL"},
		"too small for reads":         {redisType, redis, object{"memorySizeGb": 4, "readReplicasMode": "READ_REPLICAS_ENABLED"}, "memorySizeGb", "read replicas need at least 5, got 4"},
		"reads of a single node":      {redisType, redis, object{"tier": "BASIC", "readReplicasMode": "READ_REPLICAS_ENABLED"}, "readReplicasMode", "need tier STANDARD_HA"},
		"a rotation in days":          {cryptoKeyType, ring, object{"rotationPeriod": "90d"}, "rotationPeriod", "write it like 7776000s"},
		"a rotation of minutes":       {cryptoKeyType, ring, object{"rotationPeriod": "60s"}, "rotationPeriod", "at least a day"},
		"a member without a kind":     {projectMemberType, member, object{"member": "a@example.com"}, "member", "is not an IAM member"},
		"a role without its prefix":   {projectMemberType, member, object{"role": "viewer"}, "role", "is not a role"},
		"an API without its host":     {serviceType, object{"service": "compute"}, nil, "service", "write it like compute.googleapis.com"},
		"an agent nobody knows":       {identityType, object{"service": "run.googleapis.com"}, nil, "service", "the sandbox knows no service agent of"},
		"Docker settings elsewhere":   {repositoryType, repository, object{"format": "NPM", "dockerConfig": object{"immutableTags": true}}, "dockerConfig", "only a repository of format DOCKER"},
		"a tier of the other edition": {sqlInstanceType, instance, object{"settings.edition": "ENTERPRISE_PLUS"}, "settings.tier", "Invalid Tier (db-custom-2-7680) for (ENTERPRISE_PLUS) Edition: use one like db-perf-optimized-N-2"},
		"an edition nobody knows":     {sqlInstanceType, instance, object{"settings.edition": "FREE"}, "settings.edition", "expected one of [ENTERPRISE ENTERPRISE_PLUS]"},
		"a flag nobody knows":         {sqlInstanceType, instance, object{"settings.databaseFlags": []any{object{"name": "fsync", "value": "off"}}}, "settings.databaseFlags", `Invalid flag: "fsync"`},
		"contradicting TLS modes":     {sqlInstanceType, instance, object{"settings.ipConfiguration.requireSsl": false}, "settings.ipConfiguration.requireSsl", "contradicts sslMode"},
		"no address at all":           {sqlInstanceType, instance, object{"settings.ipConfiguration.privateNetwork": nil, "settings.ipConfiguration.allocatedIpRange": nil}, "settings.ipConfiguration", "at least one of ipv4Enabled and privateNetwork"},
		"a replica of nothing":        {sqlInstanceType, instance, object{"instanceType": "READ_REPLICA_INSTANCE"}, "masterInstanceName", "must be set when instanceType is READ_REPLICA_INSTANCE"},
		"a control plane of /24":      {clusterType, cluster, object{"privateClusterConfig.masterIpv4CidrBlock": "10.16.48.0/24"}, "privateClusterConfig.masterIpv4CidrBlock", "prefix length from 28 to 28"},
		"an endpoint without nodes":   {clusterType, cluster, object{"privateClusterConfig.enablePrivateNodes": false}, "privateClusterConfig.enablePrivateEndpoint", "needs enablePrivateNodes"},
		"encryption without a key":    {clusterType, cluster, object{"databaseEncryption.keyName": nil}, "databaseEncryption.keyName", "must be set when state is ENCRYPTED"},
		"a cluster of no nodes":       {clusterType, cluster, object{"initialNodeCount": nil}, "initialNodeCount", "must be greater than zero"},
		"fewer at most than at least": {nodePoolType, pool, object{"autoscaling.minNodeCount": 4}, "autoscaling.minNodeCount", "4 is more than maxNodeCount, 3"},
		"no upgrade at all":           {nodePoolType, pool, object{"upgradeSettings.maxSurge": 0}, "upgradeSettings", "must not both be 0"},
		"a bucket that is Google's":   {bucketType, object{"location": testRegion, "name": "google-media"}, nil, "name", "must not begin with goog"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if valid := e.check(row.token, "x", nil, row.inputs); row.changes != nil && len(valid.Failures) > 0 {
				t.Fatalf("the fixture is refused: %v", valid.Failures)
			}
			wantFailure(t, e.check(row.token, "x", nil, with(row.inputs, row.changes)), row.property, row.reason)
		})
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	response := w.check(routerType, "R", nil, object{"nettwork": "n", "bgp": object{"asn": "x"}})
	for property, reason := range map[string]string{
		"nettwork": "did you mean", "network": "missing", "bgp.asn": "expected an integer", "name": "is not a valid name",
	} {
		wantFailure(t, response, property, reason)
	}
}

func TestUnknownValuesPassCheck(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	unknown := resource.NewOutputProperty(resource.Output{Element: resource.NewProperty("")})
	for _, value := range []resource.PropertyValue{computed, unknown, resource.MakeSecret(computed)} {
		for token, inputs := range map[string]object{
			routerType: {"network": value, "project": value, "region": value}, bucketType: {"location": value, "encryption": object{"defaultKmsKeyName": value}},
			firewallType: {"network": value, "denies": value, "sourceRanges": []any{value}}, projectMemberType: {"project": value, "role": value, "member": value},
			cryptoKeyType: {"keyRing": value, "rotationPeriod": value}, redisType: {"memorySizeGb": value, "readReplicasMode": value},
			secretType: {"secretId": value, "replication": value},
		} {
			if failures := e.check(token, "x", nil, inputs).Failures; len(failures) > 0 {
				t.Errorf("%s: %v", token, failures)
			}
		}
	}
}

func TestCheckFillsInWhatTheProviderFillsIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	// From the SDK's comments, and from our own table.
	for token, row := range map[string]struct {
		inputs object
		want   object
	}{
		networkType:       {object{}, object{"autoCreateSubnetworks": true, "deleteDefaultRoutesOnCreate": false, "project": testProject}},
		firewallType:      {object{"network": "n", "denies": []any{object{"protocol": "all"}}, "sourceTags": []any{"a"}}, object{"priority": 1000.0}},
		cryptoKeyType:     {object{"keyRing": "r", "versionTemplate": object{"algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION"}}, object{"purpose": "ENCRYPT_DECRYPT", "versionTemplate.protectionLevel": "SOFTWARE"}},
		membershipType:    {object{"membershipId": "m"}, object{"location": "global"}},
		serviceType:       {object{"service": "compute.googleapis.com"}, object{"disableOnDestroy": true}},
		bucketType:        {object{"location": "US"}, object{"forceDestroy": false, "storageClass": "STANDARD"}},
		redisType:         {object{"memorySizeGb": 1}, object{"tier": "BASIC", "connectMode": "DIRECT_PEERING", "transitEncryptionMode": "DISABLED", "authEnabled": false, "region": testRegion}},
		sqlInstanceType:   {object{"databaseVersion": "POSTGRES_17", "settings": object{"tier": "db-f1-micro", "ipConfiguration": object{}}}, object{"deletionProtection": true, "settings.edition": "ENTERPRISE", "settings.ipConfiguration.ipv4Enabled": true, "settings.diskType": "PD_SSD"}},
		secretVersionType: {object{"secret": "s", "secretData": "d"}, object{"enabled": true, "deletionPolicy": "DELETE"}},
		natType:           {object{"router": "r", "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"}, object{"type": "PUBLIC", "tcpEstablishedIdleTimeoutSec": 1200.0, "region": testRegion}},
	} {
		checked := w.checked(token, "x", nil, row.inputs)
		for path, want := range row.want {
			if got := at(checked, path); got.V != want {
				t.Errorf("%s: %s is %v, want %v", token, path, got, want)
			}
		}
		if has(checked, "logConfig") {
			t.Errorf("%s: a block came from nowhere", token)
		}
	}
}

func TestAResourceWithoutAPlaceIsRefusedUnlessTheProviderHasOne(t *testing.T) {
	t.Setenv("GOOGLE_PROJECT", "")
	for _, variable := range append(projectEnv, regionEnv...) {
		t.Setenv(variable, "")
	}
	w := newWorld(t)
	w.configure(object{})
	response := w.check(routerType, "r", nil, object{"network": "n"})
	wantFailure(t, response, "project", "required field is not set: set project, or configure gcp:project")
	wantFailure(t, response, "region", "required field is not set: set region, or configure gcp:region")

	t.Setenv("GOOGLE_PROJECT", "from-environment")
	w.configure(object{"region": "europe-west1"})
	checked := w.checked(routerType, "r", nil, object{"network": "n"})
	if text(checked, "project") != "from-environment" || text(checked, "region") != "europe-west1" {
		t.Errorf("got project %v and region %v", checked["project"], checked["region"])
	}
}

func TestASettingThatTheSandboxWouldNotObeyIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	response, err := w.provider.CheckConfig(t.Context(), plugin.CheckConfigRequest{
		URN: urn.New("test", "saas", "", "pulumi:providers:gcp", "default"), News: properties(object{"project": "p", "defaultLabels": "{}", "__internal": object{}}),
	})
	if err != nil || len(response.Failures) != 1 || response.Failures[0].Reason != "the sandbox does not obey gcp:defaultLabels: remove it" {
		t.Errorf("got %v, %v", response.Failures, err)
	}
}
