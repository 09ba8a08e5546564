package gcp

import (
	"testing"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// refusal is a creation that must fail. need makes what the fixture depends
// on, before the one change.
type refusal struct {
	token  string
	inputs func(e *environment) object
	change object
	parts  []string
}

func TestGoogleRefusesWhatIsNotThere(t *testing.T) {
	t.Parallel()
	const nowhere = "projects/avila-test/global/networks/nowhere"
	for name, row := range map[string]refusal{
		"a project that does not exist": {networkType, func(*environment) object { return object{} }, object{"project": "other"},
			[]string{"create compute Network x: googleapi: Error 403: Permission denied on resource project other (or it may not exist)", "correct gcp:project"}},
		"a network that does not exist": {subnetType, (*environment).subnetInputs, object{"network": nowhere},
			[]string{"googleapi: Error 404: The resource '" + nowhere + "' was not found, notFound", "create the compute Network first, or correct network"}},
		"a router that does not exist": {natType, func(e *environment) object {
			return object{"project": e.api("compute"), "region": testRegion, "router": "nowhere", "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"}
		}, nil, []string{"projects/avila-test/regions/southamerica-east1/routers/nowhere' was not found"}},
		"a ring that does not exist": {cryptoKeyType, func(e *environment) object {
			e.api("cloudkms")
			return object{"keyRing": "projects/avila-test/locations/l/keyRings/r"}
		}, nil,
			[]string{"'projects/avila-test/locations/l/keyRings/r' was not found", "create the kms KeyRing first"}},
		"a key that does not exist": {bucketType, (*environment).bucketInputs, object{"encryption.defaultKmsKeyName": "projects/avila-test/locations/southamerica-east1/keyRings/r/cryptoKeys/k"},
			[]string{"Error 404: Cloud KMS key 'projects/avila-test/locations/southamerica-east1/keyRings/r/cryptoKeys/k' was not found", "correct encryption.defaultKmsKeyName"}},
		"a key of a grant that does not exist": {keyMemberType, func(e *environment) object {
			e.api("cloudkms")
			return grantInputs(&thing{id: "projects/avila-test/locations/l/keyRings/r/cryptoKeys/k"}, agentEmail(testNumber, "gcp-sa-cloud-sql"))
		}, nil, []string{"'projects/avila-test/locations/l/keyRings/r/cryptoKeys/k' was not found", "create the kms CryptoKey first"}},
		"an instance that does not exist": {databaseType, func(e *environment) object {
			return object{"project": e.api("sqladmin"), "instance": "nowhere", "name": "saas"}
		}, nil,
			[]string{"The resource 'nowhere' was not found"}},
		"a primary that does not exist": {sqlInstanceType, (*environment).replicaInputs, object{"masterInstanceName": "nowhere"},
			[]string{"The resource 'nowhere' was not found", "correct masterInstanceName"}},
		"a secret that does not exist": {secretVersionType, func(e *environment) object {
			return object{"secret": "projects/" + e.api("secretmanager") + "/secrets/nowhere", "secretData": secret("x")}
		}, nil, []string{"'projects/avila-test/secrets/nowhere' was not found"}},
		"a repository that does not exist": {repositoryMemberType, func(e *environment) object {
			return object{"project": e.api("artifactregistry"), "location": testRegion, "repository": "nowhere", "role": "roles/artifactregistry.reader", "member": "allUsers"}
		}, nil, []string{"'projects/avila-test/locations/southamerica-east1/repositories/nowhere' was not found"}},
		"a cluster that does not exist": {nodePoolType, (*environment).poolInputs, object{"cluster": "nowhere"}, []string{"clusters/nowhere' was not found"}},
		"a member that is no cluster": {membershipType, (*environment).membershipInputs, object{
			"endpoint.gkeCluster.resourceLink": "//container.googleapis.com/projects/avila-test/locations/l/clusters/nowhere",
			"authority.issuer":                 "https://container.googleapis.com/v1/projects/avila-test/locations/l/clusters/nowhere",
		}, []string{"'projects/avila-test/locations/l/clusters/nowhere' was not found"}},
		"pods where the subnetwork has no range": {clusterType, (*environment).clusterInputs, object{"ipAllocationPolicy.clusterSecondaryRangeName": "nowhere"},
			[]string{`Pod secondary range "nowhere" does not exist in subnetwork`, "[pods services]"}},
		"an account that does not exist": {projectMemberType, (*environment).roleInputs, object{"member": "serviceAccount:ghost@avila-test.iam.gserviceaccount.com"},
			[]string{"Error 400: Service account ghost@avila-test.iam.gserviceaccount.com does not exist., badRequest", "create the account first"}},
		"nodes that run as nobody": {nodePoolType, (*environment).poolInputs, object{"nodeConfig.serviceAccount": "ghost@avila-test.iam.gserviceaccount.com"},
			[]string{"Service account ghost@avila-test.iam.gserviceaccount.com does not exist.", "correct nodeConfig.serviceAccount"}},
		"another project's workload pool": {clusterType, (*environment).clusterInputs, object{"workloadIdentityConfig.workloadPool": "other.svc.id.goog"},
			[]string{`the only supported identity namespace is "avila-test.svc.id.goog"`}},
		"another cluster's issuer": {membershipType, (*environment).membershipInputs, object{"authority.issuer": "https://example.com"},
			[]string{`Authority issuer "https://example.com" does not match`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.run(t)
		})
	}
}

// run shows that the fixture is taken without the change, when there is one,
// and refused with it.
func (r refusal) run(t *testing.T) {
	t.Helper()
	e := newEnvironment(newWorld(t))
	inputs := r.inputs(e)
	before, err := e.provider.store.Records(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.try(r.token, "x", with(inputs, r.change))
	wantError(t, err, r.parts...)
	after, err := e.provider.store.Records(t.Context(), "test")
	if err != nil || len(after) != len(before) {
		t.Errorf("the refused creation left %d records where there were %d, %v", len(after), len(before), err)
	}
	if len(e.clusters.running) > 0 && r.token == clusterType {
		t.Errorf("the refused cluster runs: %v", e.clusters.running)
	}
}

func TestGoogleRefusesWhatDoesNotFitTogether(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]refusal{
		"a subnetwork over another": {subnetType, func(e *environment) object { e.subnet(); return e.subnetInputs() }, object{"secondaryIpRanges": []any{}, "ipCidrRange": "10.16.8.0/24"},
			[]string{"Error 400: Invalid value for field 'resource.ipCidrRange': '10.16.8.0/24'. Invalid IPCidrRange: 10.16.8.0/24 conflicts with existing subnetwork 'network-nodes-", "(10.16.0.0/20), invalid"}},
		"a subnetwork over another's pods": {subnetType, func(e *environment) object { e.subnet(); return e.subnetInputs() }, object{"secondaryIpRanges": []any{}, "ipCidrRange": "10.19.0.0/24"},
			[]string{"conflicts with existing subnetwork", "(10.18.0.0/15)"}},
		"pods over their own nodes": {subnetType, (*environment).subnetInputs, object{"secondaryIpRanges": []any{object{"rangeName": "pods", "ipCidrRange": "10.16.0.0/16"}}},
			[]string{"10.16.0.0/16 conflicts with existing range of the same resource (10.16.0.0/20)"}},
		"a subnetwork over a reserved range": {subnetType, func(e *environment) object { e.managed(); return e.subnetInputs() }, object{"secondaryIpRanges": []any{}, "ipCidrRange": "10.16.32.0/24"},
			[]string{"conflicts with existing reserved range 'network-managed-"}},
		"a reserved range over a subnetwork": {addressType, func(e *environment) object { e.subnet(); return e.rangeInputs() }, object{"address": "10.16.16.0"},
			[]string{"Invalid value for field 'resource.address': '10.16.16.0/20'", "conflicts with existing subnetwork"}},
		"a control plane over a subnetwork": {clusterType, (*environment).clusterInputs, object{"privateClusterConfig.masterIpv4CidrBlock": "10.16.0.0/28"},
			[]string{"master_ipv4_cidr_block': '10.16.0.0/28'", "conflicts with existing subnetwork"}},
		"a cluster away from its subnetwork": {clusterType, func(e *environment) object {
			return with(e.clusterInputs(), object{"databaseEncryption": nil, "nodeConfig": nil})
		},
			object{"location": "southamerica-west1"}, []string{"lies in southamerica-east1, but the cluster lies in southamerica-west1"}},
		"a database without services access": {sqlInstanceType, func(e *environment) object {
			e.network()
			e.managed()
			key := e.sqlKey()
			return object{"project": testProject, "region": testRegion, "databaseVersion": "POSTGRES_17", "encryptionKeyName": key, "settings": object{
				"tier": "db-custom-2-7680", "ipConfiguration": object{"ipv4Enabled": false, "privateNetwork": string(e.network().id)},
			}}
		}, nil, []string{"doesn't have at least 1 private services connection", "make a gcp.servicenetworking.Connection"}},
		"Redis without services access": {redisType, func(e *environment) object {
			e.api("redis")
			return object{"memorySizeGb": 1, "connectMode": "PRIVATE_SERVICE_ACCESS", "authorizedNetwork": string(e.network().id)}
		}, nil, []string{"Google private service access is not enabled"}},
		"a database in a range that is not connected": {sqlInstanceType, (*environment).instanceInputs, object{"settings.ipConfiguration.allocatedIpRange": "other"},
			[]string{"The allocated IP range 'other' is not among the ranges of the private services connection of", "[network-managed-"}},
		"peering over a range of another purpose": {connectionType, func(e *environment) object {
			e.api("servicenetworking")
			single := e.create(addressType, "single", object{"addressType": "INTERNAL", "network": string(e.network().id), "address": "10.1.1.1"})
			return object{"network": string(e.network().id), "service": "servicenetworking.googleapis.com", "reservedPeeringRanges": []any{single.text("name")}}
		}, nil, []string{"Allocated IP range 'single-", "not found in network"}},
		"a replica of another version": {sqlInstanceType, (*environment).replicaInputs, object{"databaseVersion": "POSTGRES_18"},
			[]string{"must have version POSTGRES_17, not POSTGRES_18"}},
		"a replica without a key": {sqlInstanceType, (*environment).replicaInputs, object{"encryptionKeyName": nil},
			[]string{"a replica is encrypted with a customer-managed key exactly when its primary"}},
		"a database on a replica": {databaseType, func(e *environment) object {
			return object{"project": testProject, "instance": e.replica().text("name"), "name": "saas"}
		}, nil, []string{"is a read replica", "name the primary"}},
		"a short password": {sqlUserType, (*environment).userInputs, object{"password": secret("short")},
			[]string{"the password has 5 characters, the instance's password policy wants 16"}},
		"a password with the user's name": {sqlUserType, (*environment).userInputs, object{"password": secret("my-provisioner-password")},
			[]string{"the password contains the user name"}},
		"a host for PostgreSQL": {sqlUserType, (*environment).userInputs, object{"host": "%"}, []string{"PostgreSQL users have no host"}},
		"a range that starts inside itself": {addressType, (*environment).rangeInputs, object{"address": "10.16.33.0"},
			[]string{"'10.16.33.0'. It is not the start of a /20", "write 10.16.32.0"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.run(t)
		})
	}
}

func TestAKeyIsRefusedUntilTheServiceAgentMayUseIt(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		token  string
		inputs func(e *environment) object
		paths  []string
		agent  string
		api    string // turned on, so that the agent exists
		asked  bool   // the agent has to be asked for
	}{
		"a backup plan":     {backupPlanType, (*environment).planInputs, []string{"backupConfig.encryptionKey.gcpKmsEncryptionKey"}, "gcp-sa-gkebackup", "gkebackup", true},
		"a bucket":          {bucketType, (*environment).bucketInputs, []string{"encryption.defaultKmsKeyName"}, "gs-project-accounts", "storage", false},
		"a database":        {sqlInstanceType, (*environment).instanceInputs, []string{"encryptionKeyName"}, "gcp-sa-cloud-sql", "sqladmin", true},
		"Redis":             {redisType, (*environment).redisInputs, []string{"customerManagedKey"}, "cloud-redis", "redis", true},
		"etcd of a cluster": {clusterType, (*environment).clusterInputs, []string{"databaseEncryption.keyName"}, "container-engine-robot", "container", false},
		"disks of a pool":   {nodePoolType, (*environment).poolInputs, []string{"nodeConfig.bootDiskKmsKey"}, "compute-system", "compute", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEnvironment(newWorld(t))
			inputs := row.inputs(e)
			key := e.key("fresh")
			change := object{}
			for _, path := range row.paths {
				change[path] = string(key.id)
			}
			agent := agentEmail(testNumber, row.agent)
			_, err := e.try(row.token, "x", with(inputs, change))
			wantError(t, err, "googleapi: Error 403: Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied on resource '"+string(key.id)+"'",
				"grant roles/cloudkms.cryptoKeyEncrypterDecrypter to serviceAccount:"+agent+" on the key")
			// A grant to another agent, or of another role, is not enough.
			e.create(keyMemberType, "viewer", with(grantInputs(key, agent), object{"role": "roles/cloudkms.viewer"}))
			e.create(keyMemberType, "group", with(grantInputs(key, agent), object{"member": "group:everyone@example.com"}))
			if _, err := e.try(row.token, "x", with(inputs, change)); err == nil {
				t.Error("another role, or another member, is enough")
			}
			if row.token != nodePoolType { // a pool with a second name would be fine
				e.create(keyMemberType, "grant", grantInputs(key, agent))
				e.create(row.token, "x", with(inputs, change))
			}
			elsewhere := e.create(keyRingType, "elsewhere", object{"location": "us-east1"})
			far := e.create(cryptoKeyType, "far", object{"keyRing": string(elsewhere.id)})
			for _, path := range row.paths {
				change[path] = string(far.id)
			}
			if row.token == clusterType {
				change["name"] = "another"
			}
			_, err = e.try(row.token, "y", with(inputs, change))
			wantError(t, err, "lies in us-east1, but what it would encrypt lies in southamerica-east1")
		})
	}
}

