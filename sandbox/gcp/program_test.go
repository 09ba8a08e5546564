package gcp

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/gcp/catalog"
	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

func TestAnEnvironmentAsTheProgramDeclaresItComesAndGoes(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.all()
	for _, token := range catalog.Tokens() {
		if !slices.ContainsFunc(e.list, func(th *thing) bool { return string(th.urn.Type()) == token }) {
			t.Errorf("the environment of this test has no %s", token)
		}
	}
	if !e.clusters.running[testProject+"/"+clusterName] || e.clusters.members[testNumber+"/global/"+clusterName] != testProject+"/"+clusterName {
		t.Errorf("the cluster does not run or is no member: %+v", e.clusters)
	}

	e.unprotect()
	for _, th := range slices.Backward(e.list) {
		e.delete(th)
		if th.urn.Type() == backendServiceType { // then the Service goes
			if err := e.release(); err != nil {
				t.Fatal(err)
			}
		}
	}
	left, err := e.provider.store.Records(t.Context(), "test")
	if err != nil || len(left) > 0 {
		t.Errorf("%d resources are left, %v", len(left), err)
	}
	if len(e.clusters.running)+len(e.clusters.members) > 0 {
		t.Errorf("clusters or memberships are left: %+v", e.clusters)
	}

	again := newEnvironment(e.world)
	again.all()
	if len(again.list) != len(e.list) {
		t.Errorf("a second environment after the first has %d resources, not %d", len(again.list), len(e.list))
	}
}

func TestNothingThatTheProgramReadsIsEmpty(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.all()
	for key, paths := range map[string][]string{
		"api/compute": {"project"}, "agent/sqladmin": {"email"}, "network": {"name", "selfLink"}, "router": {"name"}, "managed": {"name", "address"},
		"connection": {"network"}, "bucket": {"name", "url"}, "instance": {"name", "project", "connectionName", "privateIpAddress"},
		"zone": {"name", "project"}, "address": {"address"}, "backend": {"selfLink"}, "files": {"name", "selfLink"}, "hosts": {"name"},
		"replica": {"privateIpAddress"}, "redis": {"host", "readEndpoint", "authString"}, "account": {"email", "member", "project"},
		"cluster": {"name", "project", "endpoint"}, "membership": {"membershipId"}, "repository": {"project", "location", "repositoryId"}, "version": {"name"},
	} {
		for _, path := range paths {
			if e.made[key].text(path) == "" {
				t.Errorf("%s has no %s", key, path)
			}
		}
	}
	if redis := e.made["redis"]; redis.text("host") == redis.text("readEndpoint") || redis.text("host") == e.made["instance"].text("privateIpAddress") {
		t.Errorf("two have the address %s", redis.text("host"))
	}
	if got := number(e.made["redis"].outputs, "port"); got != 6378 {
		t.Errorf("Redis with TLS listens on %v, want 6378", got)
	}
	if got, want := e.instance().text("connectionName"), testProject+":"+testRegion+":"+e.instance().text("name"); got != want {
		t.Errorf("the connection name is %s, want %s", got, want)
	}
	for _, cert := range append(texts(e.made["redis"].outputs, "serverCaCerts.cert"), texts(e.made["instance"].outputs, "serverCaCerts.cert")...) {
		block, _ := pem.Decode([]byte(cert))
		if block == nil {
			t.Fatalf("%q is not PEM", cert)
		}
		if ca, err := x509.ParseCertificate(block.Bytes); err != nil || !ca.IsCA {
			t.Errorf("%q is not a CA: %v", cert, err)
		}
	}
}

func TestOutputsAreThoseOfTheSDKAndFitIt(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.all()
	for _, th := range e.list {
		ct, _ := catalog.Lookup(string(th.urn.Type()))
		fields := map[string]*catalog.Property{}
		for _, from := range []map[string]*catalog.Property{ct.Inputs, ct.Outputs} {
			for name, property := range from {
				fields[name] = property
			}
		}
		for _, problem := range shapeProblems(fields, plainMap(th.outputs)) {
			t.Errorf("%s: %s: %s", th.urn.Type(), problem.path, problem.reason)
		}
	}
}

