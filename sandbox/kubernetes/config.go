package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/provider"
)

// config are the provider's settings that the stand-in acts on.
type config struct {
	kubeconfig        string // empty while it is not known
	context           string
	cluster           string
	namespace         string
	mutableConfigMaps bool
	mutableSecrets    bool
	deleteUnreachable bool
}

// settings are the inputs of the official provider, v4.25.0. Those that only
// tune its client or silence its remarks have no effect here.
var settings = []resource.PropertyKey{
	"cluster", "clusterIdentifier", "context", "deleteUnreachable", "enableConfigMapMutable", "enableSecretMutable",
	"enableServerSideApply", "helmReleaseSettings", "kubeClientSettings", "kubeconfig", "namespace",
	"renderYamlToDirectory", "skipUpdateUnreachable", "suppressDeprecationWarnings", "suppressHelmHookWarnings",
	"version", "pluginDownloadURL", "__internal", // the engine's own
}

// parseConfig reads the settings and says all that is wrong with them.
func parseConfig(inputs resource.PropertyMap) (config, []plugin.CheckFailure) {
	var failures []plugin.CheckFailure
	fail := func(key resource.PropertyKey, reason string) {
		failures = append(failures, plugin.CheckFailure{Property: key, Reason: reason})
	}
	for _, key := range inputs.StableKeys() {
		if !slices.Contains(settings, key) {
			fail(key, "the Kubernetes provider has no such setting")
		}
	}
	// What the program does not set, the environment may, as officially.
	boolean := func(key resource.PropertyKey, env string, absent bool) bool {
		if said, ok := os.LookupEnv("PULUMI_K8S_" + env); ok {
			absent = said == "true"
		}
		switch value := plain(inputs[key]); {
		case value.IsBool():
			return value.BoolValue()
		case value.IsString() && (value.StringValue() == "true" || value.StringValue() == "false"):
			return value.StringValue() == "true"
		case value.IsNull() || value.ContainsUnknowns():
		default:
			fail(key, fmt.Sprintf("%v is neither true nor false", value.V))
		}
		return absent
	}
	text := func(key resource.PropertyKey) string {
		if value := plain(inputs[key]); value.IsString() {
			return value.StringValue()
		}
		return ""
	}
	c := config{
		kubeconfig: text("kubeconfig"), context: text("context"), cluster: text("cluster"), namespace: text("namespace"),
		mutableConfigMaps: boolean("enableConfigMapMutable", "ENABLE_CONFIGMAP_MUTABLE", false),
		mutableSecrets:    boolean("enableSecretMutable", "ENABLE_SECRET_MUTABLE", false),
		deleteUnreachable: boolean("deleteUnreachable", "DELETE_UNREACHABLE", false),
	}
	if !boolean("enableServerSideApply", "ENABLE_SERVER_SIDE_APPLY", true) {
		fail("enableServerSideApply", "the sandbox applies on the server only: leave it on")
	}
	if boolean("skipUpdateUnreachable", "SKIP_UPDATE_UNREACHABLE", false) {
		fail("skipUpdateUnreachable", "the sandbox does not skip what it cannot reach: leave it off")
	}
	if text("renderYamlToDirectory") != "" {
		fail("renderYamlToDirectory", "the sandbox deploys, it does not render: leave it empty")
	}
	if c.kubeconfig != "" {
		if _, err := c.server(); err != nil {
			fail("kubeconfig", err.Error())
		}
	}
	return c, failures
}

// plain takes the secrecy off a value.
func plain(value resource.PropertyValue) resource.PropertyValue {
	for value.IsSecret() {
		value = value.SecretValue().Element
	}
	return value
}

func failuresError(failures []plugin.CheckFailure) error {
	var all []error
	for _, failure := range failures {
		all = append(all, fmt.Errorf("kubernetes:%s: %s", failure.Property, failure.Reason))
	}
	return errors.Join(all...)
}

// DiffConfig replaces the provider, and with it all that it made, when its
// cluster is another one: when the identifier that the program gives it
// changes, or, without an identifier, when the kubeconfig leads elsewhere or
// cannot be known yet.
func (s *standIn) DiffConfig(_ context.Context, req plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	const identifier = "clusterIdentifier"
	before, now := req.OldInputs[identifier], req.NewInputs[identifier]
	identified := now.HasValue() && before.HasValue()
	elsewhere := !identified && leadsElsewhere(req.OldInputs, req.NewInputs)
	return provider.Diff(req.OldInputs, req.NewInputs, func(path resource.PropertyPath) bool {
		switch path[0] {
		case identifier:
			return identified
		case "kubeconfig", "context", "cluster":
			return elsewhere
		}
		return false
	}), nil
}

// leadsElsewhere compares the servers of two configurations.
func leadsElsewhere(before, now resource.PropertyMap) bool {
	for _, key := range []resource.PropertyKey{"kubeconfig", "context", "cluster"} {
		if now[key].ContainsUnknowns() {
			return true
		}
	}
	old, _ := parseConfig(before)
	current, _ := parseConfig(now)
	oldServer, oldErr := old.server()
	server, err := current.server()
	return oldErr == nil && err == nil && oldServer != server
}
