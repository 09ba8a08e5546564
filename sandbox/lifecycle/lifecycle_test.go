package lifecycle_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/sandbox/cluster"
	"github.com/avila-devops/saas/sandbox/provider"
)

// TestAnEnvironmentLives takes the real program through its life on the real
// engine. The steps build on each other, as they do for those who run it.
func TestAnEnvironmentLives(t *testing.T) {
	r := newRig(t)
	steps := []struct {
		claim string
		prove func(*testing.T, *rig)
	}{
		{"a failure half way keeps what was made", failureKeepsWhatWasMade},
		{"the next up completes it", nextUpCompletes},
		{"another up changes nothing", anotherUpChangesNothing},
		{"plain pulumi and kubectl work on it", plainToolsWork},
		{"no secret stands in plaintext", noSecretInPlaintext},
		{"one changed value moves what has it and nothing else", oneValueMoves},
		{"a violating change is refused by name and changes nothing", violationIsRefused},
		{"wrong configuration is refused whole and changes nothing", wrongConfigurationIsRefused},
		{"drift is found and repaired", driftIsFound},
		{"a cluster that died is started again", deadClusterStarts},
		{"a killed run is healed by the next", killedRunHeals},
		{"prod stands beside staging", prodBesideStaging},
		{"taking staging down leaves prod alone", stagingDown},
		{"taking prod down leaves nothing", nothingLeft},
	}
	for _, step := range steps {
		if !t.Run(step.claim, func(t *testing.T) { step.prove(t, r) }) {
			t.Fatalf("%q does not hold; what follows rests on it", step.claim)
		}
	}
}

func failureKeepsWhatWasMade(t *testing.T, r *rig) {
	t.Setenv(provider.FaultEnv, "gcp:sql/databaseInstance:DatabaseInstance#1")
	err := r.Up(t.Context(), "staging")
	if err == nil || !strings.Contains(err.Error(), "make up STACK=staging goes on from there") {
		t.Fatalf("an up with an injected fault gives %v", err)
	}
	if !strings.Contains(r.out.String(), "database-southamerica-east1: injected fault") {
		t.Error("the fault is not among what the engine showed")
	}
	made := r.resources(t, "staging")
	if len(made) < 10 {
		t.Errorf("%d resources are recorded; want those that were made before the fault", len(made))
	}
	for urn := range made {
		if strings.HasSuffix(urn, "::database-southamerica-east1") {
			t.Errorf("%s is recorded, and its creation failed", urn)
		}
	}
}

func nextUpCompletes(t *testing.T, r *rig) {
	before := r.resources(t, "staging")
	r.up(t, "staging")
	after := r.resources(t, "staging")
	for urn := range before {
		if _, kept := after[urn]; !kept {
			t.Errorf("%s was made by the failed run and is gone", urn)
		}
	}
	changes := r.changes(t, "staging")
	if changes["create"] == 0 || changes["same"] < len(before) || changes["replace"] != 0 || changes["delete"] != 0 {
		t.Errorf("the second run did %v; want creations of what was missing and nothing else", changes)
	}
	if !strings.Contains(r.out.String(), "staging is up: ") {
		t.Error("the summary is missing")
	}
}

func anotherUpChangesNothing(t *testing.T, r *rig) {
	r.up(t, "staging")
	r.onlySame(t, "staging")
}

func plainToolsWork(t *testing.T, r *rig) {
	if domain := strings.TrimSpace(r.pulumi(t, "stack", "output", "domain", "-s", "staging")); domain != "staging.aviladevops.com.br" {
		t.Errorf("pulumi stack output domain prints %q", domain)
	}
	const context = "saas-staging-southamerica-east1"
	for _, want := range []string{"deployment.apps/landing", "horizontalpodautoscaler.autoscaling/landing", "poddisruptionbudget.policy/landing"} {
		got := r.kubectl(t, "--context", context, "get", "deploy,hpa,pdb", "-A", "-o", "name")
		if !strings.Contains(got, want) {
			t.Errorf("kubectl shows %q, without %s", got, want)
		}
	}
	var deployment struct {
		Spec struct {
			Template struct {
				Spec struct{ Containers []struct{ Image string } }
			}
		}
	}
	text := r.kubectl(t, "--context", context, "-n", "staging", "get", "deploy", "landing", "-o", "json")
	if err := json.Unmarshal([]byte(text), &deployment); err != nil {
		t.Fatal(err)
	}
	_, digest, _ := strings.Cut(deployment.Spec.Template.Spec.Containers[0].Image, "@sha256:")
	if _, err := os.Stat(filepath.Join(r.Home.Registry(), "blobs", "sha256", digest)); digest == "" || err != nil {
		t.Errorf("the deployment names %q, which the registry does not hold: %v", digest, err)
	}
}

