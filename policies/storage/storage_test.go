package storage_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
	"github.com/avila-devops/saas/policies/storage"
)

type object = map[string]property.Value

func text(s string) property.Value { return property.New(s) }

func flag(b bool) property.Value { return property.New(b) }

func nested(m object) property.Value { return property.New(property.NewMap(m)) }

var unknown = property.New(property.Computed)

// bucket is one that keeps every control, with changes.
func bucket(changes object) property.Map {
	all := object{
		"uniformBucketLevelAccess": flag(true), "publicAccessPrevention": text("enforced"),
		"encryption": nested(object{"defaultKmsKeyName": text("k")}), "versioning": nested(object{"enabled": flag(true)}),
	}
	for key, value := range changes {
		all[key] = value
	}
	return property.NewMap(all)
}

// ASVS: v5.0.0-5.3.1.
func TestBucketControls(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		changes object
		want    string // part of the one message; empty for silence
	}{
		"a bucket that complies":           {nil, ""},
		"access lists of objects":          {object{"uniformBucketLevelAccess": flag(false)}, "storage-uniform-access (CIS GCP 5.0 5.2, CKV_GCP_29): uniformBucketLevelAccess is false"},
		"a bucket that may be public":      {object{"publicAccessPrevention": text("inherited")}, "publicAccessPrevention is inherited; set publicAccessPrevention to enforced"},
		"a bucket that does not say":       {object{"publicAccessPrevention": property.Value{}}, "publicAccessPrevention is not set"},
		"a prevention that is not known":   {object{"publicAccessPrevention": unknown}, ""},
		"a key of Google's":                {object{"encryption": property.Value{}}, "storage-customer-key (Ávila X4): encryption.defaultKmsKeyName is not set"},
		"a key that is not known":          {object{"encryption": nested(object{"defaultKmsKeyName": unknown})}, ""},
		"files that are gone when deleted": {object{"versioning": nested(object{"enabled": flag(false)})}, "storage-nothing-lost (CKV_GCP_78): versioning.enabled is false"},
		"a bucket without versions":        {object{"versioning": property.Value{}}, "versioning.enabled is not set"},
		"retention in place of versions":   {object{"versioning": property.Value{}, "retentionPolicy": nested(object{"retentionPeriod": property.New(1.0)})}, ""},
		"a bucket that takes files along":  {object{"forceDestroy": flag(true)}, "forceDestroy is true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range storage.Controls {
				for _, finding := range c.Judge(bucket(row.changes)) {
					got = append(got, c.Message(finding))
				}
			}
			judge(t, got, row.want)
		})
	}
}

func judge(t *testing.T, got []string, want string) {
	t.Helper()
	switch {
	case want == "" && len(got) > 0:
		t.Errorf("the controls complain: %q", got)
	case want != "" && (len(got) != 1 || !strings.Contains(got[0], want)):
		t.Errorf("the controls say %q; want one message with %q", got, want)
	}
}

func TestAccessLogControls(t *testing.T) {
	t.Parallel()
	named := func(name string, logTo property.Value, retention property.Value) control.Resource {
		m := object{"name": text(name), "retentionPolicy": retention}
		if !logTo.IsNull() {
			m["logging"] = nested(object{"logBucket": logTo})
		}
		return control.Resource{URN: name, Type: "gcp:storage/bucket:Bucket", Name: name, Properties: property.NewMap(m)}
	}
	kept, none := nested(object{"retentionPeriod": property.New(86400.0)}), property.Value{}
	for name, row := range map[string]struct {
		stack control.Stack
		want  string
	}{
		"a chain with an end":              {control.Stack{named("media", text("logs"), none), named("logs", none, kept)}, ""},
		"a bucket that nobody watches":     {control.Stack{named("media", text("logs"), none), named("logs", none, kept), named("other", none, none)}, "storage-access-logs (CIS GCP 5.0 2.16, CKV_GCP_62, CKV_GCP_63): other: logging.logBucket is not set"},
		"a bucket that watches itself":     {control.Stack{named("media", text("media"), none)}, "media: logging.logBucket is the bucket itself"},
		"access logs that can be deleted":  {control.Stack{named("media", text("logs"), none), named("logs", none, none)}, "storage-access-logs-kept (CIS GCP 5.0 2.3): logs: retentionPolicy.retentionPeriod is not set"},
		"a chain whose end is not known":   {control.Stack{named("media", unknown, none), named("logs", none, kept)}, ""},
		"a log bucket that is not known":   {control.Stack{named("media", unknown, none)}, ""},
		"a name that is not known, judged": {control.Stack{named("media", text("logs"), none), named("logs", none, unknown)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range storage.StackControls {
				for _, finding := range c.Judge(row.stack) {
					got = append(got, c.Message(finding))
				}
			}
			judge(t, got, row.want)
		})
	}
}
