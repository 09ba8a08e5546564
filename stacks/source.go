package stacks

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/stacks/spec"
)

// source collects the stack's configuration. A program can ask for keys that
// it knows; the keys that it does not know, misspelled ones above all, stand
// only in the environment variable by which the engine hands the whole over.
func source(ctx *pulumi.Context) (spec.Source, error) {
	values := map[string]string{}
	if all := os.Getenv(pulumi.EnvConfig); all != "" {
		if err := json.Unmarshal([]byte(all), &values); err != nil {
			return spec.Source{}, fmt.Errorf("%s does not hold the stack's configuration as JSON: %w", pulumi.EnvConfig, err)
		}
	}
	for _, key := range spec.Keys() {
		if value, ok := ctx.GetConfig(key); ok {
			values[key] = value
		}
	}
	return spec.Source{Stack: ctx.Stack(), Values: values}, nil
}
