package gcp

import (
	"regexp"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

func TestTheRecordOfAnEnvironmentIsRefusedWhereGoogleWouldRefuseIt(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]refusal{
		"an alert on a metric that does not exist": {alertType, (*environment).nothingAlertInputs, nil,
			[]string{`Error 404: Cannot find metric that matches type = "logging.googleapis.com/user/nothing".`, "take its name from it"}},
		"an alert on a check that does not exist": {alertType, func(e *environment) object {
			return e.alertInputs(`metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND metric.labels.check_id="nothing" AND resource.type="uptime_url"`)
		}, nil, []string{`The uptime check "nothing" of the filter was not found`}},
		"an alert to a channel that does not exist": {alertType, (*environment).routeAlertInputs, object{"notificationChannels": []any{"projects/avila-test/notificationChannels/1"}},
			[]string{"'projects/avila-test/notificationChannels/1' was not found", "create the monitoring NotificationChannel first"}},
		"a sink to a bucket that does not exist": {sinkType, (*environment).sinkInputs, object{"destination": "storage.googleapis.com/nowhere"},
			[]string{"The sink's destination 'storage.googleapis.com/nowhere' was not found"}},
		"a sink to a log bucket that does not exist": {sinkType, (*environment).sinkInputs, object{"destination": "logging.googleapis.com/projects/avila-test/locations/l/buckets/b"},
			[]string{"was not found"}},
		"a budget in dollars": {budgetType, (*environment).budgetInputs, object{"amount.specifiedAmount.currencyCode": "USD"},
			[]string{"currency USD of the budget is not the billing account's, which is BRL"}},
		"a budget of a project that does not exist": {budgetType, (*environment).budgetInputs, object{"budgetFilter.projects": []any{"projects/1"}},
			[]string{"The project 'projects/1' was not found under the billing account"}},
		"a contact who is one already": {contactType, func(e *environment) object { e.contact(); return e.contactInputs() }, object{"notificationCategorySubscriptions": []any{"SECURITY"}},
			[]string{"Error 409: Contact with email legal@example.com already exists", "list all its categories in one contact"}},
		"a plan for a cluster that does not exist": {backupPlanType, (*environment).planInputs, object{"cluster": "projects/avila-test/locations/l/clusters/nowhere"},
			[]string{"clusters/nowhere' was not found"}},
		"a restore of a plan that does not exist": {restorePlanType, (*environment).restoreInputs, object{"backupPlan": "projects/avila-test/locations/l/backupPlans/nowhere"},
			[]string{"backupPlans/nowhere' was not found"}},
		"a second DNS policy of a network": {dnsPolicyType, func(e *environment) object { e.names(); return e.namesInputs() }, object{"enableLogging": false},
			[]string{"is already bound to the DNS policy 'projects/avila-test/policies/network-names-"}},
		"a folder in a bucket with object lists": {folderType, func(e *environment) object {
			e.api("storage")
			bucket := e.create(bucketType, "old", object{"location": testRegion})
			return object{"bucket": bucket.text("name"), "name": "a/"}
		}, nil, []string{"Error 412: Managed folders need uniform bucket-level access"}},
		"a condition in a bucket with object lists": {bucketMemberType, func(e *environment) object {
			e.api("storage")
			bucket := e.create(bucketType, "old", object{"location": testRegion})
			return object{
				"bucket": bucket.text("name"), "role": "roles/storage.objectViewer", "member": "group:a@example.com",
				"condition": object{"title": "own", "expression": `resource.name.startsWith("projects/_/buckets/b/objects/a/")`},
			}
		}, nil, []string{"Error 412: IAM Conditions can only be set on a bucket with uniform bucket-level access"}},
		"access to a folder that does not exist": {folderMemberType, (*environment).folderMemberInputs, object{"managedFolder": "media/tenant_b/"},
			[]string{"The managed folder 'media/tenant_b/' of bucket 'media-files-"}},
		"a writer before any sink": {bucketMemberType, func(e *environment) object {
			e.api("logging")
			return object{"bucket": e.logs().text("name"), "role": "roles/storage.objectCreator", "member": "serviceAccount:" + agentEmail(testNumber, "gcp-sa-logging")}
		}, nil, []string{"gcp-sa-logging.iam.gserviceaccount.com does not exist."}},
		"access logs to a bucket that does not exist": {bucketType, (*environment).bucketInputs, object{"logging": object{"logBucket": "nowhere"}},
			[]string{"The resource 'nowhere' was not found", "correct logging.logBucket"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.run(t)
		})
	}
}

