package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/avila-devops/saas/sandbox/chart"
	"github.com/avila-devops/saas/sandbox/provider"
)

// releaseType is a Helm release. Of what its chart holds, the sandbox installs
// the custom resource definitions, and it writes the record that Helm keeps.
const releaseType tokens.Type = "kubernetes:helm.sh/v3:Release"

// release is what the program asks for.
type release struct {
	urn                               resource.URN
	name, namespace, description      string
	chart                             chart.Chart
	values                            map[string]any
	createNamespace, skipCRDs, atomic bool
	timeout                           time.Duration
	maxHistory                        int
}

func (r release) id() resource.ID { return resource.ID(r.namespace + "/" + r.name) }

func (r release) explain(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("release %s of the chart %s %s: %w", r.id(), r.chart.Name, r.chart.Version, err)
}

// parseRelease reads inputs that [standIn.checkRelease] completed.
func parseRelease(urn resource.URN, inputs resource.PropertyMap) (release, error) {
	object := toObject(inputs).Object
	text := func(key string) string { value, _ := object[key].(string); return value }
	truth := func(key string) bool { value, _ := object[key].(bool); return value }
	number := func(key string) float64 { value, _ := object[key].(float64); return value }
	repository, _ := asMap(object["repositoryOpts"])["repo"].(string)
	found, err := chart.Find(text("chart"), repository, text("version"))
	r := release{
		urn: urn, name: text("name"), namespace: text("namespace"), description: text("description"), chart: found, values: asMap(object["values"]),
		createNamespace: truth("createNamespace"), skipCRDs: truth("skipCrds"), atomic: truth("atomic"),
		timeout: releasePatience, maxHistory: int(number("maxHistory")),
	}
	if seconds := number("timeout"); seconds > 0 {
		r.timeout = time.Duration(seconds) * time.Second
	}
	return r, err
}

func (s *standIn) diffRelease(req plugin.DiffRequest) (plugin.DiffResponse, error) {
	before := req.OldInputs.Copy()
	// Somebody may have rolled the release back, which a refresh has seen.
	if live := req.OldOutputs["version"]; live.IsString() {
		before["version"] = live
	}
	diff := provider.Diff(before, req.NewInputs, func(path resource.PropertyPath) bool {
		return path[0] == "name" || path[0] == "namespace"
	})
	return ignore(diff, req.IgnoreChanges)
}

func (s *standIn) createRelease(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	if req.Preview {
		if !unknown(toObject(req.Properties).Object) {
			r, err := parseRelease(req.URN, req.Properties)
			if err != nil {
				return plugin.CreateResponse{}, err
			}
			if c, err := s.connect(); err == nil {
				if _, err := c.free(ctx, r); err != nil {
					return plugin.CreateResponse{}, r.explain(err)
				}
			}
		}
		return plugin.CreateResponse{Properties: unmade(req.Properties), Status: resource.StatusOK}, nil
	}
	r, err := parseRelease(req.URN, req.Properties)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	made, err := s.install(ctx, r)
	if made == nil {
		return plugin.CreateResponse{}, r.explain(err)
	}
	outputs := made.outputs(req.Properties)
	if err != nil {
		return plugin.CreateResponse{}, partial(r.id(), r.explain(err), outputs, req.Properties)
	}
	return plugin.CreateResponse{ID: r.id(), Properties: outputs, Status: resource.StatusOK}, nil
}

func (s *standIn) updateRelease(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	if req.Preview {
		return plugin.UpdateResponse{Properties: unmade(req.NewInputs), Status: resource.StatusOK}, nil
	}
	r, err := parseRelease(req.URN, req.NewInputs)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	made, err := s.upgrade(ctx, r)
	if made == nil {
		return plugin.UpdateResponse{}, r.explain(err)
	}
	outputs := made.outputs(req.NewInputs)
	if err != nil {
		return plugin.UpdateResponse{}, partial(r.id(), r.explain(err), outputs, req.NewInputs)
	}
	return plugin.UpdateResponse{Properties: outputs, Status: resource.StatusOK}, nil
}

func (s *standIn) readRelease(ctx context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	gone := plugin.ReadResponse{Status: resource.StatusOK}
	if len(req.Inputs) == 0 {
		return gone, errors.New("the sandbox imports no releases: Helm does not record where a chart came from; declare it and run up")
	}
	c, err := s.connect()
	switch {
	case err != nil && s.config.deleteUnreachable:
		return gone, nil
	case err != nil:
		return gone, fmt.Errorf("release %s: %w", req.ID, err)
	}
	namespace, name := parseID(req.ID)
	last, err := c.lastRevision(ctx, namespace, name)
	if err != nil || last == nil {
		return gone, err
	}
	return plugin.ReadResponse{Status: resource.StatusOK, ReadResult: plugin.ReadResult{
		ID: req.ID, Inputs: req.Inputs, Outputs: last.outputs(req.Inputs),
	}}, nil
}

func (s *standIn) deleteRelease(ctx context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	done := plugin.DeleteResponse{Status: resource.StatusOK}
	c, err := s.connect()
	switch {
	case err != nil && s.config.deleteUnreachable:
		return done, nil
	case err != nil:
		return plugin.DeleteResponse{}, fmt.Errorf("release %s: %w; if the cluster was deleted, PULUMI_K8S_DELETE_UNREACHABLE=true forgets what was in it", req.ID, err)
	}
	ctx, cancel := context.WithTimeout(ctx, releasePatience)
	defer cancel()
	namespace, name := parseID(req.ID)
	if err := s.uninstall(ctx, c, req.URN, namespace, name); err != nil {
		return plugin.DeleteResponse{}, fmt.Errorf("release %s: %w", req.ID, err)
	}
	return done, nil
}

// unmade are the outputs of a release that a preview cannot know.
func unmade(inputs resource.PropertyMap) resource.PropertyMap {
	outputs := inputs.Copy()
	for _, key := range []resource.PropertyKey{"resourceNames", "status"} {
		outputs[key] = resource.MakeComputed(resource.NewProperty(""))
	}
	return outputs
}
