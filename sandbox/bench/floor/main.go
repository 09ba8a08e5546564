// The floor of the benchmark: as many trivial resources as the real program
// has, through the same engine and the same plugin.
package main

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		for i := range config.RequireInt(ctx, "count") {
			name := fmt.Sprintf("trivial%03d", i)
			_, err := projects.NewService(ctx, name, &projects.ServiceArgs{
				Service:          pulumi.String(name + ".googleapis.com"),
				DisableOnDestroy: pulumi.Bool(false),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
