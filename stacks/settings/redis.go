package settings

const redisType = "gcp:redis/instance:Instance"

var redis = Part{"Memorystore", []Row{
	{Setting: "an instance in every region, with a standby", Type: redisType, Path: "tier", Want: is("STANDARD_HA"), Regions: true},
	{Setting: "a password", Type: redisType, Path: "authEnabled", Want: is(true)},
	{Setting: "TLS", Type: redisType, Path: "transitEncryptionMode", Want: is("SERVER_AUTHENTICATION")},
	{Setting: "our key", Type: redisType, Path: "customerManagedKey", Want: set()},
	{Setting: "replicas answer reads", Type: redisType, Path: "readReplicasMode", Want: is("READ_REPLICAS_ENABLED")},
	{Setting: "at least one of them", Type: redisType, Path: "replicaCount", Want: atLeast(1)},
	{Setting: "memory is written to disk", Type: redisType, Path: "persistenceConfig.persistenceMode", Want: is("RDB")},
	{Setting: "every hour", Type: redisType, Path: "persistenceConfig.rdbSnapshotPeriod", Want: is("ONE_HOUR")},
	{Setting: "maintenance in a window", Type: redisType, Path: "maintenancePolicy.weeklyMaintenanceWindows.0.day", Want: is("SUNDAY")},
	{Setting: "a full instance drops nothing that has no end, and so no job", Type: redisType, Path: "redisConfigs.maxmemory-policy", Want: oneOf("noeviction", "volatile-lru")},
	{Setting: "deletion is refused in the engine, the only place there is", Type: redisType, Guarded: true},
}}
