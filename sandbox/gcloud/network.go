package gcloud

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func enable(ctx context.Context, c *call) error {
	id, err := c.hand.Make(ctx, "gcp:projects/service:Service", c.args[0], resource.PropertyMap{
		"service": resource.NewProperty(c.args[0]),
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Operation on %s finished successfully.\n", id)
	return nil
}

func createNetwork(ctx context.Context, c *call) error {
	inputs := resource.PropertyMap{
		"name":                  resource.NewProperty(c.args[0]),
		"autoCreateSubnetworks": resource.NewProperty(c.flags["subnet-mode"] != "custom"),
	}
	if mode := c.flags["bgp-routing-mode"]; mode != "" {
		inputs["routingMode"] = resource.NewProperty(strings.ToUpper(mode))
	}
	return c.created(c.hand.Make(ctx, "gcp:compute/network:Network", c.args[0], inputs))
}

func createSubnet(ctx context.Context, c *call) error {
	inputs := resource.PropertyMap{
		"name":                  resource.NewProperty(c.args[0]),
		"region":                resource.NewProperty(c.flags["region"]),
		"network":               resource.NewProperty("projects/" + c.project + "/global/networks/" + c.flags["network"]),
		"ipCidrRange":           resource.NewProperty(c.flags["range"]),
		"privateIpGoogleAccess": resource.NewProperty(c.flags["enable-private-ip-google-access"] == "true"),
	}
	if list := c.flags["secondary-range"]; list != "" {
		var ranges []resource.PropertyValue
		for pair := range strings.SplitSeq(list, ",") {
			name, cidr, _ := strings.Cut(pair, "=")
			ranges = append(ranges, resource.NewProperty(resource.PropertyMap{
				"rangeName": resource.NewProperty(name), "ipCidrRange": resource.NewProperty(cidr),
			}))
		}
		inputs["secondaryIpRanges"] = resource.NewProperty(ranges)
	}
	return c.created(c.hand.Make(ctx, "gcp:compute/subnetwork:Subnetwork", c.args[0], inputs))
}

func (c *call) created(id string, err error) error {
	if err == nil {
		fmt.Fprintf(c.out, "Created [https://www.googleapis.com/compute/v1/%s].\n", id)
	}
	return err
}

// openBucket is the mistake that the guide for bad days begins with.
func openBucket(ctx context.Context, c *call) error {
	name := strings.TrimPrefix(c.args[0], "gs://")
	err := c.hand.Change(ctx, "gcp:storage/bucket:Bucket", name, resource.PropertyMap{
		"publicAccessPrevention": resource.NewProperty("inherited"),
	})
	if err == nil {
		fmt.Fprintf(c.out, "Updating gs://%s/...\n  Completed 1\n", name)
	}
	return err
}
