package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/policyx"

	"github.com/avila-devops/saas/policies/control"
	"github.com/avila-devops/saas/stacks/graph"
	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

// verdict judges a resource by every control of the pack.
func verdict(typ string, properties property.Map) []string {
	var messages []string
	for _, c := range controls() {
		messages = append(messages, judge(c, policyx.AnalyzerResource{Type: typ, Properties: properties})...)
	}
	return messages
}

// parse reads properties from JSON; the text "<unknown>" stands for a value
// that a preview does not know.
func parse(t testing.TB, text string) property.Map {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	converted := fromAny(value)
	if !converted.IsMap() {
		return property.Map{}
	}
	return converted.AsMap()
}

func fromAny(value any) property.Value {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]property.Value{}
		for key, child := range v {
			out[key] = fromAny(child)
		}
		return property.New(property.NewMap(out))
	case []any:
		var out []property.Value
		for _, child := range v {
			out = append(out, fromAny(child))
		}
		return property.New(property.NewArray(out))
	case string:
		if v == "<unknown>" {
			return property.New(property.Computed)
		}
		return property.New(v)
	case float64:
		return property.New(v)
	case bool:
		return property.New(v)
	}
	return property.Value{}
}

const (
	clusterType    = "gcp:container/cluster:Cluster"
	poolType       = "gcp:container/nodePool:NodePool"
	instanceType   = "gcp:sql/databaseInstance:DatabaseInstance"
	redisType      = "gcp:redis/instance:Instance"
	namespaceType  = "kubernetes:core/v1:Namespace"
	deploymentType = "kubernetes:apps/v1:Deployment"
	cronJobType    = "kubernetes:batch/v1:CronJob"

	hardened = `"securityContext":{"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}},
		"containers":[{"name":"a","image":"b","securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]`
	naked = `"containers":[{"name":"a","image":"b"}]`
)

