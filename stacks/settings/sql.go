package settings

const sqlType = "gcp:sql/databaseInstance:DatabaseInstance"

// replica is what makes an instance follow another.
const replica = "masterInstanceName"

var sql = Part{"Cloud SQL", []Row{
	{Setting: "PostgreSQL 17", Type: sqlType, Path: "databaseVersion", Want: is("POSTGRES_17")},
	{Setting: "the primary has a standby in another zone", Type: sqlType, Without: replica, Path: "settings.availabilityType", Want: is("REGIONAL")},
	{Setting: "a replica in the primary's region and in every other", Type: sqlType, With: replica, Regions: true},
	{Setting: "replicas follow the primary", Type: sqlType, With: replica, Path: replica, Want: set()},
	{Setting: "no public address", Type: sqlType, Path: "settings.ipConfiguration.ipv4Enabled", Want: is(false)},
	{Setting: "a private one, in our range", Type: sqlType, Path: "settings.ipConfiguration.allocatedIpRange", Want: set()},
	{Setting: "clients prove themselves with a certificate", Type: sqlType, Path: "settings.ipConfiguration.sslMode", Want: is("TRUSTED_CLIENT_CERTIFICATE_REQUIRED")},
	{Setting: "our key, in every region", Type: sqlType, Path: "encryptionKeyName", Want: set()},
	{Setting: "any second of the last days can be restored", Type: sqlType, Without: replica, Path: "settings.backupConfiguration.pointInTimeRecoveryEnabled", Want: is(true)},
	{Setting: "the log for it is kept for a week", Type: sqlType, Without: replica, Path: "settings.backupConfiguration.transactionLogRetentionDays", Want: atLeast(7)},
	{Setting: "daily backups", Type: sqlType, Without: replica, Path: "settings.backupConfiguration.enabled", Want: is(true)},
	{Setting: "30 backups or more", Type: sqlType, Without: replica, Path: "settings.backupConfiguration.backupRetentionSettings.retainedBackups", Want: atLeast(30)},
	{Setting: "deletion protection in the provider", Type: sqlType, Path: "deletionProtection", Want: is(true)},
	{Setting: "deletion protection in Google Cloud", Type: sqlType, Path: "settings.deletionProtectionEnabled", Want: is(true)},
	{Setting: "deletion protection in the engine", Type: sqlType, Guarded: true},
	{Setting: "slow statements are seen", Type: sqlType, Path: "settings.insightsConfig.queryInsightsEnabled", Want: is(true)},
	{Setting: "addresses of clients are not kept", Type: sqlType, Path: "settings.insightsConfig.recordClientAddress", Want: is(false)},
	{Setting: "passwords are judged", Type: sqlType, Without: replica, Path: "settings.passwordValidationPolicy.enablePasswordPolicy", Want: is(true)},
	{Setting: "passwords are long", Type: sqlType, Without: replica, Path: "settings.passwordValidationPolicy.minLength", Want: atLeast(16)},
	{Setting: "maintenance in a window", Type: sqlType, Without: replica, Path: "settings.maintenanceWindow.day", Want: is(7.0)},
	{Setting: "the disk grows by itself", Type: sqlType, Path: "settings.diskAutoresize", Want: is(true)},
	{Setting: "edition and machine match", Type: sqlType, Path: "settings.edition", Want: is("ENTERPRISE"), Stacks: []string{"staging"}},
	{Setting: "production has the edition with the better promise", Type: sqlType, Path: "settings.edition", Want: is("ENTERPRISE_PLUS"), Stacks: []string{"prod"}},
	{Setting: "connections are logged", Type: sqlType, Path: "settings.databaseFlags", Want: flag("log_connections", "on")},
	{Setting: "disconnections are logged", Type: sqlType, Path: "settings.databaseFlags", Want: flag("log_disconnections", "on")},
	{Setting: "checkpoints are logged", Type: sqlType, Path: "settings.databaseFlags", Want: flag("log_checkpoints", "on")},
	{Setting: "waits for locks are logged", Type: sqlType, Path: "settings.databaseFlags", Want: flag("log_lock_waits", "on")},
	{Setting: "temporary files are logged", Type: sqlType, Path: "settings.databaseFlags", Want: flag("log_temp_files", "0")},
	{Setting: "statements, which hold personal data, are not", Type: sqlType, Path: "settings.databaseFlags", Want: flag("log_min_duration_statement", "-1")},
	{Setting: "changes of schema are", Type: sqlType, Path: "settings.databaseFlags", Want: flag("log_statement", "ddl")},
	{Setting: "pgAudit", Type: sqlType, Path: "settings.databaseFlags", Want: flag("cloudsql.enable_pgaudit", "on")},
	{Setting: "people log in as themselves", Type: sqlType, Path: "settings.databaseFlags", Want: flag("cloudsql.iam_authentication", "on")},
	{Setting: "backups lie in another place", Type: sqlType, Without: replica, Path: "settings.backupConfiguration.location", Want: set()},
	{Setting: "no maintenance while people shop", Type: sqlType, Without: replica, Path: "settings.denyMaintenancePeriod", Want: set()},
	{Setting: "clients have certificates", Type: "gcp:sql/sslCert:SslCert", Path: "commonName", Want: set()},
}}
