package stacks_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/stacks"
	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// registration is one resource as the program asked for it.
type registration struct {
	typ, name, parent, provider string
	protect                     bool
	inputs                      resource.PropertyMap
	dependencies                []string // URNs
}

// graph records what a program registers, and answers as a cloud would.
type graph struct {
	mu        sync.Mutex
	resources []registration
}

func (g *graph) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.resources = append(g.resources, registration{
		typ: args.TypeToken, name: args.Name,
		parent: args.RegisterRPC.GetParent(), provider: args.Provider,
		protect: args.RegisterRPC.GetProtect(), inputs: args.Inputs, dependencies: args.RegisterRPC.GetDependencies(),
	})
	outputs := args.Inputs.Copy()
	addresses(args, outputs)
	switch args.TypeToken {
	case "gcp:serviceaccount/account:Account":
		email := outputs["accountId"].StringValue() + "@example.iam.gserviceaccount.com"
		outputs["email"], outputs["member"] = resource.NewStringProperty(email), resource.NewStringProperty("serviceAccount:"+email)
	case "gcp:projects/serviceIdentity:ServiceIdentity":
		outputs["email"] = resource.NewStringProperty(args.Name + "@example.iam.gserviceaccount.com")
	case "gcp:container/cluster:Cluster":
		outputs["workloadIdentityConfig"] = args.Inputs["workloadIdentityConfig"]
	case "random:index/randomString:RandomString":
		outputs["result"] = resource.NewStringProperty("abc123")
	case "gcp:certificatemanager/dnsAuthorization:DnsAuthorization":
		outputs["dnsResourceRecords"] = proof
	case "random:index/randomPassword:RandomPassword":
		outputs["result"] = resource.MakeSecret(resource.NewStringProperty("not-a-password"))
	case "gcp:sql/sslCert:SslCert":
		for _, output := range []resource.PropertyKey{"cert", "privateKey", "serverCaCert"} {
			outputs[output] = resource.MakeSecret(resource.NewStringProperty(args.Name + " not-a-" + string(output)))
		}
	case "gcp:redis/instance:Instance":
		outputs["authString"] = resource.MakeSecret(resource.NewStringProperty("not-a-token"))
		outputs["serverCaCerts"] = resource.NewArrayProperty(nil)
	default:
		if _, named := outputs["name"]; !named {
			outputs["name"] = resource.NewStringProperty(args.Name + "-1234567")
		}
	}
	return args.Name + "-id", outputs, nil
}

func (g *graph) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	switch args.Token {
	case publicKey:
		return resource.PropertyMap{
			"name":       resource.NewStringProperty(args.Args["cryptoKey"].StringValue() + "/cryptoKeyVersions/1"),
			"publicKeys": resource.NewArrayProperty([]resource.PropertyValue{resource.NewObjectProperty(resource.PropertyMap{"pem": resource.NewStringProperty("-----BEGIN PUBLIC KEY-----")})}),
		}, nil
	case endpointGroup:
		return found(args.Args), nil
	}
	return nil, fmt.Errorf("the program calls %s: a preview would need the cloud for it", args.Token)
}

// The functions that the program calls, each with the name of what it makes
// itself: a preview does not know it yet, and calls nothing.
const (
	publicKey     = "gcp:kms/getKMSCryptoKeyVersion:getKMSCryptoKeyVersion"
	endpointGroup = "gcp:compute/getNetworkEndpointGroup:getNetworkEndpointGroup"
)

// proof is the record that an authorization of Certificate Manager wants.
var proof = resource.NewArrayProperty([]resource.PropertyValue{resource.NewObjectProperty(resource.PropertyMap{
	"name": resource.NewStringProperty("_acme-challenge.example.com."), "type": resource.NewStringProperty("CNAME"), "data": resource.NewStringProperty("proof.example.com."),
})})

// found is the endpoint group that a call asks for.
func found(args resource.PropertyMap) resource.PropertyMap {
	group := args.Copy()
	group["id"] = resource.NewStringProperty("zones/" + args["zone"].StringValue() + "/" + args["name"].StringValue())
	group["selfLink"] = group["id"]
	return group
}

// run declares a stack's environment with the configuration in its file.
func run(t *testing.T, source spec.Source, preview bool) []registration {
	t.Helper()
	g := &graph{}
	err := pulumi.RunErr(stacks.Deploy, pulumi.WithMocks(spec.Namespace, source.Stack, g), func(info *pulumi.RunInfo) {
		info.Config, info.DryRun = source.Values, preview
	})
	if err != nil {
		t.Fatalf("%s, preview %v: %v", source.Stack, preview, err)
	}
	if len(g.resources) < 50 {
		t.Fatalf("%s, preview %v: %d resources: the program did not run", source.Stack, preview, len(g.resources))
	}
	return g.resources
}

// everyGraph runs judge on both stacks, in preview and in up.
func everyGraph(t *testing.T, judge func(t *testing.T, resources []registration)) {
	t.Helper()
	for _, stack := range []string{"staging", "prod"} {
		for _, preview := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/preview=%v", stack, preview), func(t *testing.T) {
				t.Parallel()
				judge(t, run(t, spectest.StackFile(t, stack), preview))
			})
		}
	}
}

func TestEveryResourceDescendsFromTheRoot(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []registration) {
		for _, r := range resources {
			isRoot := r.typ == stacks.Type || r.typ == "pulumi:pulumi:Stack"
			if !isRoot && (r.parent == "" || resource.URN(r.parent).Type() == "pulumi:pulumi:Stack") {
				t.Errorf("%s %s has no parent but the stack", r.typ, r.name)
			}
		}
	})
}

