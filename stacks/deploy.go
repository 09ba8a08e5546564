// Package stacks says what an environment is made of. Read [Environment] from
// top to bottom: each step takes what the steps before it made. What is decided
// about an environment stands in package spec; how a capability is made stands
// in the packages under components.
package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/stacks/spec"
)

// Deploy is the program: it reads the stack's configuration, and declares the
// environment. Nothing is registered when the configuration is wrong.
func Deploy(ctx *pulumi.Context) error {
	source, err := source(ctx)
	if err != nil {
		return err
	}
	env, err := spec.Load(source)
	if err != nil {
		return &ConfigError{Stack: ctx.Stack(), Err: err}
	}
	environment, err := NewEnvironment(ctx, env)
	if err != nil {
		return fmt.Errorf("environment %s: %w", env.Name, err)
	}
	environment.export(ctx)
	return nil
}

// ConfigError says that a stack's configuration cannot be used. It unwraps to
// one problem for each thing that is wrong.
type ConfigError struct {
	Stack string
	Err   error
}

func (e *ConfigError) Error() string {
	return fmt.Sprintf("the configuration of stack %s cannot be used; nothing was changed:\n%s\nPulumi.%s.yaml holds it, Pulumi.yaml describes the keys",
		e.Stack, e.Err, e.Stack)
}

// Unwrap gives the problems.
func (e *ConfigError) Unwrap() error { return e.Err }
