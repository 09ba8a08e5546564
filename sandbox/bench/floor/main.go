// The floor of the benchmark: as many trivial resources as the real program
// has, through the same engine and the same plugin.
package main

import (
	"fmt"

	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		for i := range config.RequireInt(ctx, "count") {
			_, err := random.NewRandomPassword(ctx, fmt.Sprintf("trivial-%03d", i), &random.RandomPasswordArgs{Length: pulumi.Int(20)})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
