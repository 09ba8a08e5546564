package gcp

import (
	"maps"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// The schema of google-beta 5.42, which pulumi-gcp v7.38.0 is made from, says
// ForceNew of those that replace. What is updated in place stands beside them.
func TestChangesReplaceWhatTheOfficialProviderReplaces(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.all()
	subnet, instance, replica, redis := e.subnetInputs(), e.instanceInputs(), e.replicaInputs(), e.redisInputs()
	cluster, pool, bucket, secretIn, user := e.clusterInputs(), e.poolInputs(), e.bucketInputs(), e.secretInputs(), e.userInputs()
	for name, row := range map[string]struct {
		th      *thing
		inputs  object
		change  object
		replace string // the property that replaces; empty: in place
	}{
		"a subnetwork's description":    {e.subnet(), subnet, object{"description": "else"}, "description"},
		"a subnetwork's flow logs":      {e.subnet(), subnet, object{"logConfig.flowSampling": 0.5}, ""},
		"a wider subnetwork":            {e.subnet(), subnet, object{"ipCidrRange": "10.16.0.0/19"}, ""},
		"a narrower subnetwork":         {e.subnet(), subnet, object{"ipCidrRange": "10.16.0.0/21"}, "ipCidrRange"},
		"a subnetwork elsewhere":        {e.subnet(), subnet, object{"ipCidrRange": "10.20.0.0/20"}, "ipCidrRange"},
		"another secondary range":       {e.subnet(), subnet, object{"secondaryIpRanges": []any{}}, ""},
		"a database's key":              {e.instance(), instance, object{"encryptionKeyName": "other"}, "encryptionKeyName"},
		"a database's tier":             {e.instance(), instance, object{"settings.tier": "db-custom-4-15360"}, ""},
		"a database's edition":          {e.instance(), instance, object{"settings.edition": "ENTERPRISE_PLUS", "settings.tier": "db-perf-optimized-N-2"}, ""},
		"a database's disk type":        {e.instance(), instance, object{"settings.diskType": "PD_HDD"}, "settings"},
		"a smaller disk":                {e.instance(), instance, object{"settings.diskSize": 10}, "settings"},
		"a larger disk":                 {e.instance(), instance, object{"settings.diskSize": 40}, ""},
		"a database's region":           {e.instance(), instance, object{"region": "southamerica-west1"}, "region"},
		"a database's version":          {e.instance(), instance, object{"databaseVersion": "POSTGRES_18"}, ""},
		"a database's flags":            {e.instance(), instance, object{"settings.databaseFlags": []any{}}, ""},
		"no private network":            {e.instance(), instance, object{"settings.ipConfiguration": object{"ipv4Enabled": true}}, "settings"},
		"a database's protection":       {e.instance(), instance, object{"deletionProtection": false}, ""},
		"a replica's promotion":         {e.replica(), replica, object{"masterInstanceName": nil, "instanceType": nil}, ""},
		"a replica's other primary":     {e.replica(), replica, object{"masterInstanceName": "other"}, "masterInstanceName"},
		"a user's password":             {e.user(), user, object{"password": secret("another-long-enough-password")}, ""},
		"a user's name":                 {e.user(), user, object{"name": "other"}, "name"},
		"Redis' memory":                 {e.redis(), redis, object{"memorySizeGb": 6}, ""},
		"Redis' tier":                   {e.redis(), redis, object{"tier": "BASIC", "readReplicasMode": "READ_REPLICAS_DISABLED"}, "tier"},
		"Redis' TLS":                    {e.redis(), redis, object{"transitEncryptionMode": "DISABLED"}, "transitEncryptionMode"},
		"Redis' password":               {e.redis(), redis, object{"authEnabled": false}, ""},
		"a cluster's channel":           {e.cluster(), cluster, object{"releaseChannel.channel": "STABLE"}, ""},
		"a cluster's labels":            {e.cluster(), cluster, object{"resourceLabels": object{"managed-by": "hand"}}, ""},
		"a cluster's description":       {e.cluster(), cluster, object{"description": "else"}, "description"},
		"a cluster's datapath":          {e.cluster(), cluster, object{"datapathProvider": "LEGACY_DATAPATH"}, "datapathProvider"},
		"a cluster's first nodes":       {e.cluster(), cluster, object{"nodeConfig.bootDiskKmsKey": "other"}, "nodeConfig"},
		"a cluster's first machines":    {e.cluster(), cluster, object{"nodeConfig.machineType": "e2-small"}, ""},
		"a cluster's node count":        {e.cluster(), cluster, object{"initialNodeCount": 2}, "initialNodeCount"},
		"a cluster's control plane":     {e.cluster(), cluster, object{"privateClusterConfig.masterIpv4CidrBlock": "10.16.49.0/28"}, "privateClusterConfig"},
		"no private cluster at all":     {e.cluster(), cluster, object{"privateClusterConfig": nil}, "privateClusterConfig"},
		"a cluster's global access":     {e.cluster(), cluster, object{"privateClusterConfig.masterGlobalAccessConfig.enabled": false}, ""},
		"a cluster's pods":              {e.cluster(), cluster, object{"ipAllocationPolicy.clusterSecondaryRangeName": "other"}, "ipAllocationPolicy"},
		"a cluster's etcd key":          {e.cluster(), cluster, object{"databaseEncryption.keyName": "other"}, ""},
		"a pool's first count":          {e.pool(), pool, object{"initialNodeCount": 2}, "initialNodeCount"},
		"a pool's limits":               {e.pool(), pool, object{"autoscaling.maxNodeCount": 9}, ""},
		"a pool's machines":             {e.pool(), pool, object{"nodeConfig.machineType": "e2-standard-8"}, ""},
		"a pool's scopes":               {e.pool(), pool, object{"nodeConfig.oauthScopes": []any{"a", "b"}}, "nodeConfig"},
		"a pool's metadata":             {e.pool(), pool, object{"nodeConfig.metadata": object{"disable-legacy-endpoints": "false"}}, "nodeConfig"},
		"a pool's tags":                 {e.pool(), pool, object{"nodeConfig.tags": []any{}}, ""},
		"a pool's secure boot":          {e.pool(), pool, object{"nodeConfig.shieldedInstanceConfig.enableSecureBoot": false}, "nodeConfig"},
		"a pool without nodes' config":  {e.pool(), pool, object{"nodeConfig": nil}, "nodeConfig"},
		"a pool's gvnic":                {e.pool(), pool, object{"nodeConfig.gvnic": nil}, "nodeConfig"},
		"a bucket's place":              {e.bucket(), bucket, object{"location": "US"}, "location"},
		"a bucket's key":                {e.bucket(), bucket, object{"encryption.defaultKmsKeyName": "other"}, ""},
		"a bucket's lifecycle":          {e.bucket(), bucket, object{"lifecycleRules": []any{}}, ""},
		"a budget's amount":             {e.budget(), e.budgetInputs(), object{"amount.specifiedAmount.units": "1"}, ""},
		"a budget's account":            {e.budget(), e.budgetInputs(), object{"billingAccount": "01A2B3-C4D5E6-F7081A"}, "billingAccount"},
		"a plan's schedule":             {e.plan(), e.planInputs(), object{"backupSchedule.cronSchedule": "0 0 * * *"}, ""},
		"a plan's cluster":              {e.plan(), e.planInputs(), object{"cluster": "projects/p/locations/l/clusters/else"}, "cluster"},
		"a restore's plan":              {e.restore(), e.restoreInputs(), object{"backupPlan": "projects/p/locations/l/backupPlans/else"}, "backupPlan"},
		"a metric's filter":             {e.metric(), e.metricInputs(), object{"filter": "a=1"}, ""},
		"a sink's name":                 {e.sink(), e.sinkInputs(), object{"name": "else"}, "name"},
		"a sink's destination":          {e.sink(), e.sinkInputs(), object{"destination": "storage.googleapis.com/else"}, ""},
		"a log bucket's place":          {e.logBucket(), e.logBucketInputs(), object{"location": "us-east1"}, "location"},
		"a log bucket's retention":      {e.logBucket(), e.logBucketInputs(), object{"retentionDays": 60}, ""},
		"a check's host":                {e.uptime(), e.uptimeInputs(), object{"monitoredResource.labels.host": "example.org"}, "monitoredResource"},
		"a check's period":              {e.uptime(), e.uptimeInputs(), object{"period": "300s"}, ""},
		"a channel's address":           {e.channel(), e.channelInputs(), object{"labels.email_address": "else@example.com"}, ""},
		"an alert's severity":           {e.routeAlert(), e.routeAlertInputs(), object{"severity": "WARNING"}, ""},
		"a contact's address":           {e.contact(), e.contactInputs(), object{"email": "else@example.com"}, "email"},
		"a contact's categories":        {e.contact(), e.contactInputs(), object{"notificationCategorySubscriptions": []any{"ALL"}}, ""},
		"a folder's path":               {e.folder(), e.folderInputs(), object{"name": "media/tenant_b/"}, "name"},
		"a name policy's logging":       {e.names(), e.namesInputs(), object{"enableLogging": false}, ""},
		"audit logs of another service": {e.auditConfig(), e.auditConfigInputs(), object{"auditLogConfigs": []any{object{"logType": "DATA_READ"}}}, ""},
		"a secret's replica's place":    {e.secret(), secretIn, object{"replication": object{"userManaged": object{"replicas": []any{object{"location": "us-east1"}}}}}, "replication"},
		"another secret value":          {e.secretVersion(), object{"secret": string(e.secret().id), "secretData": secret("new")}, nil, "secretData"},
		"another member":                {e.role(), e.roleInputs(), object{"member": "user:a@example.com"}, "member"},
		"another condition":             {e.role(), e.roleInputs(), object{"condition": object{"title": "t", "expression": "true"}}, "condition"},
		"a firewall's rule":             {e.firewall(), object{"project": testProject, "network": string(e.network().id), "direction": "EGRESS", "denies": []any{object{"protocol": "all"}}}, nil, "direction"},
		"an API's project":              {e.made["api/compute"], object{"project": "other", "service": "compute.googleapis.com", "disableOnDestroy": false}, nil, "project"},
		"an API's leaving":              {e.made["api/compute"], object{"project": testProject, "service": "compute.googleapis.com"}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diff := e.diff(row.th, with(row.inputs, row.change))
			if diff.Changes != plugin.DiffSome {
				t.Fatalf("no change is seen")
			}
			var want []resource.PropertyKey
			if row.replace != "" {
				want = []resource.PropertyKey{key(row.replace)}
			}
			if !slices.Equal(diff.ReplaceKeys, want) {
				t.Errorf("%v replace, want %v; the changes are %v", diff.ReplaceKeys, want, slices.Sorted(maps.Keys(diff.DetailedDiff)))
			}
		})
	}
}

