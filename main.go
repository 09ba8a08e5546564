// The program of Ávila DevOps SaaS: one environment on Google Cloud. What an
// environment is made of stands in package stacks.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/stacks"
)

func main() {
	pulumi.Run(stacks.Deploy)
}