func TestAnAgentExistsOnceItsAPIIsOnOrItIsAskedFor(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	key := e.key("use")
	_, err := e.try(keyMemberType, "storage", grantInputs(key, agentEmail(testNumber, "gs-project-accounts")))
	wantError(t, err, "Service account service-482910375164@gs-project-accounts.iam.gserviceaccount.com does not exist., badRequest: enable storage.googleapis.com first")
	e.api("storage")
	e.create(keyMemberType, "storage", grantInputs(key, agentEmail(testNumber, "gs-project-accounts")))

	e.api("sqladmin") // the API alone makes no agent
	_, err = e.try(keyMemberType, "sql", grantInputs(key, agentEmail(testNumber, "gcp-sa-cloud-sql")))
	wantError(t, err, "service-482910375164@gcp-sa-cloud-sql.iam.gserviceaccount.com does not exist., badRequest: make the agent with a gcp.projects.ServiceIdentity")
	e.create(keyMemberType, "sql", grantInputs(key, e.agent("sqladmin")))

	_, err = e.try(keyMemberType, "other", grantInputs(key, agentEmail("1", "gcp-sa-cloud-sql")))
	wantError(t, err, "service-1@gcp-sa-cloud-sql.iam.gserviceaccount.com does not exist., badRequest: correct the project's number")
	e.create(keyMemberType, "group", with(grantInputs(key, ""), object{"member": "group:platform@example.com"}))
}

