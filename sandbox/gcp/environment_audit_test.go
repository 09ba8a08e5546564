package gcp

// The record, copies and folders of the environment that tests make.

func (e *environment) logsInputs() object {
	e.api("storage")
	return object{
		"project": testProject, "location": testRegion, "uniformBucketLevelAccess": true, "publicAccessPrevention": "enforced", "forceDestroy": false,
		"encryption":       object{"defaultKmsKeyName": string(e.key("logs", agentEmail(testNumber, "gs-project-accounts")).id)},
		"retentionPolicy":  object{"retentionPeriod": 31536000, "isLocked": true},
		"softDeletePolicy": object{"retentionDurationSeconds": 604800},
		"lifecycleRules": []any{
			object{"action": object{"type": "SetStorageClass", "storageClass": "COLDLINE"}, "condition": object{"age": 90}},
			object{"action": object{"type": "AbortIncompleteMultipartUpload"}, "condition": object{"age": 7}},
		},
	}
}

func (e *environment) logs() *thing {
	e.t.Helper()
	return e.add("logs", bucketType, "auditlogs-bucket", e.logsInputs)
}

func (e *environment) sinkInputs() object {
	return object{
		"project": e.api("logging"), "description": "Keeps a copy.", "destination": "storage.googleapis.com/" + e.logs().text("name"), "uniqueWriterIdentity": true,
	}
}

func (e *environment) sink() *thing {
	e.t.Helper()
	return e.add("sink", sinkType, "audit-archive", e.sinkInputs)
}

func (e *environment) writer() *thing {
	e.t.Helper()
	return e.add("writer", bucketMemberType, "audit-archive-writer", func() object {
		return object{"bucket": e.logs().text("name"), "role": "roles/storage.objectCreator", "member": e.sink().text("writerIdentity")}
	})
}

func (e *environment) logBucketInputs() object {
	return object{"project": e.api("logging"), "location": testRegion, "bucketId": "recent", "description": "Recent.", "retentionDays": 30, "enableAnalytics": true}
}

func (e *environment) logBucket() *thing {
	e.t.Helper()
	return e.add("logBucket", logBucketType, "audit-recent", e.logBucketInputs)
}

func (e *environment) auditConfigInputs() object {
	return object{"project": e.api("cloudresourcemanager"), "service": "allServices", "auditLogConfigs": []any{
		object{"logType": "ADMIN_READ"}, object{"logType": "DATA_READ"}, object{"logType": "DATA_WRITE"},
	}}
}

func (e *environment) auditConfig() *thing {
	e.t.Helper()
	return e.add("auditConfig", auditConfigType, "audit-logs", e.auditConfigInputs)
}

func (e *environment) metricInputs() object {
	return object{
		"project": e.api("logging"), "description": "Routes.", "filter": `resource.type="gce_route" AND (protoPayload.methodName:"compute.routes.delete")`,
		"metricDescriptor": object{"metricKind": "DELTA", "valueType": "INT64", "unit": "1"},
	}
}

func (e *environment) metric() *thing {
	e.t.Helper()
	return e.add("metric", metricType, "audit-route", e.metricInputs)
}

func (e *environment) channelInputs() object {
	return object{"project": e.api("monitoring"), "displayName": "Alerts", "type": "email", "labels": object{"email_address": "alerts@example.com"}}
}

func (e *environment) channel() *thing {
	e.t.Helper()
	return e.add("channel", channelType, "audit-channel", e.channelInputs)
}

func (e *environment) uptimeInputs() object {
	return object{
		"project": e.api("monitoring"), "displayName": "example.com", "period": "60s", "timeout": "10s", "checkerType": "STATIC_IP_CHECKERS",
		"selectedRegions":   []any{"SOUTH_AMERICA", "USA", "EUROPE"},
		"monitoredResource": object{"type": "uptime_url", "labels": object{"project_id": testProject, "host": "example.com"}},
		"httpCheck":         object{"path": "/", "port": 443, "useSsl": true, "validateSsl": true, "requestMethod": "GET"},
	}
}

func (e *environment) uptime() *thing {
	e.t.Helper()
	return e.add("uptime", uptimeType, "audit-site-uptime", e.uptimeInputs)
}

// alertInputs is an alert on a filter of Cloud Monitoring.
func (e *environment) alertInputs(filter string) object {
	return object{
		"project": testProject, "displayName": "A route changed", "severity": "CRITICAL", "combiner": "OR",
		"conditions": []any{object{"displayName": "An entry", "conditionThreshold": object{
			"filter": filter, "comparison": "COMPARISON_GT", "thresholdValue": 0, "duration": "0s",
			"aggregations": []any{object{"alignmentPeriod": "60s", "perSeriesAligner": "ALIGN_DELTA", "crossSeriesReducer": "REDUCE_SUM"}},
		}}},
		"alertStrategy": object{"autoClose": "1800s"}, "notificationChannels": []any{string(e.channel().id)},
		"documentation": object{"content": "What to do.", "subject": "A route changed"},
	}
}

