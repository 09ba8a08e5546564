package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/policyx"

	"github.com/avila-devops/saas/stacks"
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
		"a cluster with public nodes":                {clusterType, `{"privateClusterConfig":{"enablePrivateNodes":false}}`, "gke-private-nodes (CIS GKE 1.9 5.6.5, CKV_GCP_25): privateClusterConfig.enablePrivateNodes is false; set"},
		"a cluster that does not say":                {clusterType, `{}`, "privateClusterConfig.enablePrivateNodes is not set"},
		"a cluster with private nodes":               {clusterType, `{"privateClusterConfig":{"enablePrivateNodes":true}}`, ""},
		"a cluster whose choice is not known":        {clusterType, `{"privateClusterConfig":"<unknown>"}`, ""},
		"a pool with public nodes":                   {poolType, `{"networkConfig":{"enablePrivateNodes":false}}`, "gke-private-node-pool"},
		"a pool that follows its cluster":            {poolType, `{}`, ""},
		"an instance with a public address":          {instanceType, `{"settings":{"ipConfiguration":{"ipv4Enabled":true}}}`, "settings.ipConfiguration.ipv4Enabled is true"},
		"an instance left to the provider's default": {instanceType, `{"settings":{"tier":"x"}}`, "settings.ipConfiguration.ipv4Enabled is not set"},
		"an instance open to the world":              {instanceType, `{"settings":{"ipConfiguration":{"ipv4Enabled":false,"authorizedNetworks":[{"value":"0.0.0.0/0"}]}}}`, `authorizedNetworks[0] admits "0.0.0.0/0"`},
		"a private instance":                         {instanceType, `{"settings":{"ipConfiguration":{"ipv4Enabled":false}}}`, ""},
		"a namespace that only warns":                {namespaceType, `{"metadata":{"labels":{"pod-security.kubernetes.io/audit":"restricted","pod-security.kubernetes.io/warn":"restricted"}}}`, "metadata.labels.pod-security.kubernetes.io/enforce is not set"},
		"a privileged namespace":                     {namespaceType, `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"privileged","pod-security.kubernetes.io/audit":"restricted","pod-security.kubernetes.io/warn":"restricted"}}}`, `enforce is "privileged"`},
		"a restricted namespace":                     {namespaceType, `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"restricted","pod-security.kubernetes.io/audit":"restricted","pod-security.kubernetes.io/warn":"restricted"}}}`, ""},
		"a deployment of bare pods":                  {deploymentType, `{"kind":"Deployment","spec":{"template":{"spec":{` + naked + `}}}}`, "podsecurity-pod-restricted (Kubernetes Pod Security Standards, restricted): spec.template.spec breaks the standard: allowPrivilegeEscalation"},
		"a deployment on the host's network":         {deploymentType, `{"kind":"Deployment","spec":{"template":{"spec":{"hostNetwork":true,` + hardened + `}}}}`, "hostNetwork"},
		"a hardened deployment":                      {deploymentType, `{"kind":"Deployment","spec":{"template":{"spec":{` + hardened + `}}}}`, ""},
		"a deployment whose account is not known":    {deploymentType, `{"kind":"Deployment","spec":{"template":{"spec":{"serviceAccountName":"<unknown>",` + naked + `}}}}`, "podsecurity-pod-restricted"},
		"a deployment whose security is not known":   {deploymentType, `{"kind":"Deployment","spec":{"template":{"spec":{"containers":[{"name":"a","securityContext":{"privileged":"<unknown>"}}]}}}}`, ""},
		"a cron job of bare pods":                    {cronJobType, `{"kind":"CronJob","spec":{"jobTemplate":{"spec":{"template":{"spec":{` + naked + `}}}}}}`, "podsecurity-pod-restricted"},
		"a deployment without containers":            {deploymentType, `{"kind":"Deployment","spec":{"template":{"spec":{}}}}`, "is not a pod"},
		"a type that no control covers":              {"kubernetes:core/v1:Secret", `{"data":{"a":"b"}}`, ""},
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

// recorder answers a program's registrations and judges each.
type recorder struct {
	mu      sync.Mutex
	judged  int
	message []string
}

func (r *recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range controls() {
		if c.Covers(args.TypeToken) {
			r.judged++
		}
	}
	r.message = append(r.message, verdict(args.TypeToken, resource.FromResourcePropertyMap(args.Inputs))...)
	outputs := args.Inputs.Copy()
	if args.TypeToken == "gcp:certificatemanager/dnsAuthorization:DnsAuthorization" {
		record := resource.PropertyMap{"name": resource.NewStringProperty("a."), "type": resource.NewStringProperty("CNAME"), "data": resource.NewStringProperty("b.")}
		outputs["dnsResourceRecords"] = resource.NewArrayProperty([]resource.PropertyValue{resource.NewObjectProperty(record)})
	}
	for _, name := range []resource.PropertyKey{"name", "email", "member", "result", "selfLink"} {
		if _, given := outputs[name]; !given {
			outputs[name] = resource.NewStringProperty(args.Name)
		}
	}
	return args.Name, outputs, nil
}

func (r *recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	if args.Token == "gcp:compute/getNetworkEndpointGroup:getNetworkEndpointGroup" {
		args.Args["selfLink"] = resource.NewStringProperty(args.Args["zone"].StringValue() + "/" + args.Args["name"].StringValue())
		return args.Args, nil
	}
	return nil, fmt.Errorf("unexpected call of %s", args.Token)
}

func TestBothStacksComply(t *testing.T) {
	t.Parallel()
	for stack, least := range map[string]int{"staging": 6, "prod": 11} {
		for _, preview := range []bool{true, false} {
			source, seen := spectest.StackFile(t, stack), &recorder{}
			err := pulumi.RunErr(stacks.Deploy, pulumi.WithMocks(spec.Namespace, stack, seen), func(info *pulumi.RunInfo) {
				info.Config, info.DryRun = source.Values, preview
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(seen.message) > 0 {
				t.Errorf("%s, preview %v:\n%s", stack, preview, strings.Join(seen.message, "\n"))
			}
			if seen.judged < least {
				t.Errorf("%s, preview %v: %d resources were judged, want at least %d", stack, preview, seen.judged, least)
			}
		}
	}
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
	if rows != len(controls()) {
		t.Errorf("README.md has %d rows, the pack %d controls", rows, len(controls()))
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
	const want = "gke-private-nodes gke-private-node-pool cloudsql-no-public-address podsecurity-namespace-restricted podsecurity-pod-restricted edge-cloud-armor edge-cloud-armor-cache edge-rate-rule edge-strong-tls edge-tls-policy edge-logged edge-ports edge-firewall edge-http-redirects dns-signed dns-logged gateway-service-internal gateway-nginx gateway-no-snippets"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("the pack registers %s; want %s", got, want)
	}
}

func FuzzNoShapeOfPropertiesPanics(f *testing.F) {
	f.Add(`{"privateClusterConfig":[]}`)
	f.Add(`{"settings":{"ipConfiguration":{"authorizedNetworks":[null,1,{"value":2}]}}}`)
	f.Add(`{"kind":"Deployment","spec":{"template":{"spec":{"containers":[{"securityContext":3}]}}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		properties := parse(t, text)
		for _, typ := range []string{clusterType, poolType, instanceType, namespaceType, deploymentType, cronJobType} {
			for _, message := range verdict(typ, properties) {
				if !strings.Contains(message, "): ") {
					t.Errorf("a message names no property: %s", message)
				}
			}
		}
	})
}
