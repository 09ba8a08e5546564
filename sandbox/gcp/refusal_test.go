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
		"a project that does not exist": {networkToken, func(*environment) object { return object{} }, object{"project": "other"},
			[]string{"create compute Network x: googleapi: Error 403: Permission denied on resource project other (or it may not exist)", "correct gcp:project"}},
		"a network that does not exist": {subnetToken, (*environment).subnetInputs, object{"network": nowhere},
			[]string{"googleapi: Error 404: The resource '" + nowhere + "' was not found, notFound", "create the compute Network first, or correct network"}},
		"a router that does not exist": {natToken, func(e *environment) object {
			return object{"project": e.api("compute"), "region": testRegion, "router": "nowhere", "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"}
		}, nil, []string{"projects/avila-test/regions/southamerica-east1/routers/nowhere' was not found"}},
		"a ring that does not exist": {cryptoKeyToken, func(e *environment) object {
			e.api("cloudkms")
			return object{"keyRing": "projects/avila-test/locations/l/keyRings/r"}
		}, nil,
			[]string{"'projects/avila-test/locations/l/keyRings/r' was not found", "create the kms KeyRing first"}},
		"a key that does not exist": {bucketToken, (*environment).bucketInputs, object{"encryption.defaultKmsKeyName": "projects/avila-test/locations/southamerica-east1/keyRings/r/cryptoKeys/k"},
			[]string{"Error 404: Cloud KMS key 'projects/avila-test/locations/southamerica-east1/keyRings/r/cryptoKeys/k' was not found", "correct encryption.defaultKmsKeyName"}},
		"a key of a grant that does not exist": {keyMemberToken, func(e *environment) object {
			e.api("cloudkms")
			return grantInputs(&thing{id: "projects/avila-test/locations/l/keyRings/r/cryptoKeys/k"}, agentEmail(testNumber, "gcp-sa-cloud-sql"))
		}, nil, []string{"'projects/avila-test/locations/l/keyRings/r/cryptoKeys/k' was not found", "create the kms CryptoKey first"}},
		"an instance that does not exist": {databaseToken, func(e *environment) object {
			return object{"project": e.api("sqladmin"), "instance": "nowhere", "name": "saas"}
		}, nil,
			[]string{"The resource 'nowhere' was not found"}},
		"a primary that does not exist": {sqlInstanceToken, (*environment).instanceInputs, object{"instanceType": "READ_REPLICA_INSTANCE", "masterInstanceName": "nowhere"},
			[]string{"The resource 'nowhere' was not found", "correct masterInstanceName"}},
		"a secret that does not exist": {secretVersionToken, func(e *environment) object {
			return object{"secret": "projects/" + e.api("secretmanager") + "/secrets/nowhere", "secretData": secret("x")}
		}, nil, []string{"'projects/avila-test/secrets/nowhere' was not found"}},
		"a repository that does not exist": {repositoryMemberToken, func(e *environment) object {
			return object{"project": e.api("artifactregistry"), "location": testRegion, "repository": "nowhere", "role": "roles/artifactregistry.reader", "member": "allUsers"}
		}, nil, []string{"'projects/avila-test/locations/southamerica-east1/repositories/nowhere' was not found"}},
		"a cluster that does not exist": {nodePoolToken, (*environment).poolInputs, object{"cluster": "nowhere"}, []string{"clusters/nowhere' was not found"}},
		"a member that is no cluster": {membershipToken, (*environment).membershipInputs, object{
			"endpoint.gkeCluster.resourceLink": "//container.googleapis.com/projects/avila-test/locations/l/clusters/nowhere",
			"authority.issuer":                 "https://container.googleapis.com/v1/projects/avila-test/locations/l/clusters/nowhere",
		}, []string{"'projects/avila-test/locations/l/clusters/nowhere' was not found"}},
		"pods where the subnetwork has no range": {clusterToken, (*environment).clusterInputs, object{"ipAllocationPolicy.clusterSecondaryRangeName": "nowhere"},
			[]string{`Pod secondary range "nowhere" does not exist in subnetwork`, "[pods services]"}},
		"an account that does not exist": {projectMemberToken, (*environment).roleInputs, object{"member": "serviceAccount:ghost@avila-test.iam.gserviceaccount.com"},
			[]string{"Error 400: Service account ghost@avila-test.iam.gserviceaccount.com does not exist., badRequest", "create the account first"}},
		"nodes that run as nobody": {nodePoolToken, (*environment).poolInputs, object{"nodeConfig.serviceAccount": "ghost@avila-test.iam.gserviceaccount.com"},
			[]string{"Service account ghost@avila-test.iam.gserviceaccount.com does not exist.", "correct nodeConfig.serviceAccount"}},
		"another project's workload pool": {clusterToken, (*environment).clusterInputs, object{"workloadIdentityConfig.workloadPool": "other.svc.id.goog"},
			[]string{`the only supported identity namespace is "avila-test.svc.id.goog"`}},
		"another cluster's issuer": {membershipToken, (*environment).membershipInputs, object{"authority.issuer": "https://example.com"},
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
	if len(e.clusters.running) > 0 && r.token == clusterToken {
		t.Errorf("the refused cluster runs: %v", e.clusters.running)
	}
}