func TestIDsHaveTheFormOfTheOfficialProvider(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.all()
	name := `[a-z-]+-[0-9a-f]{7}`
	project := "projects/" + testProject
	region := testRegion
	key := project + "/locations/" + region + "/keyRings/keys-ring-[0-9a-f]{7}/cryptoKeys/keys-sql-[0-9a-f]{7}"
	for made, want := range map[string]string{
		"api/compute":    testProject + "/compute.googleapis.com",
		"agent/sqladmin": project + "/services/sqladmin.googleapis.com",
		"network":        project + "/global/networks/" + name,
		"subnet":         project + "/regions/" + region + "/subnetworks/" + name,
		"router":         project + "/regions/" + region + "/routers/" + name,
		"nat":            testProject + "/" + region + "/" + name + "/" + name,
		"firewall":       project + "/global/firewalls/" + name,
		"managed":        project + "/global/addresses/" + name,
		"connection":     "projects%2F" + testProject + "%2Fglobal%2Fnetworks%2F" + name + ":servicenetworking.googleapis.com",
		"ring":           project + "/locations/" + region + "/keyRings/" + name,
		"key/sql":        key,
		"grant/sql/" + agentEmail(testNumber, "gcp-sa-cloud-sql"): key + "/roles/cloudkms.cryptoKeyEncrypterDecrypter/serviceAccount:service-" + testNumber + "@gcp-sa-cloud-sql.iam.gserviceaccount.com",
		"bucket":     name,
		"instance":   name,
		"database":   project + "/instances/" + name + "/databases/saas",
		"user":       "provisioner//" + name,
		"clientCert": project + "/instances/" + name + "/sslCerts/[0-9a-f]{40}",
		"secret":     project + "/secrets/database-provisioner",
		"version":    "projects/" + testNumber + "/secrets/database-provisioner/versions/1",
		"redis":      project + "/locations/" + region + "/instances/" + name,
		"account":    project + "/serviceAccounts/nodes-test-sae1@" + testProject + ".iam.gserviceaccount.com",
		"role":       testProject + "/roles/container.defaultNodeServiceAccount/serviceAccount:nodes-test-sae1@" + testProject + ".iam.gserviceaccount.com",
		"cluster":    project + "/locations/" + region + "/clusters/" + clusterName,
		"pool":       project + "/locations/" + region + "/clusters/" + clusterName + "/nodePools/" + name,
		"membership": project + "/locations/global/memberships/" + clusterName,
		"repository": project + "/locations/" + region + "/repositories/images",
		"health":     project + "/global/healthChecks/" + name, "armor": project + "/global/securityPolicies/" + name, "backend": project + "/global/backendServices/" + name,
		"tcpProxy": project + "/global/targetTcpProxies/" + name, "rule": project + "/global/forwardingRules/" + name, "zone": project + "/managedZones/" + name,
		"record":        project + "/managedZones/" + name + `/rrsets/example\.com\.br\./A`,
		"solver":        project + "/managedZones/" + name + "/roles/dns.reader/serviceAccount:.*",
		"authorization": project + "/locations/global/dnsAuthorizations/" + name, "certificate": project + "/locations/global/certificates/" + name,
		"hosts": project + "/locations/global/certificateMaps/" + name, "entry": project + "/locations/global/certificateMaps/" + name + "/certificateMapEntries/" + name,
		"files": project + "/global/backendBuckets/" + name, "signedKey": project + "/global/backendBuckets/" + name + "/signedUrlKeys/key-1",
		"fill":   "b/" + name + "/roles/storage.objectViewer/serviceAccount:service-" + testNumber + "@cloud-cdn-fill.iam.gserviceaccount.com",
		"routes": project + "/global/urlMaps/" + name, "ciphers": project + "/global/sslPolicies/" + name,
		"httpsProxy": project + "/global/targetHttpsProxies/" + name, "httpProxy": project + "/global/targetHttpProxies/" + name,
	} {
		if got := string(e.made[made].id); !regexp.MustCompile("^" + want + "$").MatchString(got) {
			t.Errorf("%s has id %s, want %s", made, got, want)
		}
	}
}