func TestAnAPIThatIsOffOwnsNothing(t *testing.T) {
	t.Parallel()
	for token, inputs := range map[string]object{
		networkType: {}, keyRingType: {"location": testRegion}, accountType: {"accountId": "nodes-a"}, bucketType: {"location": testRegion},
		dnsPolicyType: {}, metricType: {"filter": "a=1"}, channelType: {"type": "email", "labels": object{"email_address": "a@example.com"}},
		contactType:       {"parent": "projects/" + testProject, "email": "a@example.com", "languageTag": "pt", "notificationCategorySubscriptions": []any{"ALL"}},
		budgetType:        {"billingAccount": "01A2B3-C4D5E6-F70819", "amount": object{"lastPeriodAmount": true}},
		projectMemberType: {"project": testProject, "role": "roles/viewer", "member": "allUsers"}, redisType: {"memorySizeGb": 1},
		secretType: {"secretId": "s", "replication": object{"auto": object{}}}, repositoryType: {"repositoryId": "r", "format": "DOCKER"},
	} {
		_, err := newWorld(t).try(token, "x", inputs)
		wantError(t, err, "Error 403: ", "API has not been used in project 482910375164 before or it is disabled.", "let this resource depend on it")
	}
	_, err := newWorld(t).try(identityType, "x", object{"service": "sqladmin.googleapis.com"})
	wantError(t, err, "Service sqladmin.googleapis.com is not enabled for project avila-test")
}

