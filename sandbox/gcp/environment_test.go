package gcp

import (
	"fmt"
	"strings"
	"sync/atomic"
)

// environment is one environment as the program declares it, made step by
// step: what a test takes from it has all that it depends on.
type environment struct {
	*world

	made map[string]*thing
	list []*thing // in the order of creation

	suffix string // of names that Google keeps when they are deleted
}

var environments atomic.Int64

func newEnvironment(w *world) *environment {
	return &environment{world: w, made: map[string]*thing{}, suffix: fmt.Sprintf("%06d", environments.Add(1))}
}

// add creates a resource of the environment once.
func (e *environment) add(key, token, name string, inputs func() object) *thing {
	e.t.Helper()
	if th, ok := e.made[key]; ok {
		return th
	}
	values := inputs()
	th := e.create(token, name, values)
	e.made[key] = th
	e.list = append(e.list, th)
	return th
}

// api turns an API on.
func (e *environment) api(name string) string {
	e.t.Helper()
	e.add("api/"+name, serviceType, "project-"+name, func() object {
		return object{"project": testProject, "service": name + ".googleapis.com", "disableOnDestroy": false}
	})
	return testProject
}

func (e *environment) agent(name string) string {
	e.t.Helper()
	return e.add("agent/"+name, identityType, "project-"+name+"-agent", func() object {
		return object{"project": e.api(name), "service": name + ".googleapis.com"}
	}).text("email")
}

func (e *environment) network() *thing {
	e.t.Helper()
	return e.add("network", networkType, "network-vpc", func() object {
		return object{
			"project": e.api("compute"), "description": "Private network.", "autoCreateSubnetworks": false,
			"routingMode": "GLOBAL", "deleteDefaultRoutesOnCreate": false,
		}
	})
}

func (e *environment) subnetInputs() object {
	return object{
		"project": testProject, "region": testRegion, "network": string(e.network().id), "description": "Nodes.",
		"ipCidrRange": "10.16.0.0/20", "privateIpGoogleAccess": true,
		"secondaryIpRanges": []any{
			object{"rangeName": "pods", "ipCidrRange": "10.18.0.0/15"},
			object{"rangeName": "services", "ipCidrRange": "10.16.16.0/20"},
		},
		"logConfig": object{"aggregationInterval": "INTERVAL_5_SEC", "flowSampling": 1, "metadata": "INCLUDE_ALL_METADATA"},
	}
}

func (e *environment) subnet() *thing {
	e.t.Helper()
	return e.add("subnet", subnetType, "network-nodes", e.subnetInputs)
}

func (e *environment) router() *thing {
	e.t.Helper()
	return e.add("router", routerType, "network-router", func() object {
		return object{"project": testProject, "region": testRegion, "network": string(e.network().id), "description": "Carries the NAT."}
	})
}

func (e *environment) nat() *thing {
	e.t.Helper()
	return e.add("nat", natType, "network-nat", func() object {
		return object{
			"project": testProject, "region": testRegion, "router": e.router().text("name"), "natIpAllocateOption": "AUTO_ONLY",
			"sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES", "logConfig": object{"enable": true, "filter": "ERRORS_ONLY"},
		}
	})
}

func (e *environment) firewall() *thing {
	e.t.Helper()
	return e.add("firewall", firewallType, "network-deny", func() object {
		return object{
			"project": testProject, "network": string(e.network().id), "description": "Refuses.", "direction": "INGRESS", "priority": 65534,
			"sourceRanges": []any{"0.0.0.0/0"}, "denies": []any{object{"protocol": "all"}}, "logConfig": object{"metadata": "INCLUDE_ALL_METADATA"},
		}
	})
}

func (e *environment) rangeInputs() object {
	return object{
		"project": testProject, "network": string(e.network().id), "description": "Cloud SQL and Memorystore.",
		"purpose": "VPC_PEERING", "addressType": "INTERNAL", "address": "10.16.32.0", "prefixLength": 20,
	}
}

func (e *environment) managed() *thing {
	e.t.Helper()
	return e.add("managed", addressType, "network-managed", e.rangeInputs)
}