func (e *environment) routeAlertInputs() object {
	return e.alertInputs(`metric.type="logging.googleapis.com/user/` + e.metric().text("name") + `" AND resource.type="gce_route"`)
}

func (e *environment) downAlertInputs() object {
	return e.alertInputs(`metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND metric.labels.check_id="` +
		e.uptime().text("uptimeCheckId") + `" AND resource.type="uptime_url"`)
}

func (e *environment) routeAlert() *thing {
	e.t.Helper()
	return e.add("routeAlert", alertType, "audit-route-alert", e.routeAlertInputs)
}

func (e *environment) downAlert() *thing {
	e.t.Helper()
	return e.add("downAlert", alertType, "audit-site-down", e.downAlertInputs)
}

func (e *environment) budgetInputs() object {
	e.api("billingbudgets")
	return object{
		"billingAccount": "01A2B3-C4D5E6-F70819", "displayName": testProject,
		"amount":         object{"specifiedAmount": object{"currencyCode": "BRL", "units": "9000"}},
		"budgetFilter":   object{"projects": []any{"projects/" + testNumber}, "calendarPeriod": "MONTH"},
		"thresholdRules": []any{object{"thresholdPercent": 0.5, "spendBasis": "CURRENT_SPEND"}, object{"thresholdPercent": 1.0, "spendBasis": "FORECASTED_SPEND"}},
		"allUpdatesRule": object{"monitoringNotificationChannels": []any{string(e.channel().id)}},
	}
}

func (e *environment) budget() *thing {
	e.t.Helper()
	return e.add("budget", budgetType, "audit-budget", e.budgetInputs)
}

func (e *environment) contactInputs() object {
	return object{
		"parent": "projects/" + e.api("essentialcontacts"), "email": "legal@example.com", "languageTag": "pt-BR", "notificationCategorySubscriptions": []any{"LEGAL"},
	}
}

func (e *environment) contact() *thing {
	e.t.Helper()
	return e.add("contact", contactType, "audit-contact", e.contactInputs)
}

func (e *environment) planInputs() object {
	e.api("gkebackup")
	return object{
		"project": testProject, "location": testRegion, "cluster": string(e.cluster().id), "description": "Everything.",
		"backupConfig": object{
			"allNamespaces": true, "includeSecrets": true, "includeVolumeData": true,
			"encryptionKey": object{"gcpKmsEncryptionKey": string(e.key("backup", e.agent("gkebackup")).id)},
		},
		"backupSchedule":  object{"cronSchedule": "10 6 * * *"},
		"retentionPolicy": object{"backupRetainDays": 30, "backupDeleteLockDays": 7},
	}
}

func (e *environment) plan() *thing {
	e.t.Helper()
	return e.add("plan", backupPlanType, "backup-plan", e.planInputs)
}

func (e *environment) restoreInputs() object {
	return object{
		"project": testProject, "location": testRegion, "cluster": string(e.cluster().id), "backupPlan": string(e.plan().id),
		"restoreConfig": object{
			"allNamespaces": true, "namespacedResourceRestoreMode": "MERGE_SKIP_ON_CONFLICT", "volumeDataRestorePolicy": "RESTORE_VOLUME_DATA_FROM_BACKUP",
			"clusterResourceConflictPolicy": "USE_EXISTING_VERSION", "clusterResourceRestoreScope": object{"noGroupKinds": true},
		},
	}
}

func (e *environment) restore() *thing {
	e.t.Helper()
	return e.add("restore", restorePlanType, "backup-restore", e.restoreInputs)
}

func (e *environment) namesInputs() object {
	e.api("dns")
	return object{"project": testProject, "description": "Names.", "enableLogging": true, "networks": []any{object{"networkUrl": string(e.network().id)}}}
}

func (e *environment) names() *thing {
	e.t.Helper()
	return e.add("names", dnsPolicyType, "network-names", e.namesInputs)
}

func (e *environment) folderInputs() object {
	return object{"bucket": e.bucket().text("name"), "name": "media/tenant_a/", "forceDestroy": false}
}

func (e *environment) folder() *thing {
	e.t.Helper()
	return e.add("folder", folderType, "media-a-folder", e.folderInputs)
}

func (e *environment) folderMemberInputs() object {
	return object{
		"bucket": e.folder().text("bucket"), "managedFolder": e.folder().text("name"), "role": "roles/storage.objectUser", "member": e.account().text("member"),
	}
}

func (e *environment) folderMember() *thing {
	e.t.Helper()
	return e.add("folderMember", folderMemberType, "media-a-access", e.folderMemberInputs)
}