func (e *environment) nothingAlertInputs() object {
	return e.alertInputs(`metric.type="logging.googleapis.com/user/nothing" AND resource.type="gce_route"`)
}

func TestCheckRefusesWhatCannotRecord(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	alert, plan, uptime, restore := e.routeAlertInputs(), e.planInputs(), e.uptimeInputs(), e.restoreInputs()
	condition := func(changes object) object {
		first := alert["conditions"].([]any)[0].(object)
		return object{"conditions": []any{with(first, changes)}}
	}
	for name, row := range map[string]struct {
		token            string
		inputs, changes  object
		property, reason string
	}{
		"an open quotation mark":      {metricType, e.metricInputs(), object{"filter": `resource.type="gce_route`}, "filter", "a quotation mark is not closed"},
		"an open parenthesis":         {metricType, e.metricInputs(), object{"filter": `(a="b" AND (c="d")`}, "filter", "a parenthesis is not closed"},
		"a closed one too many":       {metricType, e.metricInputs(), object{"filter": `a="(b" AND c="d")`}, "filter", "a parenthesis closes that none opened"},
		"an operator at the end":      {metricType, e.metricInputs(), object{"filter": `a="b" AND`}, "filter", "AND and OR stand between two terms"},
		"an operator at the start":    {sinkType, e.sinkInputs(), object{"filter": `OR a="b"`}, "filter", "AND and OR stand between two terms"},
		"two operators":               {metricType, e.metricInputs(), object{"filter": `a="b" AND OR c="d"`}, "filter", "AND and OR stand between two terms"},
		"a counter of values":         {metricType, e.metricInputs(), object{"valueExtractor": "EXTRACT(a)"}, "valueExtractor", "a counter takes no value"},
		"a distribution of nothing":   {metricType, e.metricInputs(), object{"metricDescriptor.valueType": "DISTRIBUTION"}, "valueExtractor", "must be set for a metric of valueType DISTRIBUTION"},
		"a sink to anywhere":          {sinkType, e.sinkInputs(), object{"destination": "gs://bucket"}, "destination", "write it like storage.googleapis.com/bucket"},
		"the sink _Required":          {sinkType, e.sinkInputs(), object{"name": "_Required"}, "name", "cannot be changed"},
		"the default bucket, moved":   {logBucketType, e.logBucketInputs(), object{"bucketId": "_Default"}, "location", "lies in global, and cannot be moved"},
		"a key for the default":       {logBucketType, e.logBucketInputs(), object{"bucketId": "_Default", "location": "global", "cmekSettings": object{"kmsKeyName": "k"}}, "cmekSettings", "make another bucket"},
		"ten years of log entries":    {logBucketType, e.logBucketInputs(), object{"retentionDays": 4000}, "retentionDays", "in the range (1 - 3650)"},
		"an audit log twice":          {auditConfigType, e.auditConfigInputs(), object{"auditLogConfigs": []any{object{"logType": "DATA_READ"}, object{"logType": "DATA_READ"}}}, "auditLogConfigs", "DATA_READ is configured twice"},
		"audit logs of no service":    {auditConfigType, e.auditConfigInputs(), object{"service": "everything"}, "service", "write allServices"},
		"an alert on any resource":    {alertType, alert, condition(object{"conditionThreshold.filter": `metric.type="a"`}), "conditions.conditionThreshold.filter", `must specify a restriction on "resource.type"`},
		"an alert of half a minute":   {alertType, alert, condition(object{"conditionThreshold.duration": "90s"}), "conditions.conditionThreshold.duration", "must be a whole number of minutes"},
		"too short an alignment":      {alertType, alert, condition(object{"conditionThreshold.aggregations": []any{object{"alignmentPeriod": "30s"}}}), "conditions.conditionThreshold.aggregations.alignmentPeriod", "must be at least 60 seconds"},
		"an alert that forgets":       {alertType, alert, object{"alertStrategy.autoClose": "60s"}, "alertStrategy.autoClose", "must be at least 1800s"},
		"seven conditions":            {alertType, alert, object{"conditions": repeat(alert["conditions"].([]any)[0], 7)}, "conditions", "at most 6 are allowed"},
		"seventeen channels":          {alertType, alert, object{"notificationChannels": repeat("c", 17)}, "notificationChannels", "at most 16 are allowed"},
		"a channel to nobody":         {channelType, e.channelInputs(), object{"labels": object{}}, "labels", "needs the label email_address"},
		"a host with a scheme":        {uptimeType, uptime, object{"monitoredResource.labels.host": "https://example.com"}, "monitoredResource.labels", "without scheme, port or path"},
		"a host of one label":         {uptimeType, uptime, object{"monitoredResource.labels.host": "localhost"}, "monitoredResource.labels", "is not a host"},
		"a check from one place":      {uptimeType, uptime, object{"selectedRegions": []any{"SOUTH_AMERICA"}}, "selectedRegions", "has 1 locations: at least 3 are needed"},
		"a check from nowhere":        {uptimeType, uptime, object{"selectedRegions": []any{"MOON"}}, "selectedRegions", "is not a region of checkers"},
		"a check each two minutes":    {uptimeType, uptime, object{"period": "120s"}, "period", "expected one of [60s 300s 600s 900s]"},
		"a patient check":             {uptimeType, uptime, object{"timeout": "90s"}, "timeout", "must be 1 to 60 seconds"},
		"a check of nothing":          {uptimeType, uptime, object{"httpCheck": nil}, "httpCheck", "one of httpCheck, tcpCheck and syntheticMonitor must be set"},
		"a certificate without TLS":   {uptimeType, uptime, object{"httpCheck.useSsl": false}, "httpCheck.validateSsl", "means nothing without useSsl"},
		"a budget of 50 times":        {budgetType, e.budgetInputs(), object{"thresholdRules": []any{object{"thresholdPercent": 50}}}, "thresholdRules.thresholdPercent", "write 0.5 for 50 %"},
		"a budget by project id":      {budgetType, e.budgetInputs(), object{"budgetFilter.projects": []any{"projects/avila-test"}}, "budgetFilter.projects", "write it by number"},
		"a billing account by name":   {budgetType, e.budgetInputs(), object{"billingAccount": "main"}, "billingAccount", "write it like 01A2B3-C4D5E6-F70819"},
		"a budget without an amount":  {budgetType, e.budgetInputs(), object{"amount": object{}}, "amount.lastPeriodAmount", "exactly one of"},
		"a contact without a domain":  {contactType, e.contactInputs(), object{"email": "legal"}, "email", "is not an e-mail address"},
		"a contact of a language":     {contactType, e.contactInputs(), object{"languageTag": "Portuguese"}, "languageTag", "write it like pt-BR"},
		"a contact for gossip":        {contactType, e.contactInputs(), object{"notificationCategorySubscriptions": []any{"GOSSIP"}}, "notificationCategorySubscriptions", `"GOSSIP" is not a category`},
		"a lock beyond retention":     {backupPlanType, plan, object{"retentionPolicy.backupDeleteLockDays": 31}, "retentionPolicy.backupDeleteLockDays", "backupRetainDays must be >= backupDeleteLockDays"},
		"a lock of a year":            {backupPlanType, plan, object{"retentionPolicy.backupDeleteLockDays": 100, "retentionPolicy.backupRetainDays": 365}, "retentionPolicy.backupDeleteLockDays", "in the range (0 - 90)"},
		"a schedule without an end":   {backupPlanType, plan, object{"retentionPolicy": nil}, "retentionPolicy.backupRetainDays", "must be set where backupSchedule.cronSchedule is"},
		"a schedule of four fields":   {backupPlanType, plan, object{"backupSchedule.cronSchedule": "10 6 * *"}, "backupSchedule.cronSchedule", "it has 4 fields"},
		"a schedule at 25 o'clock":    {backupPlanType, plan, object{"backupSchedule.cronSchedule": "10 25 * * *"}, "backupSchedule.cronSchedule", `hour is "25": use 0 to 23`},
		"an hourly plan for a year":   {backupPlanType, plan, object{"backupSchedule.cronSchedule": "0 * * * *", "retentionPolicy.backupRetainDays": 30}, "retentionPolicy.backupRetainDays", "more than 360 times the interval"},
		"a plan for some and all":     {backupPlanType, plan, object{"backupConfig.selectedNamespaces": object{"namespaces": []any{"a"}}}, "backupConfig.allNamespaces", "exactly one of"},
		"a restore without a mode":    {restorePlanType, restore, object{"restoreConfig.namespacedResourceRestoreMode": nil}, "restoreConfig.namespacedResourceRestoreMode", "must be set where namespaces are restored"},
		"a restore to a short name":   {restorePlanType, restore, object{"cluster": "saas"}, "cluster", "is not a full name"},
		"a folder without a slash":    {folderType, e.folderInputs(), object{"name": "media"}, "name", "a path that ends in a slash"},
		"a folder without a name":     {folderType, e.folderInputs(), object{"name": nil}, "name", "a path that ends in a slash"},
		"a deep folder":               {folderType, e.folderInputs(), object{"name": "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/"}, "name", "at most 15 are allowed"},
		"a soft deletion of a day":    {bucketType, e.bucketInputs(), object{"softDeletePolicy": object{"retentionDurationSeconds": 86400}}, "softDeletePolicy.retentionDurationSeconds", "must be 0, or in the range (604800 - 7776000)"},
		"a retention of no time":      {bucketType, e.logsInputs(), object{"retentionPolicy.retentionPeriod": 0}, "retentionPolicy.retentionPeriod", "in the range (1 - 3155760000)"},
		"a bucket that logs itself":   {bucketType, e.bucketInputs(), object{"name": "itself", "logging": object{"logBucket": "itself"}}, "logging.logBucket", "is the bucket itself"},
		"a lifecycle of its own":      {bucketType, e.bucketInputs(), lifecycle(object{"type": "Archive"}, object{"age": 1}), "lifecycleRules", `"Archive" is not an action`},
		"a lifecycle to no class":     {bucketType, e.bucketInputs(), lifecycle(object{"type": "SetStorageClass"}, object{"age": 1}), "lifecycleRules", "needs a storageClass"},
		"a lifecycle of everything":   {bucketType, e.bucketInputs(), lifecycle(object{"type": "Delete"}, object{}), "lifecycleRules", "it would hold for every object"},
		"uploads by version":          {bucketType, e.bucketInputs(), lifecycle(object{"type": "AbortIncompleteMultipartUpload"}, object{"numNewerVersions": 1}), "lifecycleRules", "not by numNewerVersions"},
		"a grant to a word":           {bucketMemberType, object{"bucket": "b", "role": "roles/storage.objectViewer", "member": "me"}, nil, "member", "is not an IAM member"},
		"a condition that is none":    {folderMemberType, e.folderMemberInputs(), object{"condition": object{"title": "t", "expression": `resource.name.beginsWith("a")`}}, "condition.expression", "no function is called beginsWith"},
		"a condition on a basic role": {projectMemberType, e.roleInputs(), object{"role": "roles/viewer", "condition": object{"title": "t", "expression": "true"}}, "condition", "takes no condition: use a predefined one"},
		"a condition on everybody":    {projectMemberType, e.roleInputs(), object{"member": "allUsers", "condition": object{"title": "t", "expression": "true"}}, "condition", "takes no condition: name members"},
		"a folder's grant to a word":  {folderMemberType, e.folderMemberInputs(), object{"member": "me"}, "member", "is not an IAM member"},
		"an exemption of a word":      {auditConfigType, e.auditConfigInputs(), object{"auditLogConfigs": []any{object{"logType": "DATA_READ", "exemptedMembers": []any{"me"}}}}, "member", "is not an IAM member"},
		"a policy with a bad name":    {dnsPolicyType, e.namesInputs(), object{"name": "Names"}, "name", "is not a valid name"},
		"a lock of nothing allocated": {logBucketType, e.logBucketInputs(), object{"bucketId": "_Required", "location": "global"}, "bucketId", "keeps entries for 400 days and cannot be changed"},
	} {
		t.Run(name, func(t *testing.T) {
			if failures := e.check(row.token, "x", nil, row.inputs).Failures; name != "a grant to a word" && len(failures) > 0 {
				t.Fatalf("the inputs are wrong without the change: %v", failures)
			}
			wantFailure(t, e.check(row.token, "x", nil, with(row.inputs, row.changes)), row.property, row.reason)
		})
	}
}

