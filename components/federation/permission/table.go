package permission

import "slices"

// Where Google lists the permissions of its APIs.
const (
	reference    = "https://cloud.google.com/iam/docs/permissions-reference"
	compute      = "https://cloud.google.com/compute/docs/access/iam-permissions"
	kubernetes   = "https://cloud.google.com/kubernetes-engine/docs/reference/api-permissions"
	kms          = "https://cloud.google.com/kms/docs/reference/permissions-and-roles"
	sql          = "https://cloud.google.com/sql/docs/postgres/iam-permissions"
	storage      = "https://cloud.google.com/storage/docs/access-control/iam-permissions"
	artifacts    = "https://cloud.google.com/artifact-registry/docs/access-control"
	attestation  = "https://cloud.google.com/binary-authorization/docs/reference/permissions-and-roles"
	analysis     = "https://cloud.google.com/artifact-analysis/docs/ca-access-control"
	messages     = "https://cloud.google.com/pubsub/docs/access-control"
	secrets      = "https://cloud.google.com/secret-manager/docs/access-control" //nolint:gosec // an address, no credential
	cache        = "https://cloud.google.com/memorystore/docs/redis/access-control"
	services     = "https://cloud.google.com/service-usage/docs/access-control"
	peering      = "https://cloud.google.com/service-infrastructure/docs/service-networking/access-control"
	monitoring   = "https://cloud.google.com/monitoring/access-control"
	logs         = "https://cloud.google.com/logging/docs/access-control"
	backups      = "https://cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/how-to/access-control"
	names        = "https://cloud.google.com/dns/docs/access-control"
	certificates = "https://cloud.google.com/certificate-manager/docs/access-control"
	contacts     = "https://cloud.google.com/resource-manager/docs/manage-essential-contacts"
	billing      = "https://cloud.google.com/billing/docs/how-to/billing-access"
	fleet        = "https://cloud.google.com/kubernetes-engine/docs/concepts/fleet-permissions"
)

