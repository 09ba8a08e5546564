package gcloud

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func createZone(ctx context.Context, c *call) error {
	inputs := resource.PropertyMap{
		"name":        resource.NewProperty(c.args[0]),
		"dnsName":     resource.NewProperty(strings.TrimSuffix(c.flags["dns-name"], ".") + "."),
		"description": resource.NewProperty(c.flags["description"]),
	}
	if state := c.flags["dnssec-state"]; state != "" {
		inputs["dnssecConfig"] = resource.NewProperty(resource.PropertyMap{"state": resource.NewProperty(state)})
	}
	id, err := c.hand.Make(ctx, "gcp:dns/managedZone:ManagedZone", c.args[0], inputs)
	if err == nil {
		fmt.Fprintf(c.out, "Created [https://dns.googleapis.com/dns/v1/%s].\n", id)
	}
	return err
}

func createRecord(ctx context.Context, c *call) error {
	name, kind, data := strings.TrimSuffix(c.args[0], ".")+".", c.flags["type"], c.flags["rrdatas"]
	seconds, err := strconv.Atoi(c.flags["ttl"])
	if err != nil {
		return fmt.Errorf("--ttl %q is not a number of seconds: %w", c.flags["ttl"], err)
	}
	var values []resource.PropertyValue
	for value := range strings.SplitSeq(data, ",") {
		values = append(values, resource.NewProperty(value))
	}
	_, err = c.hand.Make(ctx, "gcp:dns/recordSet:RecordSet", name+kind, resource.PropertyMap{
		"managedZone": resource.NewProperty(c.flags["zone"]),
		"name":        resource.NewProperty(name),
		"type":        resource.NewProperty(kind),
		"ttl":         resource.NewProperty(float64(seconds)),
		"rrdatas":     resource.NewProperty(values),
	})
	if err == nil {
		fmt.Fprintf(c.out, "NAME  TYPE  TTL  DATA\n%s  %s  %d  %s\n", name, kind, seconds, data)
	}
	return err
}
