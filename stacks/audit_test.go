package stacks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/components/audit/watch"
	"github.com/avila-devops/saas/stacks"
	"github.com/avila-devops/saas/stacks/graph"
	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

// of lists the registrations of a type.
func of(resources []graph.Resource, typ string) []graph.Resource {
	var found []graph.Resource
	for _, r := range resources {
		if r.Type == typ {
			found = append(found, r)
		}
	}
	return found
}

// at follows a path of keys through objects; null where there is nothing.
func at(m resource.PropertyMap, path ...string) resource.PropertyValue {
	value := resource.NewProperty(m)
	for _, key := range path {
		if !value.IsObject() {
			return resource.NewNullProperty()
		}
		value = value.ObjectValue()[resource.PropertyKey(key)]
	}
	return value
}

const bucketType = "gcp:storage/bucket:Bucket"

// ASVS: v5.0.0-16.4.2.
func TestLogsAreLockedWhereTheSpecSaysSoAndProtectionDoesNotUnlockThem(t *testing.T) {
	t.Parallel()
	for _, stack := range []string{"staging", "prod"} {
		for _, protected := range []bool{true, false} {
			source := spectest.StackFile(t, stack)
			source.Values["saas:deletionProtection"] = fmt.Sprint(protected)
			var judged int
			for _, bucket := range of(run(t, source, false), bucketType) {
				locked := at(bucket.Inputs, "retentionPolicy", "isLocked")
				if locked.IsNull() {
					continue // no bucket of logs
				}
				judged++
				if want := stack == "prod"; locked.BoolValue() != want {
					t.Errorf("%s, protection %v: %s has isLocked %v, want %v", stack, protected, bucket.Name, locked.BoolValue(), want)
				}
			}
			if judged != 2 {
				t.Errorf("%s has %d buckets of logs, want those of access and of audit", stack, judged)
			}
		}
	}
}

// ASVS: v5.0.0-16.4.3.
func TestEveryWatchHasAMetricAndAnAlertThatReachesSomebody(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		alerts := of(resources, "gcp:monitoring/alertPolicy:AlertPolicy")
		for _, w := range watch.All {
			metrics := of(resources, "gcp:logging/metric:Metric")
			if !slices.ContainsFunc(metrics, func(m graph.Resource) bool { return m.Inputs["filter"].StringValue() == w.Filter }) {
				t.Errorf("no metric counts %s", w.ID)
			}
			i := slices.IndexFunc(alerts, func(a graph.Resource) bool { return a.Name == "audit-"+w.ID+"-alert" })
			if i < 0 {
				t.Errorf("no alert tells of %s", w.ID)
				continue
			}
			if content := at(alerts[i].Inputs, "documentation", "content"); !strings.Contains(content.StringValue(), w.Response) {
				t.Errorf("the alert of %s does not say what to do", w.ID)
			}
		}
		for _, alert := range alerts {
			if channels := alert.Inputs["notificationChannels"]; !channels.IsArray() || len(channels.ArrayValue()) == 0 {
				t.Errorf("%s reaches nobody", alert.Name)
			}
		}
	})
}

func TestEveryPublicHostIsCheckedFromOutside(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		var hosts []string
		for _, check := range of(resources, "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig") {
			hosts = append(hosts, at(check.Inputs, "monitoredResource", "labels", "host").StringValue())
			if !at(check.Inputs, "httpCheck", "validateSsl").BoolValue() {
				t.Errorf("%s does not look at the certificate", check.Name)
			}
		}
		var domain string
		for _, r := range resources {
			if r.Type == stacks.Type {
				domain = r.Inputs["domain"].StringValue()
			}
		}
		for _, want := range []string{domain, "cdn." + domain} {
			if !slices.Contains(hosts, want) {
				t.Errorf("%s is not checked; checked are %v", want, hosts)
			}
		}
		if tenants := len(hosts) - 2; tenants != len(of(resources, "gcp:storage/managedFolder:ManagedFolder")) {
			t.Errorf("%d tenants are checked", tenants)
		}
	})
}

func TestEveryClusterIsCopied(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []graph.Resource) {
		clusters, plans := of(resources, "gcp:container/cluster:Cluster"), of(resources, "gcp:gkebackup/backupPlan:BackupPlan")
		if len(clusters) == 0 || len(plans) != len(clusters) || len(of(resources, "gcp:gkebackup/restorePlan:RestorePlan")) != len(clusters) {
			t.Errorf("%d clusters have %d backup plans", len(clusters), len(plans))
		}
		for _, cluster := range clusters {
			name := cluster.Inputs["name"].StringValue()
			if !slices.ContainsFunc(plans, func(p graph.Resource) bool {
				return strings.HasSuffix(p.Inputs["cluster"].StringValue(), "/clusters/"+name) && p.Inputs["location"] == cluster.Inputs["location"]
			}) {
				t.Errorf("no plan copies %s in its region", name)
			}
		}
	})
}

