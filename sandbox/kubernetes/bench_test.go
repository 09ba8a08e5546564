package kubernetes_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// The time that one resource costs the stand-in, without the engine.

func benchProgram(b *testing.B) plugin.Provider {
	b.Helper()
	text, err := membershipKubeconfig()
	if err != nil {
		b.Fatal(err)
	}
	return configured(b, shared, resource.PropertyMap{"kubeconfig": resource.NewStringProperty(text)})
}

func BenchmarkDeployment(b *testing.B) {
	p := benchProgram(b)
	space := object{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": fmt.Sprintf("bench-%d", b.N)}}
	if _, err := p.Create(b.Context(), plugin.CreateRequest{URN: space.urn("bench"), Properties: resource.NewPropertyMapFromMap(space)}); err != nil {
		b.Fatal(err)
	}
	namespace := space["metadata"].(map[string]any)["name"].(string)
	app := workload("Deployment", namespace, restrictedPod())
	checked := func(name string) resource.PropertyMap {
		checked, err := p.Check(b.Context(), plugin.CheckRequest{URN: app.urn(name), News: resource.NewPropertyMapFromMap(app), RandomSeed: []byte(name)})
		if err != nil {
			b.Fatal(err)
		}
		return checked.Properties
	}
	create := func(b *testing.B, name string, preview bool) state {
		inputs := checked(name)
		made, err := p.Create(b.Context(), plugin.CreateRequest{URN: app.urn(name), Properties: inputs, Preview: preview})
		if err != nil {
			b.Fatal(err)
		}
		return state{made.ID, inputs, made.Properties}
	}
	s := create(b, "first", false)
	n := 0
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Diff(b.Context(), plugin.DiffRequest{URN: app.urn("first"), ID: s.id, OldInputs: s.inputs, OldOutputs: s.outputs, NewInputs: checked("first")}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("preview", func(b *testing.B) {
		for b.Loop() {
			create(b, "previewed", true)
		}
	})
	b.Run("create", func(b *testing.B) {
		for b.Loop() {
			n++
			create(b, fmt.Sprintf("app-%d", n), false)
		}
	})
	b.Run("refresh", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Read(b.Context(), plugin.ReadRequest{URN: app.urn("first"), ID: s.id, Inputs: s.inputs, State: s.outputs}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("delete", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			n++
			made := create(b, fmt.Sprintf("app-%d", n), false)
			b.StartTimer()
			if _, err := p.Delete(b.Context(), plugin.DeleteRequest{URN: app.urn("app"), ID: made.id, Outputs: made.outputs}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
