// Package random stands in for the random provider. It makes passwords, and
// strings that are no secret, really at random; the provider's other resources
// are refused by name, because the program has no use for them.
package random

import (
	"context"
	"fmt"
	"maps"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/avila-devops/saas/sandbox/provider"
)

// The resources that the stand-in makes. They take the same inputs.
const (
	passwordType tokens.Type = "random:index/randomPassword:RandomPassword"
	stringType   tokens.Type = "random:index/randomString:RandomString"
)

// id is what the official provider calls every password: the id is not secret,
// so it can say nothing about what it names.
const id resource.ID = "none"

type standIn struct{ provider.Base }

// New returns the stand-in.
func New() plugin.Provider {
	return &standIn{provider.Base{Package: "random", Version: semver.MustParse("4.19.0")}}
}

func known(t tokens.Type) error {
	if t != passwordType && t != stringType {
		return fmt.Errorf("the sandbox's random provider has no %s: use %s or %s, or add it to sandbox/random", t, passwordType, stringType)
	}
	return nil
}

// Check refuses what cannot be a password, all at once.
func (s *standIn) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	if err := known(req.URN.Type()); err != nil {
		return plugin.CheckResponse{}, err
	}
	_, failures := parse(req.News)
	return plugin.CheckResponse{Properties: req.News, Failures: failures}, nil
}

// Diff replaces a password for any change of what it was made from.
func (s *standIn) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	if err := known(req.URN.Type()); err != nil {
		return plugin.DiffResponse{}, err
	}
	return provider.Diff(req.OldInputs, req.NewInputs, func(resource.PropertyPath) bool { return true }), nil
}

// Create makes a password. A preview knows everything but the password.
func (s *standIn) Create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	if err := known(req.URN.Type()); err != nil {
		return plugin.CreateResponse{}, err
	}
	rule, failures := parse(req.Properties)
	if len(failures) > 0 {
		return plugin.CreateResponse{}, fmt.Errorf("password %s: %s: %s", req.URN.Name(), failures[0].Property, failures[0].Reason)
	}
	outputs := maps.Clone(req.Properties)
	maps.Copy(outputs, rule.outputs(req.Properties))
	if req.URN.Type() == stringType {
		return createString(req, rule, outputs)
	}
	if req.Preview {
		unknown := resource.MakeSecret(resource.MakeComputed(resource.NewStringProperty("")))
		outputs["result"], outputs["bcryptHash"] = unknown, unknown
		return plugin.CreateResponse{Properties: outputs}, nil
	}
	result, hash, err := rule.generate()
	if err != nil {
		return plugin.CreateResponse{}, fmt.Errorf("password %s: %w", req.URN.Name(), err)
	}
	outputs["result"] = resource.MakeSecret(resource.NewStringProperty(result))
	outputs["bcryptHash"] = resource.MakeSecret(resource.NewStringProperty(hash))
	return plugin.CreateResponse{ID: id, Properties: outputs, Status: resource.StatusOK}, nil
}

// createString makes text that may be seen, and is named by it, as officially.
func createString(req plugin.CreateRequest, rule rule, outputs resource.PropertyMap) (plugin.CreateResponse, error) {
	if req.Preview {
		outputs["result"] = resource.MakeComputed(resource.NewStringProperty(""))
		return plugin.CreateResponse{Properties: outputs}, nil
	}
	result, err := rule.text()
	if err != nil {
		return plugin.CreateResponse{}, fmt.Errorf("string %s: %w", req.URN.Name(), err)
	}
	outputs["result"] = resource.NewStringProperty(result)
	return plugin.CreateResponse{ID: resource.ID(result), Properties: outputs, Status: resource.StatusOK}, nil
}

// Read returns what the state knows: a password exists nowhere else.
func (s *standIn) Read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	if err := known(req.URN.Type()); err != nil {
		return plugin.ReadResponse{}, err
	}
	if len(req.State) == 0 {
		return plugin.ReadResponse{}, fmt.Errorf("password %s cannot be imported into the sandbox: let it be created", req.URN.Name())
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{ID: req.ID, Inputs: req.Inputs, Outputs: req.State}, Status: resource.StatusOK}, nil
}

// Update is never asked for: every change replaces.
func (s *standIn) Update(_ context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	return plugin.UpdateResponse{}, fmt.Errorf("password %s cannot change in place", req.URN.Name())
}

// Delete forgets the password.
func (s *standIn) Delete(_ context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	return plugin.DeleteResponse{Status: resource.StatusOK}, known(req.URN.Type())
}