func TestNothingChangesWhenTheProgramAsksTheSameAgain(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.all()
	for _, again := range []struct {
		th     *thing
		inputs object
	}{
		{e.subnet(), e.subnetInputs()}, {e.bucket(), e.bucketInputs()}, {e.instance(), e.instanceInputs()}, {e.replica(), e.replicaInputs()},
		{e.redis(), e.redisInputs()}, {e.cluster(), e.clusterInputs()}, {e.pool(), e.poolInputs()}, {e.membership(), e.membershipInputs()},
		{e.health(), e.healthInputs()}, {e.armor(), e.armorInputs()}, {e.backend(), e.backendInputs()}, {e.tcpProxy(), e.tcpProxyInputs()}, {e.rule443(), e.ruleInputs()},
		{e.zone(), e.zoneInputs()}, {e.record(), e.recordInputs()}, {e.certificate(), e.certificateInputs()}, {e.entry(), e.entryInputs()}, {e.files(), e.filesInputs()},
		{e.fill(), e.fillInputs()}, {e.routes(), e.routesInputs()}, {e.ciphers(), e.ciphersInputs()}, {e.httpsProxy(), e.httpsProxyInputs()},
		{e.user(), e.userInputs()}, {e.clientCert(), e.clientCertInputs()}, {e.secret(), e.secretInputs()}, {e.role(), e.roleInputs()},
	} {
		if diff := e.diff(again.th, again.inputs); diff.Changes != plugin.DiffNone {
			t.Errorf("%s changes: %v", again.th.urn, diff.DetailedDiff)
		}
		// A refresh in between makes no difference either.
		refreshed := *again.th
		read := e.read(again.th)
		refreshed.inputs, refreshed.outputs = read.Inputs, read.Outputs
		if diff := e.diff(&refreshed, again.inputs); diff.Changes != plugin.DiffNone {
			t.Errorf("%s changes after a refresh: %v", again.th.urn, diff.DetailedDiff)
		}
	}
}

func TestNoSecretLiesOnDiskInPlainText(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.all()
	auth := e.redis().text("authString")
	var files int
	err := filepath.WalkDir(string(e.home), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		files++
		for what, value := range map[string]string{"the password": testPassword, "the auth string": auth, "a client's key": e.clientCert().text("privateKey")[40:80]} {
			if strings.Contains(string(content), value) {
				t.Errorf("%s holds %s", path, what)
			}
		}
		return err
	})
	if err != nil || files < len(e.list) {
		t.Errorf("%d files were looked at, %v", files, err)
	}
	info, err := os.Stat(e.home.CloudKey())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file has mode %v, %v, want 0600", info.Mode(), err)
	}
	for _, check := range []struct {
		th   *thing
		name string
	}{{e.user(), "password"}, {e.clientCert(), "privateKey"}, {e.clientCert(), "serverCaCert"}, {e.secretVersion(), "secretData"}, {e.redis(), "authString"}, {e.instance(), "serverCaCerts"}} {
		for where, outputs := range map[string]map[string]bool{"created": {check.name: check.th.outputs[key(check.name)].IsSecret()}, "read": {check.name: e.read(check.th).Outputs[key(check.name)].IsSecret()}} {
			if !outputs[check.name] {
				t.Errorf("%s of %s is not secret when %s", check.name, check.th.urn.Type(), where)
			}
		}
	}
	if got := text(e.read(e.user()).Inputs, "password"); got != testPassword {
		t.Error("the password does not come back as it was")
	}
}

func TestEachRecordIsAReadableFileUnderItsProject(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	network := e.network()
	files, err := filepath.Glob(filepath.Join(e.home.Cloud(), testProject, "compute.Network", "network-vpc-*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("found %v, %v", files, err)
	}
	content, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{`  "id": "` + string(network.id) + `",`, `  "type": "gcp:compute/network:Network",`, `    "routingMode": "GLOBAL",`} {
		if !strings.Contains(string(content), line+"\n") {
			t.Errorf("%s has no line %q", files[0], line)
		}
	}
	records, err := cloud.Open(e.home).Records(t.Context(), "test")
	if err != nil || len(records) != 2 || records[1].ID != string(network.id) {
		t.Errorf("another process sees %v, %v", records, err)
	}
}
