package cost

import (
	"strings"

	"github.com/avila-devops/saas/stacks/graph"
)

// class says how a resource type is billed: by price, or not at all, and then
// why.
type class struct {
	price func(*sheet) error
	free  string
}

func priced(price func(*sheet) error) class { return class{price: price} }
func free(why string) class                 { return class{free: why} }

// Reasons that many types share.
const (
	configures = "configures what is billed elsewhere"
	access     = "Google does not bill for identities and grants"
	onNodes    = "runs on the nodes, which are billed"
	local      = "exists in the state alone"
)

// classes holds every Google type that the program uses. One that is missing
// makes the estimate fail by name.
var classes = map[string]class{
	"gcp:container/cluster:Cluster":         priced(clusterFee),
	"gcp:container/nodePool:NodePool":       priced(nodes),
	"gcp:gkehub/membership:Membership":      free("Connect Gateway comes with GKE"),
	"gcp:gkebackup/backupPlan:BackupPlan":   priced(backupPlan),
	"gcp:gkebackup/restorePlan:RestorePlan": free(configures),

	"gcp:sql/databaseInstance:DatabaseInstance": priced(databaseInstance),
	"gcp:sql/database:Database":                 free(configures),
	"gcp:sql/user:User":                         free(configures),
	"gcp:sql/sslCert:SslCert":                   free(configures),
	"gcp:redis/instance:Instance":               priced(redisInstance),

	"gcp:storage/bucket:Bucket":                                 priced(bucket),
	"gcp:storage/bucketIAMMember:BucketIAMMember":               free(access),
	"gcp:storage/bucketIAMBinding:BucketIAMBinding":             free(access),
	"gcp:storage/managedFolder:ManagedFolder":                   free(configures),
	"gcp:storage/managedFolderIamMember:ManagedFolderIamMember": free(access),
	"gcp:storage/bucketObject:BucketObject":                     free("bytes are in the bucket's assumption"),

	"gcp:artifactregistry/repository:Repository":                   priced(repository),
	"gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": free(access),
	"gcp:containeranalysis/note:Note":                              free(configures),
	"gcp:containeranalysis/noteIamMember:NoteIamMember":            free(access),
	"gcp:binaryauthorization/policy:Policy":                        free("Binary Authorization comes with GKE"),
	"gcp:binaryauthorization/attestor:Attestor":                    free("Binary Authorization comes with GKE"),
	"gcp:binaryauthorization/attestorIamMember:AttestorIamMember":  free(access),

	"gcp:kms/keyRing:KeyRing":                       free("the versions of its keys are billed"),
	"gcp:kms/cryptoKey:CryptoKey":                   priced(key),
	"gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": free(access),
	"gcp:kms/keyRingIAMMember:KeyRingIAMMember":     free(access),

	"gcp:secretmanager/secret:Secret":                   free("its versions are billed"),
	"gcp:secretmanager/secretVersion:SecretVersion":     priced(secretVersion),
	"gcp:secretmanager/secretIamMember:SecretIamMember": free(access),

	"gcp:compute/network:Network":                 free("a VPC is free; what passes through it is not"),
	"gcp:compute/subnetwork:Subnetwork":           free("flow logs are in the whole project's assumption"),
	"gcp:compute/firewall:Firewall":               free("its logs are in the whole project's assumption"),
	"gcp:compute/router:Router":                   free("the NAT on it is billed"),
	"gcp:compute/routerNat:RouterNat":             free("billed by the nodes behind it: see the whole environment"),
	"gcp:compute/route:Route":                     free(configures),
	"gcp:compute/globalAddress:GlobalAddress":     priced(address),
	"gcp:compute/address:Address":                 priced(address),
	"gcp:servicenetworking/connection:Connection": free("traffic inside a region and zone is free; the rest is in network/egress"),
	"gcp:dns/policy:Policy":                       free("its logs are in the whole project's assumption"),

	"gcp:compute/globalForwardingRule:GlobalForwardingRule":           free("billed together: see the whole environment"),
	"gcp:compute/backendService:BackendService":                       free(configures),
	"gcp:compute/backendBucket:BackendBucket":                         priced(backendBucket),
	"gcp:compute/backendBucketSignedUrlKey:BackendBucketSignedUrlKey": free(configures),
	"gcp:compute/healthCheck:HealthCheck":                             free(configures),
	"gcp:compute/networkEndpointGroup:NetworkEndpointGroup":           free(configures),
	"gcp:compute/securityPolicy:SecurityPolicy":                       priced(securityPolicy),
	"gcp:compute/sSLPolicy:SSLPolicy":                                 free(configures),
	"gcp:compute/targetTCPProxy:TargetTCPProxy":                       free(configures),
	"gcp:compute/targetHttpProxy:TargetHttpProxy":                     free(configures),
	"gcp:compute/targetHttpsProxy:TargetHttpsProxy":                   free(configures),
	"gcp:compute/uRLMap:URLMap":                                       free(configures),

	"gcp:certificatemanager/certificate:Certificate":                 priced(certificate),
	"gcp:certificatemanager/certificateMap:CertificateMap":           free(configures),
	"gcp:certificatemanager/certificateMapEntry:CertificateMapEntry": free(configures),
	"gcp:certificatemanager/dnsAuthorization:DnsAuthorization":       free(configures),
	"gcp:dns/managedZone:ManagedZone":                                priced(zone),
	"gcp:dns/recordSet:RecordSet":                                    free("queries are in the zone's assumption"),
	"gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember":        free(access),

	"gcp:projects/service:Service":                                      free("turning an API on costs nothing"),
	"gcp:projects/serviceIdentity:ServiceIdentity":                      free(access),
	"gcp:projects/iAMMember:IAMMember":                                  free(access),
	"gcp:projects/iAMAuditConfig:IAMAuditConfig":                        free("its logs are in the whole project's assumption"),
	"gcp:projects/iAMCustomRole:IAMCustomRole":                          free(access),
	"gcp:serviceaccount/account:Account":                                free(access),
	"gcp:serviceaccount/iAMMember:IAMMember":                            free(access),
	"gcp:iam/workloadIdentityPool:WorkloadIdentityPool":                 free(access),
	"gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": free(access),

	"gcp:logging/projectSink:ProjectSink":                    free("routing is free; the destination is billed"),
	"gcp:logging/projectBucketConfig:ProjectBucketConfig":    free("its volume is in the whole project's assumption"),
	"gcp:logging/metric:Metric":                              free("metrics of the audit controls are within metrics.mib"),
	"gcp:logging/projectCmekSettings:ProjectCmekSettings":    free(configures),
	"gcp:monitoring/alertPolicy:AlertPolicy":                 priced(alert),
	"gcp:monitoring/notificationChannel:NotificationChannel": free(configures),
	"gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig":     priced(uptime),
	"gcp:monitoring/dashboard:Dashboard":                     free(configures),
	"gcp:billing/budget:Budget":                              free(configures),
	"gcp:essentialcontacts/contact:Contact":                  free(configures),
	"gcp:pubsub/topic:Topic":                                 priced(topic),
	"gcp:pubsub/topicIAMMember:TopicIAMMember":               free(access),
	"gcp:pubsub/subscription:Subscription":                   free("its traffic is in the topic's assumption"),
}

// families are the types that are classed by what their token begins with.
var families = []struct {
	prefix string
	class  class
}{
	{"kubernetes:", free(onNodes)},
	{"random:", free(local)},
	{"pulumi:", free(local)},
	{"saas:", free("a component; its children are billed")},
}

func classOf(typ string) (class, bool) {
	if c, ok := classes[typ]; ok {
		return c, true
	}
	for _, family := range families {
		if strings.HasPrefix(typ, family.prefix) {
			return family.class, true
		}
	}
	return class{}, false
}

// wholes price what is billed over all resources together.
var wholes = []func(*sheet, []graph.Resource) error{gateways, forwardingRules, observability}
