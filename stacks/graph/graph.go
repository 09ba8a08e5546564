// Package graph runs the program without a cloud and records what it asks for.
// What is recorded is what a deployment would send to the providers: types,
// names, parents and inputs. What only a cloud can say is made up, so nothing
// may be concluded from an id or an address in it.
//
// Reports that read the whole environment (cost, the table of settings) start
// here. What an environment is made of is in package stacks.
package graph

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/stacks"
	"github.com/avila-devops/saas/stacks/spec"
)

// Resource is one resource as the program asks for it.
type Resource struct {
	Type    string
	Name    string
	Parent  resource.URN // empty for the stack itself
	Protect bool
	Import  string // id to adopt instead of creating; most often empty
	Inputs  resource.PropertyMap
	// Outputs are what the program was answered: the inputs, and what is made up.
	Outputs resource.PropertyMap
	// Provider is the URN of an explicit provider, with its id after it.
	Provider string

	URN   resource.URN
	After []resource.URN // what it takes values from, and so comes after
}

// Of records the resources of a stack, in order of type and name.
func Of(source spec.Source) ([]Resource, error) { return Run(source, stacks.Deploy) }

// Preview is [Of] as a preview runs the program.
func Preview(source spec.Source) ([]Resource, error) { return record(source, stacks.Deploy, true) }

// Run is [Of] with another program. What it registered before it failed is
// returned with the error.
func Run(source spec.Source, program pulumi.RunFunc) ([]Resource, error) {
	return record(source, program, false)
}

func record(source spec.Source, program pulumi.RunFunc, preview bool) ([]Resource, error) {
	r := &recorder{stack: source.Stack}
	err := pulumi.RunErr(program, pulumi.WithMocks(spec.Namespace, source.Stack, r), func(info *pulumi.RunInfo) {
		info.Config, info.DryRun = source.Values, preview
	})
	if err != nil {
		err = fmt.Errorf("run the program for stack %s without a cloud: %w", source.Stack, err)
	}
	slices.SortFunc(r.resources, func(a, b Resource) int {
		return strings.Compare(a.Type+" "+a.Name, b.Type+" "+b.Name)
	})
	return r.resources, err
}

// Component is the package that declares the resource: network of the parent
// type saas:network:Network. Empty for what has no component.
func (r Resource) Component() string {
	if r.Parent == "" {
		return ""
	}
	parts := strings.Split(string(r.Parent.Type()), ":")
	if len(parts) != 3 || parts[0] != spec.Namespace {
		return ""
	}
	if parts[1] == "index" {
		return "environment"
	}
	return parts[1]
}

// recorder answers the program as a cloud would, just enough for it to go on.
type recorder struct {
	stack     string
	mu        sync.Mutex
	resources []Resource
}

// NewResource records a registration.
func (r *recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	made := Resource{
		Type: args.TypeToken, Name: args.Name, Inputs: args.Inputs,
		Parent: resource.URN(args.RegisterRPC.GetParent()), Protect: args.RegisterRPC.GetProtect(),
		Import: args.RegisterRPC.GetImportId(), Provider: args.Provider,
	}
	var parentType tokens.Type
	if made.Parent != "" && made.Parent.Type() != resource.RootStackType {
		parentType = made.Parent.QualifiedType()
	}
	made.URN = resource.NewURN(tokens.QName(r.stack), spec.Namespace, parentType, tokens.Type(made.Type), made.Name)
	for _, urn := range args.RegisterRPC.GetDependencies() {
		made.After = append(made.After, resource.URN(urn))
	}
	made.Outputs = outputs(made)
	r.mu.Lock()
	r.resources = append(r.resources, made)
	r.mu.Unlock()
	// As at Google, an id ends with the name that the resource was given here.
	return "recorded/" + args.Name + suffix, made.Outputs.Copy(), nil
}