func TestNoTwoResourcesShareTypeAndName(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []registration) {
		seen := map[string]bool{}
		for _, r := range resources {
			if id := r.typ + " " + r.name; seen[id] {
				t.Errorf("%s is registered twice: their URNs collide", id)
			} else {
				seen[id] = true
			}
		}
	})
}

func TestKubernetesResourcesNameTheirCluster(t *testing.T) {
	t.Parallel()
	everyGraph(t, func(t *testing.T, resources []registration) {
		var judged int
		for _, r := range resources {
			if !strings.HasPrefix(r.typ, "kubernetes:") {
				continue
			}
			judged++
			if !strings.Contains(r.provider, "::cluster-southamerica-") {
				t.Errorf("%s %s has provider %q, not a cluster's own", r.typ, r.name, r.provider)
			}
		}
		if judged == 0 {
			t.Error("no Kubernetes resource was judged")
		}
	})
}

// holdsData lists the types whose deletion loses what cannot be made again.
var holdsData = []string{
	"gcp:kms/cryptoKey:CryptoKey", "gcp:container/cluster:Cluster", "gcp:sql/databaseInstance:DatabaseInstance",
	"gcp:sql/database:Database", "gcp:redis/instance:Instance", "gcp:storage/bucket:Bucket", "gcp:artifactregistry/repository:Repository",
	"gcp:gkebackup/backupPlan:BackupPlan",
	"gcp:dns/managedZone:ManagedZone",
}

func TestWhatHoldsDataIsProtectedUnlessTheSwitchIsOff(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{true, false} {
		source := spectest.StackFile(t, "prod")
		source.Values["saas:deletionProtection"] = fmt.Sprint(on)
		found := map[string]bool{}
		for _, r := range run(t, source, false) {
			if !slices.Contains(holdsData, r.typ) {
				continue
			}
			found[r.typ] = true
			if r.protect != on {
				t.Errorf("switch %v: %s %s has protect %v", on, r.typ, r.name, r.protect)
			}
			if own, has := r.inputs["deletionProtection"]; has && own.BoolValue() != on {
				t.Errorf("switch %v: %s %s has deletionProtection %v", on, r.typ, r.name, own.BoolValue())
			}
		}
		if len(found) != len(holdsData) {
			t.Errorf("the program has %d of the %d types that hold data", len(found), len(holdsData))
		}
	}
}

func TestAnotherTenantMovesNoOther(t *testing.T) {
	t.Parallel()
	before := run(t, spectest.With(t), false)
	after := run(t, spectest.With(t, "saas:tenants", `[{"id":"a"},{"id":"b"},{"id":"c"}]`), false)
	kept := map[string]resource.PropertyMap{}
	for _, r := range after {
		kept[r.typ+" "+r.name] = r.inputs
	}
	for _, r := range before {
		// The gateway is everybody's: it learns the host, and rolls over to that.
		if strings.HasPrefix(r.name, "gateway-") && (strings.HasSuffix(r.name, "-config") || strings.HasSuffix(r.name, "-deployment")) {
			continue
		}
		if now, ok := kept[r.typ+" "+r.name]; !ok || !now.DeepEquals(r.inputs) {
			t.Errorf("%s %s changes when tenant c joins", r.typ, r.name)
		}
	}
}

func TestAWrongConfigurationRegistersNothing(t *testing.T) {
	t.Parallel()
	g := &graph{}
	source := spectest.With(t, "saas:domain", "not a domain")
	err := pulumi.RunErr(stacks.Deploy, pulumi.WithMocks(spec.Namespace, source.Stack, g), func(info *pulumi.RunInfo) { info.Config = source.Values })
	if err == nil || !strings.Contains(err.Error(), "saas:domain") {
		t.Errorf("the error is %v; want one that names saas:domain", err)
	}
	for _, r := range g.resources {
		if r.typ != "pulumi:pulumi:Stack" {
			t.Errorf("%s %s was registered", r.typ, r.name)
		}
	}
}

// goldens are the configurations whose graphs are reviewed: both stacks', and
// one with all five apps.
func goldens(t *testing.T) map[string]spec.Source {
	t.Helper()
	services, images := spectest.EveryApp()
	return map[string]spec.Source{
		"staging": spectest.StackFile(t, "staging"), "prod": spectest.StackFile(t, "prod"),
		"apps": spectest.With(t, "saas:services", services, "saas:images", images),
	}
}

// TestTheGraphIsTheReviewedOne compares types and names with the golden file:
// a changed name is a replaced resource, and belongs in a review.
func TestTheGraphIsTheReviewedOne(t *testing.T) {
	t.Parallel()
	for stack, source := range goldens(t) {
		var lines []string
		for _, r := range run(t, source, false) {
			lines = append(lines, r.typ+" "+r.name)
		}
		slices.Sort(lines)
		got, path := strings.Join(lines, "\n")+"\n", filepath.Join("testdata", stack+".golden")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s registers other resources than %s names; review, then go test ./stacks -update\n%s", stack, path, diff(string(want), got))
		}
	}
}

// diff lists the lines that only one side has.
func diff(want, got string) string {
	var out []string
	wants, gots := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, line := range wants {
		if !slices.Contains(gots, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range gots {
		if !slices.Contains(wants, line) {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, "\n")
}