const (
	threeTenants = `[{"id":"a"},{"id":"b","state":"suspended"},{"id":"c","state":"erased"}]`

	folderType = "gcp:storage/managedFolder:ManagedFolder"
	accessType = "gcp:storage/managedFolderIamMember:ManagedFolderIamMember"
)

// ASVS: v5.0.0-8.4.1.
func TestATenantReachesItsOwnFolderAndNothingElse(t *testing.T) {
	t.Parallel()
	resources := run(t, spectest.With(t, "saas:tenants", threeTenants), false)
	var folders []string
	for _, folder := range of(resources, folderType) {
		folders = append(folders, folder.Inputs["name"].StringValue())
	}
	if want := []string{"media/tenant_a/", "media/tenant_b/"}; !slices.Equal(folders, want) {
		t.Errorf("the folders are %v, want those of the active and the suspended tenant, %v", folders, want)
	}
	access := of(resources, accessType)
	if len(access) != 1 || access[0].Inputs["managedFolder"].StringValue() != "media/tenant_a/" ||
		access[0].Inputs["member"].StringValue() != "serviceAccount:tenant-a@example.iam.gserviceaccount.com" {
		t.Errorf("access to folders is %v, want tenant a's to its own", access)
	}
	for _, account := range of(resources, "gcp:serviceaccount/account:Account") {
		id, disabled := account.Inputs["accountId"].StringValue(), account.Inputs["disabled"]
		if tenant, is := strings.CutPrefix(id, "tenant-"); is && disabled.BoolValue() != (tenant == "b") {
			t.Errorf("the account of tenant %s has disabled %v", tenant, disabled)
		}
	}
	for _, r := range resources {
		if r.Type == "gcp:storage/bucketIAMMember:BucketIAMMember" || r.Type == "gcp:projects/iAMMember:IAMMember" {
			if member := r.Inputs["member"].StringValue(); strings.Contains(member, ":tenant-") {
				t.Errorf("%s gives %s more than its folder", r.Name, member)
			}
		}
	}
	for _, check := range of(resources, "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig") {
		if strings.Contains(check.Name, "tenant-b") || strings.Contains(check.Name, "tenant-c") {
			t.Errorf("%s checks a host that is not served", check.Name)
		}
	}
}

// labelled are the types of this program that carry labels, and where.
var labelled = map[string][]string{
	"gcp:artifactregistry/repository:Repository":             {"labels"},
	"gcp:compute/globalAddress:GlobalAddress":                {"labels"},
	"gcp:container/cluster:Cluster":                          {"resourceLabels"},
	"gcp:gkebackup/backupPlan:BackupPlan":                    {"labels"},
	"gcp:kms/cryptoKey:CryptoKey":                            {"labels"},
	"gcp:monitoring/alertPolicy:AlertPolicy":                 {"userLabels"},
	"gcp:monitoring/notificationChannel:NotificationChannel": {"userLabels"},
	"gcp:redis/instance:Instance":                            {"labels"},
	"gcp:secretmanager/secret:Secret":                        {"labels"},
	"gcp:sql/databaseInstance:DatabaseInstance":              {"settings", "userLabels"},
	bucketType: {"labels"},
}

func TestEverythingThatCanCarryLabelsSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	source := spectest.StackFile(t, "prod")
	env, err := spec.Load(source)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, r := range run(t, source, false) {
		place, can := labelled[r.Type]
		if !can {
			continue
		}
		found[r.Type] = true
		component, _, _ := strings.Cut(r.Name, "-")
		for name, want := range env.Labels(component) {
			if got := at(r.Inputs, append(slices.Clone(place), name)...); !got.IsString() || got.StringValue() != want {
				t.Errorf("%s %s: %s %s is %v, want %s", r.Type, r.Name, strings.Join(place, "."), name, got, want)
			}
		}
	}
	if len(found) != len(labelled) {
		t.Errorf("%d of %d types were found", len(found), len(labelled))
	}
}

func TestLabelsOfAComponentStay(t *testing.T) {
	t.Parallel()
	resources := run(t, spectest.With(t), false)
	for _, check := range of(resources, "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig") {
		tenant := at(check.Inputs, "userLabels", spec.LabelTenant)
		if want := strings.Contains(check.Name, "-tenant-"); tenant.IsString() != want {
			t.Errorf("%s has the label tenant %v", check.Name, tenant)
		}
	}
	for _, channel := range of(resources, "gcp:monitoring/notificationChannel:NotificationChannel") {
		if labels := channel.Inputs["labels"].ObjectValue(); len(labels) != 1 || !labels["email_address"].IsString() {
			t.Errorf("the address of %s is %v", channel.Name, labels)
		}
	}
}