func noSecretInPlaintext(t *testing.T, r *rig) {
	if logs, err := os.Stat(filepath.Join(r.Home.PulumiHome(), "logs")); err != nil || !logs.Mode().IsRegular() {
		t.Errorf("the engine may keep a log of all that it handled: %v", err)
	}
	var state struct {
		Deployment struct {
			Resources []struct {
				Type    string
				Outputs map[string]any
			}
		}
	}
	if err := json.Unmarshal([]byte(r.pulumi(t, "stack", "export", "-s", "staging", "--show-secrets")), &state); err != nil {
		t.Fatal(err)
	}
	secrets := map[string]string{}
	for _, resource := range state.Deployment.Resources {
		for _, output := range []string{"result", "authString", "privateKey"} {
			if secret, ok := resource.Outputs[output].(map[string]any); ok {
				var plain string
				if err := json.Unmarshal([]byte(secret["plaintext"].(string)), &plain); err != nil {
					t.Fatal(err)
				}
				if lines := strings.Split(plain, "\n"); len(lines) > 1 {
					plain = lines[1] // of PEM, whose line ends are written in many ways
				}
				secrets[resource.Type+" "+output] = plain
			}
		}
	}
	if len(secrets) < 3 {
		t.Fatalf("found the secrets %v; want a password, a token of Redis and a client's key", slices.Collect(maps.Keys(secrets)))
	}
	token, err := cluster.Token(r.Home)
	if err != nil {
		t.Fatal(err)
	}
	secrets["token of the clusters"] = token
	for what, secret := range secrets {
		if strings.Contains(r.out.String(), secret) {
			t.Errorf("%s was printed", what)
		}
	}
	var files int
	for _, dir := range []string{r.Home.State(), r.Home.Cloud(), r.Home.Project()} {
		contents(t, dir, func(path string, text []byte) {
			files++
			for what, secret := range secrets {
				if strings.Contains(string(text), secret) {
					t.Errorf("%s stands in plaintext in %s", what, path)
				}
			}
		})
	}
	if files < 50 {
		t.Errorf("looked into %d files: nothing was searched", files)
	}
}

func oneValueMoves(t *testing.T, r *rig) {
	before := r.resources(t, "staging")
	edit(t, r.Root, "Pulumi.staging.yaml", "memoryGb: 5", "memoryGb: 6")
	r.up(t, "staging")
	var moved []string
	for urn, inputs := range r.resources(t, "staging") {
		if inputs != before[urn] {
			moved = append(moved, urn[strings.LastIndex(urn, "::")+2:])
		}
	}
	if want := []string{"cache-southamerica-east1-redis"}; !slices.Equal(moved, want) {
		t.Errorf("a bigger cache moved %v, want %v", moved, want)
	}
	if changes := r.changes(t, "staging"); changes["update"] != 1 || len(changes) != 2 {
		t.Errorf("the engine did %v; want one update and the rest the same", changes)
	}
}