func lifecycle(action, condition object) object {
	return object{"lifecycleRules": []any{object{"action": action, "condition": condition}}}
}

func repeat(value any, times int) []any {
	var all []any
	for range times {
		all = append(all, value)
	}
	return all
}

func TestTheRecordHasTheIDsOfTheOfficialProvider(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.all()
	name, number := `[a-z-]+-[0-9a-f]{7}`, `[0-9]{19}`
	project, region := "projects/"+testProject, testRegion
	for made, want := range map[string]string{
		"auditConfig":  testProject + "/audit_config/allServices",
		"budget":       "billingAccounts/01A2B3-C4D5E6-F70819/budgets/" + number,
		"channel":      project + "/notificationChannels/" + number,
		"contact":      project + "/contacts/" + number,
		"folder":       name + "/media/tenant_a/",
		"folderMember": "b/" + name + "/managedFolders/media/tenant_a//roles/storage.objectUser/serviceAccount:nodes-test-sae1@" + testProject + ".iam.gserviceaccount.com",
		"logBucket":    project + "/locations/" + region + "/buckets/recent",
		"metric":       name,
		"names":        project + "/policies/" + name,
		"plan":         project + "/locations/" + region + "/backupPlans/" + name,
		"restore":      project + "/locations/" + region + "/restorePlans/" + name,
		"routeAlert":   project + "/alertPolicies/" + number,
		"sink":         project + "/sinks/" + name,
		"uptime":       project + "/uptimeCheckConfigs/example-com-[0-9]{11}",
		"writer":       "b/" + name + "/roles/storage.objectCreator/serviceAccount:service-" + testNumber + "@gcp-sa-logging.iam.gserviceaccount.com",
	} {
		if got := string(e.made[made].id); !regexp.MustCompile("^" + want + "$").MatchString(got) {
			t.Errorf("%s has id %s, want %s", made, got, want)
		}
	}
}