func TestGoogleRefusesWhatDoesNotFitTogether(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]refusal{
		"a subnetwork over another": {subnetToken, func(e *environment) object { e.subnet(); return e.subnetInputs() }, object{"secondaryIpRanges": []any{}, "ipCidrRange": "10.16.8.0/24"},
			[]string{"Error 400: Invalid value for field 'resource.ipCidrRange': '10.16.8.0/24'. Invalid IPCidrRange: 10.16.8.0/24 conflicts with existing subnetwork 'network-nodes-", "(10.16.0.0/20), invalid"}},
		"a subnetwork over another's pods": {subnetToken, func(e *environment) object { e.subnet(); return e.subnetInputs() }, object{"secondaryIpRanges": []any{}, "ipCidrRange": "10.19.0.0/24"},
			[]string{"conflicts with existing subnetwork", "(10.18.0.0/15)"}},
		"pods over their own nodes": {subnetToken, (*environment).subnetInputs, object{"secondaryIpRanges": []any{object{"rangeName": "pods", "ipCidrRange": "10.16.0.0/16"}}},
			[]string{"10.16.0.0/16 conflicts with existing range of the same resource (10.16.0.0/20)"}},
		"a subnetwork over a reserved range": {subnetToken, func(e *environment) object { e.managed(); return e.subnetInputs() }, object{"secondaryIpRanges": []any{}, "ipCidrRange": "10.16.32.0/24"},
			[]string{"conflicts with existing reserved range 'network-managed-"}},
		"a reserved range over a subnetwork": {addressToken, func(e *environment) object { e.subnet(); return e.rangeInputs() }, object{"address": "10.16.16.0"},
			[]string{"Invalid value for field 'resource.address': '10.16.16.0/20'", "conflicts with existing subnetwork"}},
		"a control plane over a subnetwork": {clusterToken, (*environment).clusterInputs, object{"privateClusterConfig.masterIpv4CidrBlock": "10.16.0.0/28"},
			[]string{"master_ipv4_cidr_block': '10.16.0.0/28'", "conflicts with existing subnetwork"}},
		"a cluster away from its subnetwork": {clusterToken, func(e *environment) object {
			return with(e.clusterInputs(), object{"databaseEncryption": nil, "nodeConfig": nil})
		},
			object{"location": "southamerica-west1"}, []string{"lies in southamerica-east1, but the cluster lies in southamerica-west1"}},
		"a database without services access": {sqlInstanceToken, func(e *environment) object {
			e.network()
			e.managed()
			key := e.sqlKey()
			return object{"project": testProject, "region": testRegion, "databaseVersion": "POSTGRES_17", "encryptionKeyName": key, "settings": object{
				"tier": "db-custom-2-7680", "ipConfiguration": object{"ipv4Enabled": false, "privateNetwork": string(e.network().id)},
			}}
		}, nil, []string{"doesn't have at least 1 private services connection", "make a gcp.servicenetworking.Connection"}},
		"Redis without services access": {redisToken, func(e *environment) object {
			e.api("redis")
			return object{"memorySizeGb": 1, "connectMode": "PRIVATE_SERVICE_ACCESS", "authorizedNetwork": string(e.network().id)}
		}, nil, []string{"Google private service access is not enabled"}},
		"a database in a range that is not connected": {sqlInstanceToken, (*environment).instanceInputs, object{"settings.ipConfiguration.allocatedIpRange": "other"},
			[]string{"The allocated IP range 'other' is not among the ranges of the private services connection of", "[network-managed-"}},
		"peering over a range of another purpose": {connectionToken, func(e *environment) object {
			e.api("servicenetworking")
			single := e.create(addressToken, "single", object{"addressType": "INTERNAL", "network": string(e.network().id), "address": "10.1.1.1"})
			return object{"network": string(e.network().id), "service": "servicenetworking.googleapis.com", "reservedPeeringRanges": []any{single.text("name")}}
		}, nil, []string{"Allocated IP range 'single-", "not found in network"}},
		"a replica of another version": {sqlInstanceToken, (*environment).replicaInputs, object{"databaseVersion": "POSTGRES_18"},
			[]string{"must have version POSTGRES_17, not POSTGRES_18"}},
		"a replica without a key": {sqlInstanceToken, (*environment).replicaInputs, object{"encryptionKeyName": nil},
			[]string{"a replica is encrypted with a customer-managed key exactly when its primary"}},
		"a database on a replica": {databaseToken, func(e *environment) object {
			return object{"project": testProject, "instance": e.replica().text("name"), "name": "saas"}
		}, nil, []string{"is a read replica", "name the primary"}},
		"a short password": {sqlUserToken, (*environment).userInputs, object{"password": secret("short")},
			[]string{"the password has 5 characters, the instance's password policy wants 16"}},
		"a password with the user's name": {sqlUserToken, (*environment).userInputs, object{"password": secret("my-provisioner-password")},
			[]string{"the password contains the user name"}},
		"a host for PostgreSQL": {sqlUserToken, (*environment).userInputs, object{"host": "%"}, []string{"PostgreSQL users have no host"}},
		"a range that starts inside itself": {addressToken, (*environment).rangeInputs, object{"address": "10.16.33.0"},
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
		"a bucket":          {bucketToken, (*environment).bucketInputs, []string{"encryption.defaultKmsKeyName"}, "gs-project-accounts", "storage", false},
		"a database":        {sqlInstanceToken, (*environment).instanceInputs, []string{"encryptionKeyName"}, "gcp-sa-cloud-sql", "sqladmin", true},
		"Redis":             {redisToken, (*environment).redisInputs, []string{"customerManagedKey"}, "cloud-redis", "redis", true},
		"etcd of a cluster": {clusterToken, (*environment).clusterInputs, []string{"databaseEncryption.keyName"}, "container-engine-robot", "container", false},
		"disks of a pool":   {nodePoolToken, (*environment).poolInputs, []string{"nodeConfig.bootDiskKmsKey"}, "compute-system", "compute", false},
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
			e.create(keyMemberToken, "viewer", with(grantInputs(key, agent), object{"role": "roles/cloudkms.viewer"}))
			if _, err := e.try(row.token, "x", with(inputs, change)); err == nil {
				t.Error("another role is enough")
			}
			if row.token != nodePoolToken { // a pool with a second name would be fine
				e.create(keyMemberToken, "grant", grantInputs(key, agent))
				e.create(row.token, "x", with(inputs, change))
			}
			elsewhere := e.create(keyRingToken, "elsewhere", object{"location": "us-east1"})
			far := e.create(cryptoKeyToken, "far", object{"keyRing": string(elsewhere.id)})
			for _, path := range row.paths {
				change[path] = string(far.id)
			}
			if row.token == clusterToken {
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
	_, err := e.try(keyMemberToken, "storage", grantInputs(key, agentEmail(testNumber, "gs-project-accounts")))
	wantError(t, err, "Service account service-482910375164@gs-project-accounts.iam.gserviceaccount.com does not exist., badRequest: enable storage.googleapis.com first")
	e.api("storage")
	e.create(keyMemberToken, "storage", grantInputs(key, agentEmail(testNumber, "gs-project-accounts")))

	e.api("sqladmin") // the API alone makes no agent
	_, err = e.try(keyMemberToken, "sql", grantInputs(key, agentEmail(testNumber, "gcp-sa-cloud-sql")))
	wantError(t, err, "service-482910375164@gcp-sa-cloud-sql.iam.gserviceaccount.com does not exist., badRequest: make the agent with a gcp.projects.ServiceIdentity")
	e.create(keyMemberToken, "sql", grantInputs(key, e.agent("sqladmin")))

	_, err = e.try(keyMemberToken, "other", grantInputs(key, agentEmail("1", "gcp-sa-cloud-sql")))
	wantError(t, err, "service-1@gcp-sa-cloud-sql.iam.gserviceaccount.com does not exist., badRequest: correct the project's number")
	e.create(keyMemberToken, "group", with(grantInputs(key, ""), object{"member": "group:platform@example.com"}))
}

func TestAnAPIThatIsOffOwnsNothing(t *testing.T) {
	t.Parallel()
	for token, inputs := range map[string]object{
		networkToken: {}, keyRingToken: {"location": testRegion}, accountToken: {"accountId": "nodes-a"}, bucketToken: {"location": testRegion},
		projectMemberToken: {"project": testProject, "role": "roles/viewer", "member": "allUsers"}, redisToken: {"memorySizeGb": 1},
		secretToken: {"secretId": "s", "replication": object{"auto": object{}}}, repositoryToken: {"repositoryId": "r", "format": "DOCKER"},
	} {
		_, err := newWorld(t).try(token, "x", inputs)
		wantError(t, err, "Error 403: ", "API has not been used in project 482910375164 before or it is disabled.", "let this resource depend on it")
	}
	_, err := newWorld(t).try(identityToken, "x", object{"service": "sqladmin.googleapis.com"})
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
		"a network": {networkToken, object{"name": e.network().text("name")}}, "an account": {accountToken, object{"accountId": "nodes-test-sae1"}},
		"a database": {databaseToken, object{"instance": e.database().text("instance"), "name": "saas"}},
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
	e.create(serviceToken, "other-storage", object{"project": "other", "service": "storage.googleapis.com"})
	_, err := e.try(bucketToken, "second", object{"project": "other", "location": "US", "name": e.bucket().text("name")})
	wantError(t, err, "Error 409")
	// Giving a role twice is no error.
	e.role()
	e.create(projectMemberToken, "again", e.roleInputs())
}
