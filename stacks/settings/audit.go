package settings

var audit = Part{"Audit", []Row{
	{Setting: "every service logs who read and wrote", Type: "gcp:projects/iAMAuditConfig:IAMAuditConfig", Path: "service", Want: is("allServices")},
	{Setting: "reads of data too", Type: "gcp:projects/iAMAuditConfig:IAMAuditConfig", Path: "auditLogConfigs", Want: has(map[string]any{"logType": "DATA_READ"})},
	{Setting: "writes of data too", Type: "gcp:projects/iAMAuditConfig:IAMAuditConfig", Path: "auditLogConfigs", Want: has(map[string]any{"logType": "DATA_WRITE"})},
	{Setting: "a copy of every entry leaves for a bucket", Type: "gcp:logging/projectSink:ProjectSink", Name: "-archive", Path: "destination", Want: matches("storage.googleapis.com/")},
	{Setting: "by an identity of its own", Type: "gcp:logging/projectSink:ProjectSink", Name: "-archive", Path: "uniqueWriterIdentity", Want: is(true)},
	{Setting: "that bucket is locked", Type: bucketType, Name: "auditlogs-", Path: "retentionPolicy.isLocked", Want: is(true), Stacks: []string{"prod"}},
	{Setting: "for a year at least", Type: bucketType, Name: "auditlogs-", Path: "retentionPolicy.retentionPeriod", Want: atLeast(365 * 24 * 60 * 60)},
	{Setting: "our key", Type: bucketType, Name: "auditlogs-", Path: "encryption.defaultKmsKeyName", Want: set()},
	{Setting: "a metric for each event of the benchmark", Type: "gcp:logging/metric:Metric", Path: "filter", Want: set()},
	{Setting: "and an alert on it that somebody gets", Type: "gcp:monitoring/alertPolicy:AlertPolicy", Path: "notificationChannels", Want: set()},
	{Setting: "hosts are looked at from outside", Type: "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig", Path: "httpCheck", Want: set()},
	{Setting: "an alert before the money is spent", Type: "gcp:billing/budget:Budget", Path: "thresholdRules", Want: set()},
	{Setting: "Google knows whom to write to", Type: "gcp:essentialcontacts/contact:Contact", Path: "notificationCategorySubscriptions", Want: set()},
}}
