package kubernetes_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/components/cluster/kubeconfig"
	"github.com/avila-devops/saas/sandbox/cluster"
	"github.com/avila-devops/saas/sandbox/home"
	"github.com/avila-devops/saas/sandbox/kubernetes"
)

func rendered(t *testing.T, m kubeconfig.Membership) string {
	t.Helper()
	text, err := kubeconfig.Render(m)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestSettingsThatCannotBeHonouredAreRefusedAllAtOnce(t *testing.T) {
	t.Parallel()
	foreign := strings.ReplaceAll(rendered(t, membership), membership.Server(), "https://203.0.113.7:6443")
	noMember := strings.ReplaceAll(rendered(t, membership), membership.Server(), "https://connectgateway.googleapis.com/v1/projects/1")
	plainText := strings.ReplaceAll(rendered(t, membership), "https://", "http://")
	for name, row := range map[string]struct {
		settings map[string]any
		want     []string
	}{
		"valid":              {map[string]any{"kubeconfig": rendered(t, membership), "clusterIdentifier": "one", "enableServerSideApply": "true", "suppressHelmHookWarnings": true}, nil},
		"nothing":            {nil, nil},
		"unknown kubeconfig": {map[string]any{"kubeconfig": resource.Computed{Element: resource.NewStringProperty("")}}, nil},
		"unknown key":        {map[string]any{"kubeConfig": "x"}, []string{"kubeConfig: the Kubernetes provider has no such setting"}},
		"a foreign server":   {map[string]any{"kubeconfig": foreign}, []string{"kubeconfig: the sandbox reaches clusters through https://connectgateway.googleapis.com only, not https://203.0.113.7:6443"}},
		"no membership":      {map[string]any{"kubeconfig": noMember}, []string{"kubeconfig: https://connectgateway.googleapis.com/v1/projects/1 names no membership"}},
		"plain http":         {map[string]any{"kubeconfig": plainText}, []string{"not http://connectgateway.googleapis.com"}},
		"no kubeconfig":      {map[string]any{"kubeconfig": "{"}, []string{"kubeconfig: kubeconfig: "}},
		"client-side":        {map[string]any{"enableServerSideApply": false}, []string{"enableServerSideApply: the sandbox applies on the server only"}},
		"rendering":          {map[string]any{"renderYamlToDirectory": "out"}, []string{"renderYamlToDirectory: the sandbox deploys"}},
		"no boolean":         {map[string]any{"deleteUnreachable": "yes"}, []string{"deleteUnreachable: yes is neither true nor false"}},
		"two at once":        {map[string]any{"a": 1, "skipUpdateUnreachable": true}, []string{"a: the Kubernetes provider has no such setting", "skipUpdateUnreachable: the sandbox does not skip"}},
	} {
		p, err := kubernetes.New(shared, "")
		if err != nil {
			t.Fatal(err)
		}
		checked, err := p.CheckConfig(t.Context(), plugin.CheckConfigRequest{News: resource.NewPropertyMapFromMap(row.settings)})
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, failure := range checked.Failures {
			texts = append(texts, string(failure.Property)+": "+failure.Reason)
		}
		if len(texts) != len(row.want) {
			t.Errorf("%s: failures are %q, want %q", name, texts, row.want)
			continue
		}
		for i := range texts {
			if !strings.Contains(texts[i], row.want[i]) {
				t.Errorf("%s: failure %q does not say %q", name, texts[i], row.want[i])
			}
		}
		if _, err := p.Configure(t.Context(), plugin.ConfigureRequest{Inputs: resource.NewPropertyMapFromMap(row.settings)}); (err == nil) != (len(row.want) == 0) {
			t.Errorf("%s: Configure gives %v", name, err)
		}
	}
}

func TestAProviderIsReplacedOnlyWithItsCluster(t *testing.T) {
	t.Parallel()
	other := membership
	other.ID = "other"
	moved := rendered(t, other)
	same := rendered(t, membership)
	reworded := strings.ReplaceAll(same, "interactiveMode", "interactiveMode")
	reworded = strings.ReplaceAll(reworded, "gcloud components install", "install")
	computed := resource.Computed{Element: resource.NewStringProperty("")}
	for name, row := range map[string]struct {
		before, now map[string]any
		replaces    bool
	}{
		"another kubeconfig, same identifier": {map[string]any{"kubeconfig": same, "clusterIdentifier": "a"}, map[string]any{"kubeconfig": moved, "clusterIdentifier": "a"}, false},
		"unknown kubeconfig, same identifier": {map[string]any{"kubeconfig": same, "clusterIdentifier": "a"}, map[string]any{"kubeconfig": computed, "clusterIdentifier": "a"}, false},
		"another identifier":                  {map[string]any{"kubeconfig": same, "clusterIdentifier": "a"}, map[string]any{"kubeconfig": same, "clusterIdentifier": "b"}, true},
		"a first identifier":                  {map[string]any{"kubeconfig": same}, map[string]any{"kubeconfig": same, "clusterIdentifier": "a"}, false},
		"another server":                      {map[string]any{"kubeconfig": same}, map[string]any{"kubeconfig": moved}, true},
		"the same server":                     {map[string]any{"kubeconfig": same}, map[string]any{"kubeconfig": reworded}, false},
		"an unknown server":                   {map[string]any{"kubeconfig": same}, map[string]any{"kubeconfig": computed}, true},
		"another namespace":                   {map[string]any{"kubeconfig": same}, map[string]any{"kubeconfig": same, "namespace": "team"}, false},
	} {
		p, err := kubernetes.New(shared, "")
		if err != nil {
			t.Fatal(err)
		}
		diff, err := p.DiffConfig(t.Context(), plugin.DiffConfigRequest{
			OldInputs: resource.NewPropertyMapFromMap(row.before), NewInputs: resource.NewPropertyMapFromMap(row.now),
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff.Changes != plugin.DiffSome || diff.Replace() != row.replaces {
			t.Errorf("%s: replaces %v, want %v", name, diff.Replace(), row.replaces)
		}
	}
}

func TestWithoutAClusterAPreviewWorksAndAnUpdateSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	stranger := membership
	stranger.ID = "stranger"
	for name, row := range map[string]struct {
		kubeconfig any
		want       string
	}{
		"unknown kubeconfig": {resource.Computed{Element: resource.NewStringProperty("")}, "the provider's kubeconfig is not known yet"},
		"unknown membership": {rendered(t, stranger), "connect gateway: 404 Not Found: membership projects/123456789012/locations/global/memberships/stranger"},
	} {
		p := &program{t, configured(t, shared, resource.NewPropertyMapFromMap(map[string]any{"kubeconfig": row.kubeconfig}))}
		o := configMap("default").with("metadata.name", "a")
		if previewed, err := p.preview("a", o); err != nil || previewed["data"].ObjectValue()["key"].StringValue() != "value" {
			t.Errorf("%s: the preview gives %v, %v", name, previewed, err)
		}
		_, err := p.up("a", o)
		wantError(t, err, row.want)
		// What cannot be reached has not vanished.
		const remedy = "PULUMI_K8S_DELETE_UNREACHABLE=true forgets what was in it"
		_, err = p.provider.Read(t.Context(), plugin.ReadRequest{URN: o.urn("a"), ID: "default/a"})
		wantError(t, err, row.want, remedy)
		_, err = p.provider.Delete(t.Context(), plugin.DeleteRequest{URN: o.urn("a"), ID: "default/a"})
		wantError(t, err, row.want, remedy)
	}
}

func TestWhatCannotBeReachedIsForgottenOnlyIfToldSo(t *testing.T) {
	t.Parallel()
	p := &program{t, configured(t, shared, resource.NewPropertyMapFromMap(map[string]any{"deleteUnreachable": true}))}
	o := configMap("default").with("metadata.name", "a")
	if read := p.refresh("a", state{id: "default/a"}, o); read.id != "" {
		t.Errorf("it reads as %s", read.id)
	}
	if err := p.down("a", state{id: "default/a"}, o); err != nil {
		t.Error(err)
	}
}

func TestTheEnvironmentSetsWhatTheProgramDoesNot(t *testing.T) {
	t.Setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
	o := configMap("default").with("metadata.name", "a")
	for name, row := range map[string]struct {
		settings map[string]any
		forgets  bool
	}{"not set": {nil, true}, "set": {map[string]any{"deleteUnreachable": false}, false}} {
		p := configured(t, shared, resource.NewPropertyMapFromMap(row.settings))
		_, err := p.Read(t.Context(), plugin.ReadRequest{URN: o.urn("a"), ID: "default/a"})
		if (err == nil) != row.forgets {
			t.Errorf("%s: Read gives %v", name, err)
		}
	}
}

func TestAStoppedClusterIsNamedAndFoundAgainWhereItComesBack(t *testing.T) {
	t.Parallel()
	h := home.Home(t.TempDir())
	if err := os.Symlink(shared.Bin(), h.Bin()); err != nil {
		t.Fatal(err)
	}
	// The credential plugin speaks for the shared sandbox.
	token, err := os.ReadFile(shared.Token())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(h.Token(), token, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := cluster.Create(t.Context(), h, "p", "stopped")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Remove(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	if err := cluster.Join(h, membership.ProjectNumber, membership.Location, membership.ID, "p", "stopped"); err != nil {
		t.Fatal(err)
	}
	p := &program{t, configured(t, h, resource.NewPropertyMapFromMap(map[string]any{"kubeconfig": rendered(t, membership)}))}
	o := configMap("default").with("metadata.name", "a")
	s := p.must("a", o)
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err = p.up("a", o)
	wantError(t, err, "cluster stopped does not run: run make up")
	if err := os.Remove(filepath.Join(h.Clusters(), "p-stopped", "ports.json")); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if read := p.refresh("a", s, o); read.id != s.id {
		t.Errorf("after the restart it reads as %q", read.id)
	}
}

// runPlugin runs the credential plugin as kubectl does.
func runPlugin(t *testing.T, info string) (string, error) {
	t.Helper()
	cmd := exec.Command(filepath.Join(shared.Bin(), kubeconfig.Plugin))
	cmd.Env = append(os.Environ(), "KUBERNETES_EXEC_INFO="+info)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestTheCredentialPluginGivesATokenForConnectGatewayOnly(t *testing.T) {
	t.Parallel()
	const question = `{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"SERVER"}}}`
	out, err := runPlugin(t, strings.ReplaceAll(question, "SERVER", membership.Server()))
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		APIVersion, Kind string
		Status           struct {
			Token  string
			Expiry time.Time `json:"expirationTimestamp"`
		}
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		t.Fatal(err)
	}
	token, err := cluster.Token(shared)
	if err != nil {
		t.Fatal(err)
	}
	if answer.APIVersion != "client.authentication.k8s.io/v1beta1" || answer.Kind != "ExecCredential" || answer.Status.Token != token {
		t.Error("the answer is not an ExecCredential with the sandbox's token")
	}
	if left := time.Until(answer.Status.Expiry); left < 30*time.Minute || left > 2*time.Hour {
		t.Errorf("the token expires in %s", left)
	}
	for name, row := range map[string][2]string{
		"another server":  {strings.ReplaceAll(question, "SERVER", "https://203.0.113.7"), "not for https://203.0.113.7"},
		"another version": {strings.ReplaceAll(question, "v1beta1", "v1"), "asks for ExecCredential of client.authentication.k8s.io/v1"},
		"no question":     {"{", "KUBERNETES_EXEC_INFO: "},
	} {
		out, err := runPlugin(t, row[0])
		if err == nil || !strings.Contains(out, row[1]) || strings.Contains(out, token) {
			t.Errorf("%s: the plugin says %q, %v", name, out, err)
		}
	}
}
