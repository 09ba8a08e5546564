// Package kubernetes stands in for the Kubernetes provider. It applies what the
// program declares to the real API servers of the sandbox, with the names,
// outputs, secrets and replacements of the official provider, and does for the
// controllers that do not run here what a program would notice: pods are
// admitted, quotas are counted, namespaces come to an end.
//
// The clusters themselves are sandbox/cluster's, and what is known of charts is
// sandbox/chart's. Of a Helm release, its definitions come into being and none
// of its workloads. Patches, lists and rendered files are refused by name.
package kubernetes

import (
	"context"
	"sync"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/home"
	"github.com/avila-devops/saas/sandbox/provider"
)

type standIn struct {
	provider.Base

	home   home.Home
	config config
	remark provider.Remark

	connecting sync.Mutex
	connected  *client
}

// New returns the stand-in for one provider instance of the sandbox, which the
// engine at the given address runs.
func New(h home.Home, engine string) (plugin.Provider, error) {
	version, err := semver.Parse("4.25.0")
	if err != nil {
		return nil, err
	}
	return &standIn{Base: provider.Base{Package: "kubernetes", Version: version}, home: h, remark: provider.RemarkTo(engine)}, nil
}

// CheckConfig refuses settings that the official provider does not know, those
// that the sandbox cannot honour, and every cluster that is not its own.
func (s *standIn) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	_, failures := parseConfig(req.News)
	return plugin.CheckConfigResponse{Properties: req.News, Failures: failures}, nil
}

// Configure takes the settings. It reaches no cluster yet: a preview that needs
// none must work without one.
func (s *standIn) Configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	parsed, failures := parseConfig(req.Inputs)
	if len(failures) > 0 {
		return plugin.ConfigureResponse{}, failuresError(failures)
	}
	s.config = parsed
	return plugin.ConfigureResponse{}, nil
}
