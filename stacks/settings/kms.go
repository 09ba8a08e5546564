package settings

const (
	keyType   = "gcp:kms/cryptoKey:CryptoKey"
	grantType = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
)

// quarter is 90 days in seconds, the longest that a key may go unrotated.
const quarter = 90 * 24 * 60 * 60

var kms = Part{"Keys", []Row{
	{Setting: "a key ring in every region", Type: "gcp:kms/keyRing:KeyRing", Regions: true},
	{Setting: "keys live in hardware", Type: keyType, Path: "versionTemplate.protectionLevel", Want: is("HSM")},
	{Setting: "keys rotate within 90 days", Type: keyType, With: "purpose=ENCRYPT_DECRYPT", Path: "rotationPeriod", Want: seconds(1, quarter)},
	{Setting: "a destroyed version can be restored for a while", Type: keyType, Path: "destroyScheduledDuration", Want: seconds(24*60*60, 120*24*60*60)},
	{Setting: "keys refuse deletion", Type: keyType, Guarded: true},
	{Setting: "a key for GKE in every region", Type: keyType, Name: "-gke", Regions: true},
	{Setting: "a key for Cloud SQL in every region", Type: keyType, Name: "-sql", Regions: true},
	{Setting: "a key for Memorystore in every region", Type: keyType, Name: "-redis", Regions: true},
	{Setting: "a key for files", Type: keyType, Name: "-storage"},
	{Setting: "a key for images", Type: keyType, Name: "-registry"},
	{Setting: "a key for secrets", Type: keyType, Name: "-secrets"},
	{Setting: "a service's agent may use its key and nothing more", Type: grantType, Name: "keys-", Path: "role", Want: is("roles/cloudkms.cryptoKeyEncrypterDecrypter")},
	{Setting: "GKE comes after the grants on its key", Type: clusterType, After: grantType},
	{Setting: "Cloud SQL comes after the grants on its key", Type: sqlType, After: grantType},
	{Setting: "Memorystore comes after the grants on its key", Type: redisType, After: grantType},
	{Setting: "buckets come after the grants on their key", Type: bucketType, After: grantType},
	{Setting: "the registry comes after the grants on its key", Type: repositoryType, After: grantType},
	{Setting: "a key for logs", Type: keyType, Name: "-logs"},
	{Setting: "a key for backups in every region", Type: keyType, Name: "-backup", Regions: true},
}}
