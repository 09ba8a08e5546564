package main

// tokens are the types that the program uses, which is all that the sandbox
// stands in for. A test compares them with the program's reviewed graph.
var tokens = []string{
	"gcp:artifactregistry/repository:Repository",
	"gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
	"gcp:compute/firewall:Firewall",
	"gcp:compute/globalAddress:GlobalAddress",
	"gcp:compute/network:Network",
	"gcp:compute/router:Router",
	"gcp:compute/routerNat:RouterNat",
	"gcp:compute/subnetwork:Subnetwork",
	"gcp:container/cluster:Cluster",
	"gcp:container/nodePool:NodePool",
	"gcp:gkehub/membership:Membership",
	"gcp:kms/cryptoKey:CryptoKey",
	"gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
	"gcp:kms/keyRing:KeyRing",
	"gcp:projects/iAMMember:IAMMember",
	"gcp:projects/service:Service",
	"gcp:projects/serviceIdentity:ServiceIdentity",
	"gcp:redis/instance:Instance",
	"gcp:secretmanager/secret:Secret",
	"gcp:secretmanager/secretVersion:SecretVersion",
	"gcp:serviceaccount/account:Account",
	"gcp:servicenetworking/connection:Connection",
	"gcp:sql/database:Database",
	"gcp:sql/databaseInstance:DatabaseInstance",
	"gcp:sql/sslCert:SslCert",
	"gcp:sql/user:User",
	"gcp:storage/bucket:Bucket",
}