func TestTheRecordStaysAsItIsWhenTheProgramAsksTheSameAgain(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.all()
	for _, again := range []struct {
		th     *thing
		inputs object
	}{
		{e.logs(), e.logsInputs()}, {e.sink(), e.sinkInputs()}, {e.logBucket(), e.logBucketInputs()}, {e.auditConfig(), e.auditConfigInputs()},
		{e.metric(), e.metricInputs()}, {e.channel(), e.channelInputs()}, {e.uptime(), e.uptimeInputs()}, {e.routeAlert(), e.routeAlertInputs()},
		{e.budget(), e.budgetInputs()}, {e.contact(), e.contactInputs()}, {e.plan(), e.planInputs()}, {e.restore(), e.restoreInputs()},
		{e.names(), e.namesInputs()}, {e.folder(), e.folderInputs()}, {e.folderMember(), e.folderMemberInputs()},
	} {
		refreshed := *again.th
		read := e.read(again.th)
		refreshed.inputs, refreshed.outputs = read.Inputs, read.Outputs
		for when, th := range map[string]*thing{"at once": again.th, "after a refresh": &refreshed} {
			if diff := e.diff(th, again.inputs); diff.Changes != plugin.DiffNone {
				t.Errorf("%s changes %s: %v", th.urn, when, diff.DetailedDiff)
			}
		}
	}
}