func (e *environment) connection() *thing {
	e.t.Helper()
	return e.add("connection", connectionType, "network-managed", func() object {
		e.api("servicenetworking")
		return object{
			"network": string(e.network().id), "service": "servicenetworking.googleapis.com",
			"reservedPeeringRanges": []any{e.managed().text("name")}, "deletionPolicy": "ABANDON",
		}
	})
}

func (e *environment) ring() *thing {
	e.t.Helper()
	return e.add("ring", keyRingType, "keys-ring", func() object {
		return object{"project": e.api("cloudkms"), "location": testRegion}
	})
}

// key makes a key and grants it to agents.
func (e *environment) key(use string, agents ...string) *thing {
	e.t.Helper()
	key := e.add("key/"+use, cryptoKeyType, "keys-"+use, func() object {
		return object{
			"keyRing": string(e.ring().id), "purpose": "ENCRYPT_DECRYPT", "rotationPeriod": "7776000s", "destroyScheduledDuration": "2592000s",
			"versionTemplate": object{"algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION", "protectionLevel": "HSM"},
		}
	})
	for _, agent := range agents {
		e.add("grant/"+use+"/"+agent, keyMemberType, "keys-"+use+"-"+agent, func() object { return grantInputs(key, agent) })
	}
	return key
}

func grantInputs(key *thing, email string) object {
	return object{"cryptoKeyId": string(key.id), "role": "roles/cloudkms.cryptoKeyEncrypterDecrypter", "member": "serviceAccount:" + email}
}

func (e *environment) gkeKey() *thing {
	e.t.Helper()
	e.api("container")
	e.api("compute")
	return e.key("gke", agentEmail(testNumber, "container-engine-robot"), agentEmail(testNumber, "compute-system"))
}

func (e *environment) bucketInputs() object {
	e.api("storage")
	return object{
		"project": testProject, "location": testRegion, "uniformBucketLevelAccess": true, "publicAccessPrevention": "enforced", "forceDestroy": false,
		"versioning":     object{"enabled": true},
		"encryption":     object{"defaultKmsKeyName": string(e.key("storage", agentEmail(testNumber, "gs-project-accounts")).id)},
		"lifecycleRules": []any{object{"action": object{"type": "Delete"}, "condition": object{"daysSinceNoncurrentTime": 90}}},
	}
}

func (e *environment) bucket() *thing {
	e.t.Helper()
	return e.add("bucket", bucketType, "media-files", e.bucketInputs)
}

func (e *environment) sqlKey() string {
	e.t.Helper()
	return string(e.key("sql", e.agent("sqladmin")).id)
}

func (e *environment) instanceInputs() object {
	e.connection()
	return object{
		"project": e.api("sqladmin"), "region": testRegion, "databaseVersion": "POSTGRES_17", "encryptionKeyName": e.sqlKey(), "deletionProtection": true,
		"settings": object{
			"edition": "ENTERPRISE", "tier": "db-custom-2-7680", "diskType": "PD_SSD", "diskSize": 20, "diskAutoresize": true, "deletionProtectionEnabled": true,
			"availabilityType": "REGIONAL",
			"databaseFlags":    []any{object{"name": "cloudsql.enable_pgaudit", "value": "on"}, object{"name": "log_temp_files", "value": "0"}},
			"ipConfiguration": object{
				"ipv4Enabled": false, "privateNetwork": e.connection().text("network"), "allocatedIpRange": e.managed().text("name"),
				"sslMode": "TRUSTED_CLIENT_CERTIFICATE_REQUIRED", "requireSsl": true,
			},
			"backupConfiguration": object{
				"enabled": true, "pointInTimeRecoveryEnabled": true, "transactionLogRetentionDays": 7, "startTime": "06:00",
				"backupRetentionSettings": object{"retainedBackups": 30, "retentionUnit": "COUNT"},
			},
			"maintenanceWindow": object{"day": 7, "hour": 6, "updateTrack": "stable"},
			"insightsConfig": object{
				"queryInsightsEnabled": true, "queryPlansPerMinute": 5, "queryStringLength": 1024, "recordApplicationTags": true, "recordClientAddress": false,
			},
			"passwordValidationPolicy": object{
				"enablePasswordPolicy": true, "minLength": 16, "complexity": "COMPLEXITY_DEFAULT", "disallowUsernameSubstring": true,
			},
		},
	}
}