func TestANameIsTakenOnce(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.network()
	e.account()
	for name, row := range map[string]struct {
		token  string
		inputs object
	}{
		"a network": {networkType, object{"name": e.network().text("name")}}, "an account": {accountType, object{"accountId": "nodes-test-sae1"}},
		"a database": {databaseType, object{"instance": e.database().text("instance"), "name": "saas"}},
	} {
		_, err := e.try(row.token, "second", row.inputs)
		wantError(t, err, "googleapi: Error 409: The resource '", "' already exists, alreadyExists", "or import it: pulumi import "+row.token)
		if t.Failed() {
			t.Log(name)
		}
	}
	// Bucket names are one space for all projects.
	e.bucket()
	e.do(func(tx *cloud.Tx) error { return tx.PutProject(cloud.Project{ID: "other", Number: "1"}) })
	e.create(serviceType, "other-storage", object{"project": "other", "service": "storage.googleapis.com"})
	_, err := e.try(bucketType, "second", object{"project": "other", "location": "US", "name": e.bucket().text("name")})
	wantError(t, err, "Error 409")
	// Giving a role twice is no error.
	e.role()
	e.create(projectMemberType, "again", e.roleInputs())
}

func TestAShortNameMeansAResourceOfTheSameProject(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.api("sqladmin")
	e.do(func(tx *cloud.Tx) error { return tx.PutProject(cloud.Project{ID: "other", Number: "1"}) })
	e.create(serviceType, "other-sql", object{"project": "other", "service": "sqladmin.googleapis.com"})
	far := e.create(sqlInstanceType, "far", object{"project": "other", "databaseVersion": "POSTGRES_17", "settings": object{"tier": "db-f1-micro"}})
	_, err := e.try(databaseType, "near", object{"instance": far.text("name"), "name": "saas"})
	wantError(t, err, "The resource '"+far.text("name")+"' was not found")
	e.create(databaseType, "far", object{"project": "other", "instance": far.text("name"), "name": "saas"})
}