// Table holds a row for each type of Google's that the program declares.
var Table = map[string]Row{
	"gcp:artifactregistry/repository:Repository":                   crud(artifacts, "artifactregistry.repositories"),
	"gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": member(artifacts, "artifactregistry.repositories"),

	"gcp:binaryauthorization/policy:Policy":                       {Source: attestation, Read: named("binaryauthorization.policy", "get"), Write: named("binaryauthorization.policy", "update")},
	"gcp:binaryauthorization/attestor:Attestor":                   crud(attestation, "binaryauthorization.attestors"),
	"gcp:binaryauthorization/attestorIamMember:AttestorIamMember": member(attestation, "binaryauthorization.attestors"),
	"gcp:containeranalysis/note:Note":                             crud(analysis, "containeranalysis.notes", "attachOccurrence"),
	"gcp:containeranalysis/noteIamMember:NoteIamMember":           member(analysis, "containeranalysis.notes"),

	"gcp:compute/firewall:Firewall":           with(crud(compute, "compute.firewalls"), "compute.globalOperations.get", "compute.networks.updatePolicy"),
	"gcp:compute/globalAddress:GlobalAddress": with(crud(compute, "compute.globalAddresses", "createInternal", "deleteInternal", "setLabels", "use"), "compute.globalOperations.get"),
	"gcp:compute/network:Network":             with(crud(compute, "compute.networks", "updatePolicy", "use"), "compute.globalOperations.get"),
	"gcp:compute/router:Router":               with(crud(compute, "compute.routers", "use"), "compute.regionOperations.get"),
	"gcp:compute/routerNat:RouterNat":         {Source: compute, Read: named("compute.routers", "get"), Write: named("compute.routers", "update")},
	"gcp:compute/subnetwork:Subnetwork":       with(crud(compute, "compute.subnetworks", "expandIpCidrRange", "setPrivateIpGoogleAccess", "use"), "compute.regionOperations.get"),

	"gcp:container/cluster:Cluster":    with(crud(kubernetes, "container.clusters"), "container.operations.get"),
	"gcp:container/nodePool:NodePool":  {Source: kubernetes, Read: named("container.clusters", "get"), Write: append(named("container.clusters", "update"), "container.operations.get")},
	"gcp:gkehub/membership:Membership": with(crud(fleet, "gkehub.memberships"), "gkehub.operations.get"),

	// Destroying a key's versions is left out: what they encrypt would be lost.
	"gcp:kms/keyRing:KeyRing":                       {Source: kms, Read: named("cloudkms.keyRings", "get"), Write: named("cloudkms.keyRings", "create")},
	"gcp:kms/cryptoKey:CryptoKey":                   {Source: kms, Read: append(named("cloudkms.cryptoKeys", "get"), named("cloudkms.cryptoKeyVersions", "get", "list", "viewPublicKey")...), Write: named("cloudkms.cryptoKeys", "create", "update")},
	"gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": member(kms, "cloudkms.cryptoKeys"),

	"gcp:iam/workloadIdentityPool:WorkloadIdentityPool":                 {Source: reference, Read: named("iam.workloadIdentityPools", "get"), ByPerson: true},
	"gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": {Source: reference, Read: named("iam.workloadIdentityPoolProviders", "get"), ByPerson: true},
	"gcp:projects/iAMCustomRole:IAMCustomRole":                          {Source: reference, Read: named("iam.roles", "get"), ByPerson: true},
	"gcp:projects/iAMMember:IAMMember":                                  {Source: reference, Read: named("resourcemanager.projects", "get", "getIamPolicy"), ByPerson: true}, // see Grants
	"gcp:serviceaccount/account:Account":                                crud(reference, "iam.serviceAccounts"),
	"gcp:serviceaccount/iAMMember:IAMMember":                            {Source: reference, Read: named("iam.serviceAccounts", "getIamPolicy"), ByPerson: true}, // who may act as an account

	"gcp:projects/service:Service":                 {Source: services, Read: append(named("serviceusage.services", "get", "list"), "serviceusage.operations.get"), Write: named("serviceusage.services", "enable")},
	"gcp:projects/serviceIdentity:ServiceIdentity": {Source: services, Read: named("serviceusage.services", "get"), Write: named("serviceusage.services", "enable")},

	"gcp:pubsub/subscription:Subscription": with(crud(messages, "pubsub.subscriptions"), "pubsub.topics.attachSubscription"),
	"gcp:pubsub/topic:Topic":               crud(messages, "pubsub.topics"),

	"gcp:redis/instance:Instance": with(crud(cache, "redis.instances", "getAuthString", "updateAuth"), "redis.operations.get"),

	"gcp:secretmanager/secret:Secret": crud(secrets, "secretmanager.secrets"),
	// The provider reads a version back once it has written it.
	"gcp:secretmanager/secretVersion:SecretVersion": {Source: secrets, Read: named("secretmanager.versions", "get"), Write: named("secretmanager.versions", "access", "add", "destroy", "disable", "enable")},

	"gcp:servicenetworking/connection:Connection": {Source: peering, Read: named("servicenetworking.services", "get"), Write: append(named("servicenetworking.services", "addPeering"), named("servicenetworking.operations", "get")...)},

	"gcp:sql/database:Database":                 crud(sql, "cloudsql.databases"),
	"gcp:sql/databaseInstance:DatabaseInstance": {Source: sql, Read: named("cloudsql.instances", "get", "list", "listServerCas"), Write: named("cloudsql.instances", "create", "delete", "update")}, // getCaCerts
	"gcp:sql/user:User":                         {Source: sql, Read: named("cloudsql.users", "get", "list"), Write: named("cloudsql.users", "create", "delete", "update")},

	"gcp:storage/bucket:Bucket":                   crud(storage, "storage.buckets"),
	"gcp:storage/bucketIAMMember:BucketIAMMember": member(storage, "storage.buckets"),

	"gcp:storage/managedFolder:ManagedFolder":                         {Source: storage, Read: named("storage.managedFolders", "get"), Write: named("storage.managedFolders", "create", "delete")},
	"gcp:storage/managedFolderIamMember:ManagedFolderIamMember":       member(storage, "storage.managedFolders"),
	"gcp:sql/sslCert:SslCert":                                         {Source: sql, Read: named("cloudsql.sslCerts", "get", "list"), Write: named("cloudsql.sslCerts", "create", "delete")},
	"gcp:monitoring/alertPolicy:AlertPolicy":                          crud(monitoring, "monitoring.alertPolicies"),
	"gcp:monitoring/notificationChannel:NotificationChannel":          crud(monitoring, "monitoring.notificationChannels"),
	"gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig":              crud(monitoring, "monitoring.uptimeCheckConfigs"),
	"gcp:logging/metric:Metric":                                       crud(logs, "logging.logMetrics"),
	"gcp:logging/projectBucketConfig:ProjectBucketConfig":             crud(logs, "logging.buckets"),
	"gcp:logging/projectSink:ProjectSink":                             crud(logs, "logging.sinks"),
	"gcp:gkebackup/backupPlan:BackupPlan":                             with(crud(backups, "gkebackup.backupPlans"), "gkebackup.operations.get"),
	"gcp:gkebackup/restorePlan:RestorePlan":                           with(crud(backups, "gkebackup.restorePlans"), "gkebackup.operations.get"),
	"gcp:dns/policy:Policy":                                           with(crud(names, "dns.policies"), "dns.networks.bindPrivateDNSPolicy"),
	"gcp:essentialcontacts/contact:Contact":                           crud(contacts, "essentialcontacts.contacts"),
	"gcp:dns/managedZone:ManagedZone":                                 with(crud(names, "dns.managedZones"), "dns.networks.bindPrivateDNSZone"),
	"gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember":         member(names, "dns.managedZones"),
	"gcp:dns/recordSet:RecordSet":                                     {Source: names, Read: append(named("dns.resourceRecordSets", "get", "list"), "dns.changes.get"), Write: append(named("dns.resourceRecordSets", "create", "delete", "update"), "dns.changes.create")},
	"gcp:compute/backendService:BackendService":                       with(crud(compute, "compute.backendServices", "setSecurityPolicy", "use"), "compute.globalOperations.get", "compute.networkEndpointGroups.use"),
	"gcp:compute/backendBucket:BackendBucket":                         with(crud(compute, "compute.backendBuckets", "setSecurityPolicy", "use"), "compute.globalOperations.get"),
	"gcp:compute/backendBucketSignedUrlKey:BackendBucketSignedUrlKey": {Source: compute, Read: named("compute.backendBuckets", "get"), Write: named("compute.backendBuckets", "addSignedUrlKey", "deleteSignedUrlKey")},
	"gcp:compute/healthCheck:HealthCheck":                             with(crud(compute, "compute.healthChecks", "use", "useReadOnly"), "compute.globalOperations.get"),
	"gcp:compute/securityPolicy:SecurityPolicy":                       with(crud(compute, "compute.securityPolicies", "use"), "compute.globalOperations.get"),
	"gcp:compute/sSLPolicy:SSLPolicy":                                 with(crud(compute, "compute.sslPolicies", "use"), "compute.globalOperations.get"),
	"gcp:compute/uRLMap:URLMap":                                       with(crud(compute, "compute.urlMaps", "use", "invalidateCache"), "compute.globalOperations.get"),
	"gcp:compute/targetTCPProxy:TargetTCPProxy":                       with(crud(compute, "compute.targetTcpProxies", "use"), "compute.globalOperations.get"),
	"gcp:compute/targetHttpsProxy:TargetHttpsProxy":                   with(crud(compute, "compute.targetHttpsProxies", "setCertificateMap", "setSslPolicy", "use"), "compute.globalOperations.get"),
	"gcp:compute/targetHttpProxy:TargetHttpProxy":                     with(crud(compute, "compute.targetHttpProxies", "use"), "compute.globalOperations.get"),
	"gcp:compute/globalForwardingRule:GlobalForwardingRule":           with(crud(compute, "compute.globalForwardingRules", "setLabels", "setTarget"), "compute.globalOperations.get", "compute.globalAddresses.use"),
	"gcp:certificatemanager/certificate:Certificate":                  with(crud(certificates, "certificatemanager.certs", "use"), "certificatemanager.operations.get"),
	"gcp:certificatemanager/certificateMap:CertificateMap":            with(crud(certificates, "certificatemanager.certmaps", "use"), "certificatemanager.operations.get"),
	"gcp:certificatemanager/certificateMapEntry:CertificateMapEntry":  with(crud(certificates, "certificatemanager.certmapentries"), "certificatemanager.operations.get"),
	"gcp:certificatemanager/dnsAuthorization:DnsAuthorization":        with(crud(certificates, "certificatemanager.dnsauthorizations", "use"), "certificatemanager.operations.get"),

	// What is logged of a project is part of its policy, which CI may not write.
	"gcp:projects/iAMAuditConfig:IAMAuditConfig": {Source: reference, Read: named("resourcemanager.projects", "getIamPolicy"), ByPerson: true},
	// A budget belongs to the billing account, where no role of a project
	// reaches: in the project, CI only looks up what the budget watches.
	"gcp:billing/budget:Budget": {Source: billing, Read: named("resourcemanager.projects", "get"), ByPerson: true},
}

// crud is the row of a type with the usual verbs, and further ones.
func crud(source, resource string, more ...string) Row {
	return Row{Source: source, Read: named(resource, "get"), Write: named(resource, append([]string{"create", "delete", "update"}, more...)...)}
}

// member is the row of a type that gives a role on a resource.
func member(source, resource string) Row {
	return Row{Source: source, Read: named(resource, "getIamPolicy"), Write: named(resource, "setIamPolicy")}
}

// with adds what a change takes besides the resource itself.
func with(row Row, permissions ...string) Row {
	row.Write = slices.Concat(row.Write, permissions)
	return row
}
