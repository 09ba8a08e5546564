package backup_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/backup"
	"github.com/avila-devops/saas/policies/control"
)

type object = map[string]property.Value

func text(s string) property.Value { return property.New(s) }

func nested(m object) property.Value { return property.New(property.NewMap(m)) }

func config(changes object) property.Value {
	all := object{
		"allNamespaces": property.New(true), "includeSecrets": property.New(true), "includeVolumeData": property.New(true),
		"encryptionKey": nested(object{"gcpKmsEncryptionKey": text("k")}),
	}
	for key, value := range changes {
		all[key] = value
	}
	return nested(all)
}

func TestBackupControls(t *testing.T) {
	t.Parallel()
	unknown := property.New(property.Computed)
	for name, row := range map[string]struct {
		changes object // to the plan; nil for no plan
		want    string // part of the one message; empty for silence
	}{
		"a cluster with a plan":       {object{}, ""},
		"a cluster without a plan":    {nil, "backup-every-cluster (Ávila R4, X4): gke: name is in no backup plan; make a gkebackup.BackupPlan"},
		"a plan of another cluster":   {object{"cluster": text("projects/p/locations/l/clusters/other")}, "gke: name is in no backup plan"},
		"a plan of one not yet known": {object{"cluster": unknown}, ""},
		"a plan without secrets":      {object{"backupConfig": config(object{"includeSecrets": property.New(false)})}, "plan: backupConfig.includeSecrets is false"},
		"a plan without volumes":      {object{"backupConfig": config(object{"includeVolumeData": property.Value{}})}, "backupConfig.includeVolumeData is not set"},
		"a plan of some namespaces":   {object{"backupConfig": config(object{"allNamespaces": property.Value{}})}, "backupConfig.allNamespaces is not set"},
		"a key of Google's":           {object{"backupConfig": config(object{"encryptionKey": property.Value{}})}, "backupConfig.encryptionKey.gcpKmsEncryptionKey is not set"},
		"a key not yet known":         {object{"backupConfig": config(object{"encryptionKey": unknown})}, ""},
		"a plan by hand":              {object{"backupSchedule": property.Value{}}, "backupSchedule.cronSchedule is not set"},
		"copies that can be deleted":  {object{"retentionPolicy": nested(object{"backupDeleteLockDays": property.New(0.0)})}, "retentionPolicy.backupDeleteLockDays is not a day or more"},
		"a plan that is off":          {object{"deactivated": property.New(true)}, "deactivated is true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stack := control.Stack{{URN: "gke", Type: "gcp:container/cluster:Cluster", Name: "gke", Properties: property.NewMap(object{"name": text("saas")})}}
			if row.changes != nil {
				all := object{
					"cluster": text("projects/p/locations/l/clusters/saas"), "backupConfig": config(nil),
					"backupSchedule": nested(object{"cronSchedule": text("10 6 * * *")}), "retentionPolicy": nested(object{"backupDeleteLockDays": property.New(7.0)}),
				}
				for key, value := range row.changes {
					all[key] = value
				}
				stack = append(stack, control.Resource{URN: "plan", Type: "gcp:gkebackup/backupPlan:BackupPlan", Name: "plan", Properties: property.NewMap(all)})
			}
			var got []string
			for _, c := range backup.StackControls {
				for _, finding := range c.Judge(stack) {
					got = append(got, c.Message(finding))
				}
			}
			switch {
			case row.want == "" && len(got) > 0:
				t.Errorf("the control complains: %q", got)
			case row.want != "" && (len(got) != 1 || !strings.Contains(got[0], row.want)):
				t.Errorf("the control says %q; want one message with %q", got, row.want)
			}
		})
	}
}
