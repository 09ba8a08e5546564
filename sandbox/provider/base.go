// Package provider is what the stand-ins for Google Cloud, Kubernetes and
// random have in common as plugins of the Pulumi engine: the parts of the
// protocol that do not depend on a cloud, the comparison of inputs, injected
// faults, and serving. What a cloud does is in the stand-ins' own packages.
package provider

import (
	"context"
	"fmt"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Base answers for a stand-in what every stand-in answers alike. It refuses by
// name what a program of this repository has no use for, so that a new use is
// noticed rather than half served.
type Base struct {
	plugin.UnimplementedProvider

	Package string         // the package that the plugin stands in for: gcp
	Version semver.Version // the version of the official provider that it imitates
}

// Handshake says that secrets arrive, and are returned, marked as such.
func (b *Base) Handshake(context.Context, plugin.ProviderHandshakeRequest) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{AcceptSecrets: true}, nil
}

// GetPluginInfo names the version that the stand-in imitates.
func (b *Base) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &b.Version}, nil
}

// CheckConfig accepts the provider's configuration as it is.
func (b *Base) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	return plugin.CheckConfigResponse{Properties: req.News}, nil
}

// DiffConfig never replaces a provider: a replaced provider replaces all that
// it made.
func (b *Base) DiffConfig(_ context.Context, req plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	return Diff(req.OldInputs, req.NewInputs, nil), nil
}

// Configure has nothing to do.
func (b *Base) Configure(context.Context, plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	return plugin.ConfigureResponse{}, nil
}

// Parameterize refuses.
func (b *Base) Parameterize(context.Context, plugin.ParameterizeRequest) (plugin.ParameterizeResponse, error) {
	return plugin.ParameterizeResponse{}, fmt.Errorf("%s cannot be parameterized", b.Package)
}

// Invoke refuses: a program that reads from the cloud cannot be previewed
// without one.
func (b *Base) Invoke(_ context.Context, req plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	return plugin.InvokeResponse{}, fmt.Errorf("the sandbox does not answer the function %s", req.Tok)
}

// Call refuses.
func (b *Base) Call(_ context.Context, req plugin.CallRequest) (plugin.CallResponse, error) {
	return plugin.CallResponse{}, fmt.Errorf("the sandbox does not answer the method %s", req.Tok)
}

// Construct refuses: the program's components are part of the program.
func (b *Base) Construct(_ context.Context, req plugin.ConstructRequest) (plugin.ConstructResponse, error) {
	return plugin.ConstructResponse{}, fmt.Errorf("the sandbox has no component %s", req.Type)
}

// GetMapping has no mapping: nothing is converted from Terraform here.
func (b *Base) GetMapping(context.Context, plugin.GetMappingRequest) (plugin.GetMappingResponse, error) {
	return plugin.GetMappingResponse{}, nil
}

// GetMappings has none.
func (b *Base) GetMappings(context.Context, plugin.GetMappingsRequest) (plugin.GetMappingsResponse, error) {
	return plugin.GetMappingsResponse{}, nil
}

// SignalCancellation has nothing to stop: each call ends by its own context.
func (b *Base) SignalCancellation(context.Context) error { return nil }

// Close has nothing to release.
func (b *Base) Close() error { return nil }
