package kubernetes

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/chart"
)

// releasePatience is the official default, in which a release must be ready.
const releasePatience = 300 * time.Second

// Inputs of a release, v4.25.0: those that the sandbox acts on, those that tune
// what it has nothing of, and those that it refuses, with the way out.
var (
	releaseInputs = []resource.PropertyKey{
		"atomic", "chart", "createNamespace", "description", "maxHistory", "name", "namespace", "repositoryOpts", "skipAwait",
		"skipCrds", "timeout", "values", "version",
	}
	releaseTuning = []resource.PropertyKey{
		"allowNullValues", "cleanupOnFail", "compat", "dependencyUpdate", "disableCRDHooks", "disableOpenapiValidation",
		"disableWebhooks", "forceUpdate", "lint", "recreatePods", "renderSubchartNotes", "resetValues", "resourceNames", "waitForJobs",
	}
	releaseRefused = map[resource.PropertyKey]string{
		"devel":          "the sandbox has exact versions only: name one",
		"keyring":        "the sandbox has no chart's signature: Go verified the module that it was taken from",
		"manifest":       "the provider writes it: leave it out",
		"postrender":     "the sandbox renders no templates, so there is nothing to change afterwards",
		"replace":        "a name is used again only after its release was deleted",
		"reuseValues":    "values that are not in the program would be nowhere: write them all",
		"valueYamlFiles": "write the values as values: files are not read here",
		"verify":         "the sandbox has no chart's signature: Go verified the module that it was taken from",
	}
)

// releaseName is what Helm accepts, in at most 53 characters.
// https://github.com/helm/helm/blob/v3.18.6/pkg/chartutil/validate_name.go
var releaseName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)

const longestRelease = 53

// checkRelease completes the inputs as the official provider does, and judges
// what is known of them: the chart, its version, and its values.
func (s *standIn) checkRelease(req plugin.CheckRequest) (plugin.CheckResponse, error) {
	var failures []plugin.CheckFailure
	fail := func(key resource.PropertyKey, reason string) {
		failures = append(failures, plugin.CheckFailure{Property: key, Reason: reason})
	}
	inputs := resource.PropertyMap{}
	for _, key := range req.News.StableKeys() {
		value := req.News[key]
		switch remedy, refused := releaseRefused[key]; {
		case zero(value) || slices.Contains(releaseTuning, key):
			// The provider keeps neither what says nothing nor what has no effect here.
		case refused:
			fail(key, remedy)
		case !slices.Contains(releaseInputs, key):
			fail(key, "a release has no such input")
		default:
			inputs[key] = value
		}
	}
	if err := nameRelease(inputs, req); err != nil {
		return plugin.CheckResponse{}, fmt.Errorf("%s: %w", req.URN.Name(), err)
	}
	if name := plain(inputs["name"]); name.IsString() && (len(name.StringValue()) > longestRelease || !releaseName.MatchString(name.StringValue())) {
		fail("name", fmt.Sprintf("%q is no name of a release: use at most %d lower-case letters, digits, hyphens and dots", name.StringValue(), longestRelease))
	}
	if _, given := inputs["namespace"]; !given {
		inputs["namespace"] = resource.NewProperty(s.config.defaultNamespace())
	}
	if _, given := inputs["timeout"]; !given && zero(inputs["skipAwait"]) {
		inputs["timeout"] = resource.NewProperty(releasePatience.Seconds())
	}
	for _, failure := range s.checkChart(inputs) {
		fail(failure.Property, failure.Reason)
	}
	return plugin.CheckResponse{Properties: inputs, Failures: failures}, nil
}

// checkChart judges the chart and its values, as far as they are known.
func (s *standIn) checkChart(inputs resource.PropertyMap) []plugin.CheckFailure {
	for _, key := range []resource.PropertyKey{"chart", "version", "repositoryOpts"} {
		if inputs[key].ContainsUnknowns() {
			return nil
		}
	}
	object := toObject(inputs).Object
	name, _ := object["chart"].(string)
	version, _ := object["version"].(string)
	repository, _ := asMap(object["repositoryOpts"])["repo"].(string)
	found, err := chart.Find(name, repository, version)
	if err != nil {
		return []plugin.CheckFailure{{Property: "chart", Reason: err.Error()}}
	}
	if inputs["values"].ContainsUnknowns() {
		return nil
	}
	values, ok := object["values"].(map[string]any)
	if !ok && object["values"] != nil {
		return []plugin.CheckFailure{{Property: "values", Reason: "is no object"}}
	}
	if err := found.CheckValues(s.home, values); err != nil {
		return []plugin.CheckFailure{{Property: "values", Reason: err.Error()}}
	}
	return nil
}

// nameRelease names a release that has no name, as objects are named. One that
// was named before keeps its name.
func nameRelease(inputs resource.PropertyMap, req plugin.CheckRequest) error {
	if _, given := inputs["name"]; given {
		return nil
	}
	if old, had := req.Olds["name"]; had {
		inputs["name"] = old
		return nil
	}
	name, err := resource.NewUniqueName(req.RandomSeed, req.URN.Name()+"-", 0, 0, nil)
	if err != nil {
		return fmt.Errorf("choose a name: %w", err)
	}
	inputs["name"] = resource.NewProperty(name)
	return nil
}

// zero says whether a value says nothing: the provider's own form of a release
// leaves it out.
func zero(value resource.PropertyValue) bool {
	value = plain(value)
	switch {
	case value.IsBool():
		return !value.BoolValue()
	case value.IsString():
		return value.StringValue() == ""
	case value.IsNumber():
		return value.NumberValue() == 0
	case value.IsObject():
		return len(value.ObjectValue()) == 0
	}
	return value.IsNull()
}