func TestControlsCatch(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		typ, properties string
		want            string // part of the one message; empty for silence
	}{
		"a namespace that only warns":              {namespaceType, `{"metadata":{"labels":{"pod-security.kubernetes.io/audit":"restricted","pod-security.kubernetes.io/warn":"restricted"}}}`, "metadata.labels.pod-security.kubernetes.io/enforce is not set"},
		"a privileged namespace":                   {namespaceType, `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"privileged","pod-security.kubernetes.io/audit":"restricted","pod-security.kubernetes.io/warn":"restricted"}}}`, `enforce is "privileged"`},
		"a restricted namespace":                   {namespaceType, `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"restricted","pod-security.kubernetes.io/audit":"restricted","pod-security.kubernetes.io/warn":"restricted"}}}`, ""},
		"a deployment of bare pods":                {deploymentType, `{"kind":"Deployment","spec":{"template":{"spec":{` + naked + `}}}}`, "podsecurity-pod-restricted (Kubernetes Pod Security Standards, restricted): spec.template.spec breaks the standard: allowPrivilegeEscalation"},
		"a deployment on the host's network":       {deploymentType, `{"kind":"Deployment","spec":{"template":{"spec":{"hostNetwork":true,` + hardened + `}}}}`, "hostNetwork"},
		"a hardened deployment":                    {deploymentType, `{"kind":"Deployment","spec":{"template":{"spec":{` + hardened + `}}}}`, ""},
		"a deployment whose account is not known":  {deploymentType, `{"kind":"Deployment","spec":{"template":{"spec":{"serviceAccountName":"<unknown>",` + naked + `}}}}`, "podsecurity-pod-restricted"},
		"a deployment whose security is not known": {deploymentType, `{"kind":"Deployment","spec":{"template":{"spec":{"containers":[{"name":"a","securityContext":{"privileged":"<unknown>"}}]}}}}`, ""},
		"a cron job of bare pods":                  {cronJobType, `{"kind":"CronJob","spec":{"jobTemplate":{"spec":{"template":{"spec":{` + naked + `}}}}}}`, "podsecurity-pod-restricted"},
		"a deployment without containers":          {deploymentType, `{"kind":"Deployment","spec":{"template":{"spec":{}}}}`, "is not a pod"},
		"a type that no control covers":            {"kubernetes:core/v1:Secret", `{"data":{"a":"b"}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := verdict(row.typ, parse(t, row.properties))
			switch {
			case row.want == "" && len(got) > 0:
				t.Errorf("the pack complains: %q", got)
			case row.want != "" && (len(got) != 1 || !strings.Contains(got[0], row.want)):
				t.Errorf("the pack says %q; want one message with %q", got, row.want)
			}
		})
	}
}

func TestBothStacksComply(t *testing.T) {
	t.Parallel()
	for stack, least := range map[string]int{"staging": 40, "prod": 60} {
		for mode, record := range map[string]func(spec.Source) ([]graph.Resource, error){"up": graph.Of, "preview": graph.Preview} {
			resources, err := record(spectest.StackFile(t, stack))
			if err != nil {
				t.Fatal(err)
			}
			judged, messages := judgeAll(resources)
			if len(messages) > 0 {
				t.Errorf("%s, %s:\n%s", stack, mode, strings.Join(messages, "\n"))
			}
			if judged < least {
				t.Errorf("%s, %s: %d resources were judged, want at least %d", stack, mode, judged, least)
			}
		}
	}
}

// judgeAll is the pack's verdict on a recorded stack, and how many of its
// resources some control is about.
func judgeAll(resources []graph.Resource) (judged int, messages []string) {
	var stack control.Stack
	for _, r := range resources {
		for _, c := range controls() {
			if c.Covers(r.Type) {
				judged++
			}
		}
		messages = append(messages, verdict(r.Type, resource.FromResourcePropertyMap(r.Inputs))...)
		one := control.Resource{URN: string(r.URN), Type: r.Type, Name: r.Name, Properties: resource.FromResourcePropertyMap(r.Outputs)}
		for _, before := range r.After {
			one.Dependencies = append(one.Dependencies, string(before))
		}
		stack = append(stack, one)
	}
	for _, c := range stackControls() {
		for _, finding := range c.Judge(stack) {
			messages = append(messages, c.Message(finding))
		}
	}
	return judged, messages
}

func TestTheREADMEListsExactlyTheControls(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows int
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| ") && strings.Contains(line, "Test") {
			rows++
		}
	}
	if all := len(controls()) + len(stackControls()); rows != all {
		t.Errorf("README.md has %d rows, the pack %d controls", rows, all)
	}
	for _, c := range stackControls() {
		if row := fmt.Sprintf("| %s | %s | %s | Test", c.ID, c.Title, c.Source); !bytes.Contains(text, []byte(row)) {
			t.Errorf("README.md has no row that starts %q", row)
		}
	}
	for _, c := range controls() {
		if row := fmt.Sprintf("| %s | %s | %s | Test", c.ID, c.Title, c.Source); !bytes.Contains(text, []byte(row)) {
			t.Errorf("README.md has no row that starts %q", row)
		}
	}
}

func TestThePackRegistersEveryControl(t *testing.T) {
	t.Parallel()
	made, err := pack()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range made.Policies() {
		names = append(names, p.Name())
	}
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, row := range regexp.MustCompile(`(?m)^\| ([a-z]+-[a-z0-9-]+) \| `).FindAllStringSubmatch(string(text), -1) {
		listed = append(listed, row[1])
	}
	slices.Sort(names)
	slices.Sort(listed)
	if len(listed) < 5 || !slices.Equal(names, listed) {
		t.Errorf("the pack registers %v; README.md lists %v", names, listed)
	}
}

func FuzzNoShapeOfPropertiesPanics(f *testing.F) {
	f.Add(`{"privateClusterConfig":[]}`)
	f.Add(`{"settings":{"ipConfiguration":{"authorizedNetworks":[null,1,{"value":2}]}}}`)
	f.Add(`{"kind":"Deployment","spec":{"template":{"spec":{"containers":[{"securityContext":3}]}}}}`)
	f.Add(`{"destination":"storage.googleapis.com/x","name":"x","retentionPolicy":[],"conditions":[null,{"conditionThreshold":7}],"auditLogConfigs":[1]}`)
	f.Add(`{"networks":[{"networkUrl":3},null],"logging":"<unknown>","backupConfig":{"encryptionKey":[]},"labels":"x"}`)
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		properties := parse(t, text)
		for _, typ := range []string{clusterType, poolType, instanceType, redisType, namespaceType, deploymentType, cronJobType} {
			for _, message := range verdict(typ, properties) {
				if !strings.Contains(message, "): ") {
					t.Errorf("a message names no property: %s", message)
				}
			}
		}
		var stack control.Stack
		for _, typ := range []string{
			clusterType, instanceType, redisType, "gcp:storage/bucket:Bucket", "gcp:compute/network:Network", "gcp:dns/policy:Policy", "gcp:gkebackup/backupPlan:BackupPlan",
			"gcp:logging/metric:Metric", "gcp:logging/projectSink:ProjectSink", "gcp:monitoring/alertPolicy:AlertPolicy", "gcp:projects/iAMAuditConfig:IAMAuditConfig",
		} {
			stack = append(stack, control.Resource{URN: typ, Type: typ, Name: "x", Properties: properties})
		}
		for _, c := range stackControls() {
			for _, finding := range c.Judge(stack) {
				if message := c.Message(finding); !strings.Contains(message, "): ") {
					t.Errorf("a message names no property: %s", message)
				}
			}
		}
	})
}