func TestAReplacementWithAFixedNameIsMadeAfterTheOldOneIsGone(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	fixed := e.cluster()
	if diff := e.diff(fixed, with(e.clusterInputs(), object{"description": "else"})); !diff.DeleteBeforeReplace {
		t.Error("the cluster's name is fixed: the new one cannot be made beside the old")
	}
	auto := e.subnet()
	if diff := e.diff(auto, with(e.subnetInputs(), object{"description": "else"})); diff.DeleteBeforeReplace {
		t.Error("the subnetwork is autonamed: the new one can be made first")
	}
	if diff := e.diff(fixed, with(e.clusterInputs(), object{"deletionProtection": false})); diff.DeleteBeforeReplace {
		t.Error("nothing is replaced")
	}
}

func TestAPropertyThatReplacesAndIsUnknownReplaces(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	diff := e.diff(e.subnet(), with(e.subnetInputs(), object{"network": computed}))
	if !slices.Equal(diff.ReplaceKeys, []resource.PropertyKey{"network"}) {
		t.Errorf("%v replace, want the network", diff.ReplaceKeys)
	}
}

func TestWhatReplacesAndDidNotChangeIsStable(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	diff := e.diff(e.subnet(), with(e.subnetInputs(), object{"description": "else"}))
	if !slices.Contains(diff.StableKeys, "network") || slices.Contains(diff.StableKeys, "description") {
		t.Errorf("stable are %v", diff.StableKeys)
	}
}