func (e *environment) instance() *thing {
	e.t.Helper()
	return e.add("instance", sqlInstanceType, "database-primary", e.instanceInputs)
}

func (e *environment) replicaInputs() object {
	return with(e.instanceInputs(), object{
		"instanceType": "READ_REPLICA_INSTANCE", "masterInstanceName": e.instance().text("name"),
		"settings.availabilityType": "ZONAL", "settings.backupConfiguration": nil, "settings.maintenanceWindow": nil, "settings.passwordValidationPolicy": nil,
	})
}

func (e *environment) replica() *thing {
	e.t.Helper()
	return e.add("replica", sqlInstanceType, "database-replica", e.replicaInputs)
}

func (e *environment) database() *thing {
	e.t.Helper()
	return e.add("database", databaseType, "database-database", func() object {
		return object{
			"project": testProject, "instance": e.instance().text("name"), "name": "saas", "charset": "UTF8", "collation": "en_US.UTF8", "deletionPolicy": "ABANDON",
		}
	})
}

// testPassword stands for one that must not be seen on disk.
const testPassword = "correct-horse-battery-staple-0123456789"

func (e *environment) userInputs() object {
	return object{
		"project": testProject, "instance": e.instance().text("name"), "name": "provisioner", "password": secret(testPassword), "deletionPolicy": "ABANDON",
	}
}

func (e *environment) user() *thing {
	e.t.Helper()
	return e.add("user", sqlUserType, "database-provisioner", e.userInputs)
}

func (e *environment) clientCertInputs() object {
	return object{"project": testProject, "instance": e.instance().text("name"), "commonName": "pooler"}
}

func (e *environment) clientCert() *thing {
	e.t.Helper()
	return e.add("clientCert", sslCertType, "database-pooler", e.clientCertInputs)
}

func (e *environment) secretInputs() object {
	return object{
		"project": e.api("secretmanager"), "secretId": "database-provisioner",
		"replication": object{"userManaged": object{"replicas": []any{object{
			"location":                  testRegion,
			"customerManagedEncryption": object{"kmsKeyName": string(e.key("secrets", e.agent("secretmanager")).id)},
		}}}},
	}
}

func (e *environment) secret() *thing {
	e.t.Helper()
	return e.add("secret", secretType, "database-provisioner", e.secretInputs)
}

func (e *environment) secretVersion() *thing {
	e.t.Helper()
	return e.add("version", secretVersionType, "database-provisioner", func() object {
		return object{"secret": string(e.secret().id), "secretData": secret(testPassword)}
	})
}

func (e *environment) redisInputs() object {
	return object{
		"project": e.api("redis"), "region": testRegion, "displayName": "Cache", "tier": "STANDARD_HA", "redisVersion": "REDIS_7_2", "memorySizeGb": 5,
		"readReplicasMode": "READ_REPLICAS_ENABLED", "replicaCount": 1, "connectMode": "PRIVATE_SERVICE_ACCESS",
		"authorizedNetwork": e.connection().text("network"), "reservedIpRange": e.managed().text("name"), "authEnabled": true,
		"transitEncryptionMode": "SERVER_AUTHENTICATION", "customerManagedKey": string(e.key("redis", e.agent("redis")).id),
		"redisConfigs":      object{"maxmemory-policy": "noeviction"},
		"persistenceConfig": object{"persistenceMode": "RDB", "rdbSnapshotPeriod": "ONE_HOUR"},
		"maintenancePolicy": object{"weeklyMaintenanceWindows": []any{object{
			"day": "SUNDAY", "startTime": object{"hours": 6, "minutes": 0, "seconds": 0, "nanos": 0},
		}}},
	}
}

func (e *environment) redis() *thing {
	e.t.Helper()
	return e.add("redis", redisType, "cache-redis", e.redisInputs)
}