func violationIsRefused(t *testing.T, r *rig) {
	before := r.resources(t, "staging")
	edit(t, r.Root, "components/database/instance.go", "Ipv4Enabled:      pulumi.Bool(false)", "Ipv4Enabled:      pulumi.Bool(true)")
	defer edit(t, r.Root, "components/database/instance.go", "Ipv4Enabled:      pulumi.Bool(true)", "Ipv4Enabled:      pulumi.Bool(false)")
	for what, run := range map[string]func() error{
		"preview": func() error { return r.Preview(t.Context(), "staging") },
		"up":      func() error { return r.Up(t.Context(), "staging") },
	} {
		r.out.Reset()
		err := run()
		if err == nil || !strings.Contains(r.out.String(), "cloudsql-no-public-address") {
			t.Errorf("%s of a public database gives %v, and does not name the control", what, err)
		}
	}
	r.unchanged(t, "staging", before)
}

func wrongConfigurationIsRefused(t *testing.T, r *rig) {
	before := r.resources(t, "staging")
	edit(t, r.Root, "Pulumi.staging.yaml", "cidr: 10.16.0.0/14", "cidr: 10.16.0.0/33")
	edit(t, r.Root, "Pulumi.staging.yaml", "    memoryGb: 6", "    memoryGb: 6\n    colour: red")
	defer edit(t, r.Root, "Pulumi.staging.yaml", "cidr: 10.16.0.0/33", "cidr: 10.16.0.0/14")
	defer edit(t, r.Root, "Pulumi.staging.yaml", "    memoryGb: 6\n    colour: red", "    memoryGb: 6")
	r.out.Reset()
	if err := r.Preview(t.Context(), "staging"); err == nil {
		t.Error("a preview with wrong configuration succeeds")
	}
	for _, want := range []string{"nothing was changed", "saas:cache.colour"} {
		if !strings.Contains(r.out.String(), want) {
			t.Errorf("the message does not hold %q", want)
		}
	}
	r.unchanged(t, "staging", before)
}

