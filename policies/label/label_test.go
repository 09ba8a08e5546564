package label_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
	"github.com/avila-devops/saas/policies/label"
)

type object = map[string]property.Value

func nested(m object) property.Value { return property.New(property.NewMap(m)) }

func TestLabelControls(t *testing.T) {
	t.Parallel()
	text := func(s string) property.Value { return property.New(s) }
	unknown := property.New(property.Computed)
	whose := object{"environment": text("prod"), "component": text("media"), "owner": text("platform"), "cost-centre": text("saas")}
	const bucket, instance, channel = "gcp:storage/bucket:Bucket", "gcp:sql/databaseInstance:DatabaseInstance", "gcp:monitoring/notificationChannel:NotificationChannel"
	for name, row := range map[string]struct {
		typ  string
		m    object
		want string
	}{
		"a bucket that says whose it is":    {bucket, object{"labels": nested(whose)}, ""},
		"a bucket that says nothing":        {bucket, object{}, "label-ownership (Ávila C12, CKV_GCP_21): x: labels lacks environment, component, owner, cost-centre"},
		"a bucket without an owner":         {bucket, object{"labels": nested(object{"environment": text("prod"), "component": text("a"), "cost-centre": text("b")})}, "labels lacks owner;"},
		"labels that are not known":         {bucket, object{"labels": unknown}, ""},
		"an instance with labels outside":   {instance, object{"labels": nested(whose)}, "settings.userLabels lacks"},
		"an instance with labels":           {instance, object{"settings": nested(object{"userLabels": nested(whose)})}, ""},
		"a channel's address is no label":   {channel, object{"labels": nested(whose)}, "userLabels lacks"},
		"a type that cannot carry any":      {"gcp:compute/network:Network", object{}, ""},
		"an owner who is not known in time": {bucket, object{"labels": nested(object{"environment": text("prod"), "component": text("a"), "cost-centre": text("b"), "owner": unknown})}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			stack := control.Stack{{URN: "u", Type: row.typ, Name: "x", Properties: property.NewMap(row.m)}}
			for _, c := range label.StackControls {
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
