package gcp

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
	"github.com/avila-devops/saas/sandbox/home"
	"github.com/avila-devops/saas/sandbox/provider"
)

// version is the official provider's that this one imitates.
var version = semver.MustParse("7.38.0")

// Provider is the stand-in. It keeps nothing between calls but its
// configuration: what exists lies in the store.
type Provider struct {
	provider.Base

	store    *cloud.Store
	clusters Clusters
	now      func() time.Time

	mu         sync.Mutex
	configured configuration
}

// configuration is what resources fall back to.
type configuration struct {
	project, region string
}

// New returns the stand-in for the cloud of a sandbox.
func New(h home.Home) (plugin.Provider, error) {
	return newProvider(h, realClusters{h}), nil
}

func newProvider(h home.Home, clusters Clusters) *Provider {
	return &Provider{
		Base:     provider.Base{Package: "gcp", Version: version},
		store:    cloud.Open(h),
		clusters: clusters,
		now:      time.Now,
	}
}

// The environment variables from which the official provider takes what the
// stack's configuration leaves out.
var (
	projectEnv = []string{"GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"}
	regionEnv  = []string{"GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"}
)

// honoured are the settings that the stand-in obeys, or that change nothing
// here. The engine's own begin with two underscores.
var honoured = []string{"project", "region", "zone", "disableGlobalProjectWarning", "pluginDownloadURL", "version"}

// CheckConfig refuses a setting that the official provider would obey and the
// stand-in would not.
func (p *Provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	var problems []problem
	for key, value := range req.News {
		name := string(key)
		if !strings.HasPrefix(name, "__") && !value.IsNull() && !slices.Contains(honoured, name) {
			problems = append(problems, problem{name, "the sandbox does not obey gcp:" + name + ": remove it"})
		}
	}
	return plugin.CheckConfigResponse{Properties: req.News, Failures: failures(problems)}, nil
}

// Configure takes the project and the region that resources fall back to.
func (p *Provider) Configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.configured = configuration{
		project: first(text(req.Inputs, "project"), projectEnv),
		region:  first(text(req.Inputs, "region"), regionEnv),
	}
	return plugin.ConfigureResponse{}, nil
}

func (p *Provider) config() configuration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.configured
}

func first(value string, variables []string) string {
	for i := 0; value == "" && i < len(variables); i++ {
		value = os.Getenv(variables[i])
	}
	return value
}

// failed adds to an error which resource it befell.
func failed(verb, token, name string, err error) error {
	return fmt.Errorf("%s %s %s: %w", verb, kind(token), name, err)
}
