package settings

const planType = "gcp:gkebackup/backupPlan:BackupPlan"

var backup = Part{"Backup of clusters", []Row{
	{Setting: "a plan for the cluster of every region", Type: planType, Regions: true},
	{Setting: "with every namespace", Type: planType, Path: "backupConfig.allNamespaces", Want: is(true)},
	{Setting: "and every volume", Type: planType, Path: "backupConfig.includeVolumeData", Want: is(true)},
	{Setting: "our key", Type: planType, Path: "backupConfig.encryptionKey.gcpKmsEncryptionKey", Want: set()},
	{Setting: "nobody deletes a backup too early", Type: planType, Path: "retentionPolicy.backupDeleteLockDays", Want: atLeast(1)},
	{Setting: "backups are kept for weeks", Type: planType, Path: "retentionPolicy.backupRetainDays", Want: atLeast(14)},
	{Setting: "by a schedule", Type: planType, Path: "backupSchedule.cronSchedule", Want: set()},
	{Setting: "plans refuse deletion", Type: planType, Guarded: true},
}}