func (e *environment) account() *thing {
	e.t.Helper()
	return e.add("account", accountType, "cluster-nodes", func() object {
		return object{"project": e.api("iam"), "accountId": "nodes-test-sae1", "displayName": "Nodes"}
	})
}

func (e *environment) roleInputs() object {
	e.api("cloudresourcemanager")
	return object{"project": e.account().text("project"), "role": "roles/container.defaultNodeServiceAccount", "member": e.account().text("member")}
}

func (e *environment) role() *thing {
	e.t.Helper()
	return e.add("role", projectMemberType, "cluster-nodes-role", e.roleInputs)
}

const clusterName = "saas-test-southamerica-east1"

func (e *environment) clusterInputs() object {
	key := string(e.gkeKey().id)
	return object{
		"project": e.api("container"), "name": clusterName, "description": "Applications.", "location": testRegion,
		"nodeLocations": []any{testRegion + "-a", testRegion + "-b", testRegion + "-c"},
		"network":       string(e.network().id), "subnetwork": string(e.subnet().id), "networkingMode": "VPC_NATIVE",
		"ipAllocationPolicy": object{"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"},
		"datapathProvider":   "ADVANCED_DATAPATH", "enableIntranodeVisibility": true, "enableFqdnNetworkPolicy": true,
		"privateClusterConfig": object{
			"enablePrivateNodes": true, "enablePrivateEndpoint": true, "masterIpv4CidrBlock": "10.16.48.0/28", "masterGlobalAccessConfig": object{"enabled": true},
		},
		"masterAuthorizedNetworksConfig": object{"gcpPublicCidrsAccessEnabled": false},
		"masterAuth":                     object{"clientCertificateConfig": object{"issueClientCertificate": false}},
		"enableLegacyAbac":               false, "enableKubernetesAlpha": false,
		"authenticatorGroupsConfig": object{"securityGroup": "gke-security-groups@example.com"},
		"workloadIdentityConfig":    object{"workloadPool": testProject + ".svc.id.goog"},
		"databaseEncryption":        object{"state": "ENCRYPTED", "keyName": key},
		"binaryAuthorization":       object{"evaluationMode": "PROJECT_SINGLETON_POLICY_ENFORCE"},
		"enableShieldedNodes":       true,
		"securityPostureConfig":     object{"mode": "BASIC", "vulnerabilityMode": "VULNERABILITY_BASIC"},
		"releaseChannel":            object{"channel": "REGULAR"},
		"maintenancePolicy":         object{"recurringWindow": object{"startTime": "2026-01-03T05:00:00Z", "endTime": "2026-01-03T11:00:00Z", "recurrence": "FREQ=WEEKLY;BYDAY=SA,SU"}},
		"loggingConfig":             object{"enableComponents": []any{"SYSTEM_COMPONENTS", "WORKLOADS"}},
		"monitoringConfig":          object{"enableComponents": []any{"SYSTEM_COMPONENTS"}, "managedPrometheus": object{"enabled": true}},
		"costManagementConfig":      object{"enabled": true},
		"addonsConfig": object{
			"gkeBackupAgentConfig": object{"enabled": true}, "horizontalPodAutoscaling": object{"disabled": false}, "httpLoadBalancing": object{"disabled": false},
			"gcePersistentDiskCsiDriverConfig": object{"enabled": true}, "dnsCacheConfig": object{"enabled": true},
		},
		"removeDefaultNodePool": true, "initialNodeCount": 1,
		"nodeConfig": object{
			"machineType": "e2-medium", "imageType": "COS_CONTAINERD", "bootDiskKmsKey": key,
			"shieldedInstanceConfig": object{"enableSecureBoot": true, "enableIntegrityMonitoring": true}, "workloadMetadataConfig": object{"mode": "GKE_METADATA"},
		},
		"notificationConfig": object{"pubsub": object{"enabled": true, "topic": string(e.topic().id), "filter": object{"eventTypes": []any{"UPGRADE_EVENT"}}}},
		"deletionProtection": true, "resourceLabels": object{"managed-by": "pulumi", "region": testRegion},
	}
}