func driftIsFound(t *testing.T, r *rig) {
	buckets, err := filepath.Glob(filepath.Join(r.Home.Cloud(), "*", "storage.Bucket", "media-files-*.json"))
	if err != nil || len(buckets) != 1 {
		t.Fatalf("found the buckets %v, %v; want one", buckets, err)
	}
	var record map[string]any
	text, err := os.ReadFile(buckets[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &record); err != nil {
		t.Fatal(err)
	}
	record["properties"].(map[string]any)["publicAccessPrevention"] = "inherited"
	if text, err = json.Marshal(record); err != nil {
		t.Fatal(err)
	}
	write(t, buckets[0], text)
	if shown := r.pulumi(t, "refresh", "-s", "staging", "--yes", "--skip-preview", "--diff"); !strings.Contains(shown, "inherited") {
		t.Errorf("a refresh does not show the drift:\n%s", shown)
	}
	r.up(t, "staging")
	if changes := r.changes(t, "staging"); changes["update"] != 1 {
		t.Errorf("the engine did %v; want one update, which repairs the drift", changes)
	}
	if text, err = os.ReadFile(buckets[0]); err != nil || strings.Contains(string(text), "inherited") {
		t.Errorf("the drift is still there: %v", err)
	}
}

func deadClusterStarts(t *testing.T, r *rig) {
	for _, c := range r.clusters(t) {
		if err := c.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	r.up(t, "staging")
	r.onlySame(t, "staging")
}

// killedRunHeals kills the engine as soon as it has made something new.
func killedRunHeals(t *testing.T, r *rig) {
	edit(t, r.Root, "Pulumi.staging.yaml", "  saas:services:", "  saas:deletionProtection: false\n  saas:services:")
	ctx, cancel := context.WithCancel(t.Context())
	killed := make(chan error, 1)
	go func() {
		defer cancel()
		killed <- killWhen(ctx, r, func() bool {
			files, err := filepath.Glob(filepath.Join(r.Home.Cloud(), "*", "*", "*.json"))
			return err == nil && slices.ContainsFunc(files, func(path string) bool {
				text, err := os.ReadFile(path)
				return err == nil && strings.Contains(path, "sql.DatabaseInstance") && strings.Contains(string(text), `"deletionProtection": false`)
			})
		})
	}()
	if err := r.Up(t.Context(), "staging"); err == nil {
		t.Fatal("an up whose engine was killed succeeds")
	}
	if err := <-killed; err != nil {
		t.Fatal(err)
	}
	r.out.Reset()
	r.up(t, "staging")
	if !strings.Contains(r.out.String(), "the last run on staging was killed") {
		t.Error("the next up does not say that it heals")
	}
	r.up(t, "staging")
	r.onlySame(t, "staging")
}

// killWhen ends the sandbox's engine with a signal that it cannot handle, once
// a condition holds.
func killWhen(ctx context.Context, r *rig, due func() bool) error {
	for !due() {
		select {
		case <-ctx.Done():
			return errors.New("the moment to kill the engine never came")
		case <-time.After(5 * time.Millisecond):
		}
	}
	out, err := exec.Command("pgrep", "-f", filepath.Join(r.Home.Bin(), "pulumi")+" up").Output()
	if err != nil {
		return err
	}
	for _, pid := range strings.Fields(string(out)) {
		if err := exec.Command("kill", "-KILL", pid).Run(); err != nil {
			return err
		}
	}
	return nil
}

func prodBesideStaging(t *testing.T, r *rig) {
	r.up(t, "prod")
	if changes := r.changes(t, "prod"); changes["create"] < 100 {
		t.Errorf("prod's first up did %v", changes)
	}
	if n := len(r.clusters(t)); n != 3 {
		t.Errorf("%d clusters run; want one of staging and two of prod", n)
	}
	r.up(t, "staging")
	r.onlySame(t, "staging")
}

func stagingDown(t *testing.T, r *rig) {
	before := r.resources(t, "prod")
	r.down(t, "staging")
	r.unchanged(t, "prod", before)
	if n := len(r.clusters(t)); n != 2 {
		t.Errorf("%d clusters are left; want prod's two", n)
	}
	r.up(t, "prod")
	r.onlySame(t, "prod")
}

func nothingLeft(t *testing.T, r *rig) {
	r.down(t, "prod")
	if left := r.clusters(t); len(left) != 0 {
		t.Errorf("clusters are left: %v", left)
	}
	if out, err := exec.Command("pgrep", "-fa", string(r.Home)).Output(); err == nil {
		t.Errorf("processes are left:\n%s", out)
	}
	records, err := filepath.Glob(filepath.Join(r.Home.Cloud(), "*", "*"))
	if err != nil || len(records) != 0 {
		t.Errorf("records are left: %v, %v", records, err)
	}
	if _, err := os.Stat(r.Home.Checkpoint("saas", "prod")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the engine still knows prod: %v", err)
	}
	r.out.Reset()
	r.down(t, "prod")
	if !strings.Contains(r.out.String(), "prod is not up") {
		t.Error("taking down what is not up does not say so")
	}
}

func (r *rig) up(t *testing.T, stack string) {
	t.Helper()
	if err := r.Up(t.Context(), stack); err != nil {
		t.Fatalf("up: %v\n%s", err, tail(r.out.String(), 6000))
	}
}

func (r *rig) down(t *testing.T, stack string) {
	t.Helper()
	if err := r.Down(t.Context(), stack); err != nil {
		t.Fatalf("down: %v\n%s", err, tail(r.out.String(), 6000))
	}
}

// onlySame demands that the last update of a stack found nothing to do.
func (r *rig) onlySame(t *testing.T, stack string) {
	t.Helper()
	changes := r.changes(t, stack)
	if changes["same"] < 50 || len(changes) != 1 {
		t.Errorf("the last update of %s did %v; want nothing but what is the same", stack, changes)
	}
}

func (r *rig) unchanged(t *testing.T, stack string, before map[string]string) {
	t.Helper()
	if !maps.Equal(before, r.resources(t, stack)) {
		t.Errorf("the state of %s changed", stack)
	}
}

func (r *rig) clusters(t *testing.T) []cluster.Cluster {
	t.Helper()
	all, err := cluster.List(r.Home)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(c cluster.Cluster) bool { return !c.Running() })
}

func (r *rig) kubectl(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("sh", append([]string{"-c", `. "$0" && exec kubectl "$@"`, r.Home.EnvFile()}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
