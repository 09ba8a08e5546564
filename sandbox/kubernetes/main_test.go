package kubernetes_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/avila-devops/saas/components/cluster/kubeconfig"
	"github.com/avila-devops/saas/sandbox/cluster"
	"github.com/avila-devops/saas/sandbox/cluster/clustertest"
	"github.com/avila-devops/saas/sandbox/home"
	"github.com/avila-devops/saas/sandbox/kubernetes"
	"github.com/avila-devops/saas/sandbox/kubernetes/credential"
)

// shared is the sandbox that all tests share, with one cluster in it.
var shared home.Home

var membership = kubeconfig.Membership{ProjectNumber: "123456789012", Location: "global", ID: "member"}

// TestMain runs the tests against one real API server. The test binary is also
// the credential plugin that the kubeconfig names.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == kubeconfig.Plugin {
		h, err := home.FromEnv()
		if err == nil {
			err = credential.Print(h, os.Stdout)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "kubernetes-test")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if shared, err = clustertest.New(dir); err != nil {
		return 0, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	if err := os.Symlink(self, filepath.Join(shared.Bin(), kubeconfig.Plugin)); err != nil {
		return 0, err
	}
	if err := errors.Join(os.Setenv("PATH", shared.Bin()+string(os.PathListSeparator)+os.Getenv("PATH")), os.Setenv(home.Env, dir)); err != nil {
		return 0, err
	}
	c, err := cluster.Create(context.Background(), shared, "p", "one")
	if err != nil {
		return 0, err
	}
	defer func() {
		if removeErr := c.Remove(context.Background()); removeErr != nil {
			code, err = 1, removeErr
		}
	}()
	if err := cluster.Join(shared, membership.ProjectNumber, membership.Location, membership.ID, "p", "one"); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

func membershipKubeconfig() (string, error) { return kubeconfig.Render(membership) }

// program declares objects as the engine would on a program's behalf.
type program struct {
	*testing.T
	provider plugin.Provider
}

// newProgram returns a program whose provider has the shared cluster's
// kubeconfig and the given settings.
func newProgram(t *testing.T, settings map[string]any) *program {
	t.Helper()
	text, err := membershipKubeconfig()
	if err != nil {
		t.Fatal(err)
	}
	inputs := resource.PropertyMap{"kubeconfig": resource.NewStringProperty(text)}
	for key, value := range settings {
		inputs[resource.PropertyKey(key)] = resource.NewPropertyValue(value)
	}
	return &program{t, configured(t, shared, inputs)}
}

func configured(t testing.TB, h home.Home, inputs resource.PropertyMap) plugin.Provider {
	t.Helper()
	p, err := kubernetes.New(h, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Configure(t.Context(), plugin.ConfigureRequest{Inputs: inputs}); err != nil {
		t.Fatal(err)
	}
	return p
}

// object is a resource of a program: its token follows from its inputs.
type object map[string]any

func (o object) token() tokens.Type {
	version := o["apiVersion"].(string)
	if !strings.Contains(version, "/") {
		version = "core/" + version
	}
	return tokens.Type("kubernetes:" + version + ":" + o["kind"].(string))
}

func (o object) urn(name string) resource.URN {
	return resource.NewURN("test", "saas", "", o.token(), name)
}

// with returns a copy in which the path, names joined by dots, is the value.
func (o object) with(path string, value any) object {
	name, rest, deeper := strings.Cut(path, ".")
	copied := object{}
	for key, v := range o {
		copied[key] = v
	}
	if !deeper {
		copied[name] = value
		return copied
	}
	inner, _ := o[name].(map[string]any)
	copied[name] = map[string]any(object(inner).with(rest, value))
	return copied
}

// state is what the engine remembers of a resource.
type state struct {
	id              resource.ID
	inputs, outputs resource.PropertyMap
}

func (p *program) check(name string, o object, old resource.PropertyMap) (resource.PropertyMap, error) {
	p.Helper()
	checked, err := p.provider.Check(p.Context(), plugin.CheckRequest{
		URN: o.urn(name), Olds: old, News: resource.NewPropertyMapFromMap(o), RandomSeed: []byte(p.Name() + name),
	})
	if err == nil && len(checked.Failures) > 0 {
		p.Fatalf("check of %s fails: %v", name, checked.Failures)
	}
	return checked.Properties, err
}

// up creates the object.
func (p *program) up(name string, o object) (state, error) {
	p.Helper()
	inputs, err := p.check(name, o, nil)
	if err != nil {
		return state{}, err
	}
	made, err := p.provider.Create(p.Context(), plugin.CreateRequest{URN: o.urn(name), Properties: inputs})
	return state{made.ID, inputs, made.Properties}, err
}

// must is up for what has to work.
func (p *program) must(name string, o object) state {
	p.Helper()
	s, err := p.up(name, o)
	if err != nil {
		p.Fatal(err)
	}
	return s
}

// preview says what the server makes of the object.
func (p *program) preview(name string, o object) (resource.PropertyMap, error) {
	p.Helper()
	inputs, err := p.check(name, o, nil)
	if err != nil {
		return nil, err
	}
	made, err := p.provider.Create(p.Context(), plugin.CreateRequest{URN: o.urn(name), Properties: inputs, Preview: true})
	return made.Properties, err
}

func (p *program) diff(name string, s state, o object, ignored ...string) plugin.DiffResult {
	p.Helper()
	inputs, err := p.check(name, o, s.inputs)
	if err != nil {
		p.Fatal(err)
	}
	diff, err := p.provider.Diff(p.Context(), plugin.DiffRequest{
		URN: o.urn(name), ID: s.id, OldInputs: s.inputs, OldOutputs: s.outputs, NewInputs: inputs, IgnoreChanges: ignored,
	})
	if err != nil {
		p.Fatal(err)
	}
	return diff
}

func (p *program) update(name string, s state, o object, ignored ...string) (state, error) {
	p.Helper()
	inputs, err := p.check(name, o, s.inputs)
	if err != nil {
		return s, err
	}
	made, err := p.provider.Update(p.Context(), plugin.UpdateRequest{
		URN: o.urn(name), ID: s.id, OldInputs: s.inputs, OldOutputs: s.outputs, NewInputs: inputs, IgnoreChanges: ignored,
	})
	return state{s.id, inputs, made.Properties}, err
}

func (p *program) refresh(name string, s state, o object) state {
	p.Helper()
	read, err := p.provider.Read(p.Context(), plugin.ReadRequest{URN: o.urn(name), ID: s.id, Inputs: s.inputs, State: s.outputs})
	if err != nil {
		p.Fatal(err)
	}
	return state{read.ID, read.Inputs, read.Outputs}
}

func (p *program) down(name string, s state, o object) error {
	p.Helper()
	_, err := p.provider.Delete(p.Context(), plugin.DeleteRequest{URN: o.urn(name), ID: s.id, Inputs: s.inputs, Outputs: s.outputs, Timeout: 20})
	return err
}

// namespace creates a namespace of the test's own, with the Pod Security label.
func (p *program) namespace(name, security string) state {
	p.Helper()
	labels := map[string]any{}
	if security != "" {
		labels["pod-security.kubernetes.io/enforce"] = security
	}
	return p.must(name, object{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name, "labels": labels}})
}

// wantError checks that the error says each of the texts.
func wantError(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one that says %q", texts)
		return
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the error %q does not say %q", err, text)
		}
	}
}