func (e *environment) cluster() *thing {
	e.t.Helper()
	return e.add("cluster", clusterType, "cluster-gke", e.clusterInputs)
}

func (e *environment) poolInputs() object {
	e.role()
	return object{
		"project": testProject, "cluster": e.cluster().text("name"), "location": testRegion, "nodeLocations": []any{testRegion + "-a"}, "initialNodeCount": 1,
		"autoscaling":     object{"minNodeCount": 1, "maxNodeCount": 3, "locationPolicy": "BALANCED"},
		"management":      object{"autoRepair": true, "autoUpgrade": true},
		"upgradeSettings": object{"maxSurge": 1, "maxUnavailable": 0},
		"nodeConfig": object{
			"machineType": "e2-standard-4", "imageType": "COS_CONTAINERD", "diskType": "pd-balanced", "diskSizeGb": 100,
			"bootDiskKmsKey": string(e.gkeKey().id), "serviceAccount": e.account().text("email"),
			"oauthScopes": []any{"https://www.googleapis.com/auth/cloud-platform"}, "metadata": object{"disable-legacy-endpoints": "true"},
			"tags": []any{clusterName}, "gvnic": object{"enabled": true},
			"shieldedInstanceConfig": object{"enableSecureBoot": true, "enableIntegrityMonitoring": true}, "workloadMetadataConfig": object{"mode": "GKE_METADATA"},
		},
		"networkConfig": object{"enablePrivateNodes": true},
	}
}

func (e *environment) pool() *thing {
	e.t.Helper()
	return e.add("pool", nodePoolType, "cluster-pool", e.poolInputs)
}

func (e *environment) membershipInputs() object {
	e.api("gkehub")
	return object{
		"project": testProject, "membershipId": clusterName, "location": "global",
		"endpoint":  object{"gkeCluster": object{"resourceLink": "//container.googleapis.com/" + string(e.cluster().id)}},
		"authority": object{"issuer": "https://container.googleapis.com/v1/" + string(e.cluster().id)},
	}
}

func (e *environment) membership() *thing {
	e.t.Helper()
	return e.add("membership", membershipType, "cluster-membership", e.membershipInputs)
}

func (e *environment) repository() *thing {
	e.t.Helper()
	return e.add("repository", repositoryType, "registry-images", func() object {
		return object{
			"project": e.api("artifactregistry"), "location": testRegion, "repositoryId": "images", "description": "Images.", "format": "DOCKER",
			"kmsKeyName": string(e.key("registry", e.agent("artifactregistry")).id), "dockerConfig": object{"immutableTags": true},
		}
	})
}

func (e *environment) reader() *thing {
	e.t.Helper()
	return e.add("reader", repositoryMemberType, "registry-reader", func() object {
		repository := e.repository()
		return object{
			"project": repository.text("project"), "location": repository.text("location"), "repository": repository.text("repositoryId"),
			"role": "roles/artifactregistry.reader", "member": "serviceAccount:" + e.account().text("email"),
		}
	})
}

// all makes everything.
func (e *environment) all() {
	e.t.Helper()
	for _, add := range []func() *thing{
		e.names, e.folderMember, e.writer, e.logBucket, e.auditConfig, e.routeAlert, e.downAlert, e.budget, e.contact, e.restore,
		e.firewall, e.nat, e.bucket, e.replica, e.database, e.user, e.clientCert, e.secretVersion, e.redis, e.pool, e.membership, e.reader,
		e.federated, e.workload, e.objects, e.admission, e.signer, e.viewer, e.notices, e.customGrant,
		e.edge,
	} {
		add()
	}
}

// unprotect switches deletion protection off, as the program's first step of
// two does.
func (e *environment) unprotect() {
	e.t.Helper()
	off := object{"deletionProtection": false, "settings.deletionProtectionEnabled": false}
	e.update(e.replica(), with(e.replicaInputs(), off))
	e.update(e.instance(), with(e.instanceInputs(), off))
	e.update(e.cluster(), with(e.clusterInputs(), object{"deletionProtection": false}))
}

// lastSegment is the name at the end of an id.
func lastSegment(id string) string { return id[strings.LastIndex(id, "/")+1:] }
