package gcloud

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	keyType      = "gcp:kms/cryptoKey:CryptoKey"
	instanceType = "gcp:sql/databaseInstance:DatabaseInstance"
)

// createVersion adds a version to a key; --primary makes it the one that
// encrypts from now on. Older versions go on decrypting.
func createVersion(ctx context.Context, c *call) error {
	key := c.flags["key"] // a full name, or one of its parts
	if !strings.HasPrefix(key, "projects/") {
		key = fmt.Sprintf("projects/%s/locations/%s/keyRings/%s/cryptoKeys/%s", c.project, c.flags["location"], c.flags["keyring"], key)
	}
	found, err := c.hand.Find(ctx, keyType, key)
	if err != nil {
		return err
	}
	if c.flags["primary"] == "" {
		return fmt.Errorf("the sandbox keeps the primary version of a key alone: add --primary")
	}
	next := 2
	if list := found["primaries"]; list.IsArray() && len(list.ArrayValue()) > 0 {
		name := list.ArrayValue()[0].ObjectValue()["name"].StringValue()
		last, err := strconv.Atoi(name[strings.LastIndex(name, "/")+1:])
		if err != nil {
			return fmt.Errorf("the primary version %q has no number: %w", name, err)
		}
		next = last + 1
	}
	version := fmt.Sprintf("%s/cryptoKeyVersions/%d", key, next)
	primaries := []resource.PropertyValue{resource.NewProperty(resource.PropertyMap{
		"name": resource.NewProperty(version), "state": resource.NewProperty("ENABLED"),
	})}
	if err := c.hand.Change(ctx, keyType, key, resource.PropertyMap{"primaries": resource.NewProperty(primaries)}); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "name: %s\nstate: ENABLED\n", version)
	return nil
}

// clone makes an instance like another as it was at a point in time. The copy
// has its shape and settings, and protects nothing yet.
func clone(ctx context.Context, c *call) error {
	if _, err := time.Parse(time.RFC3339, c.flags["point-in-time"]); err != nil {
		return fmt.Errorf("--point-in-time %q: write it like 2026-11-24T17:05:00Z: %w", c.flags["point-in-time"], err)
	}
	source, err := c.hand.Find(ctx, instanceType, c.args[0])
	if err != nil {
		return err
	}
	recovery := source["settings"]
	for _, step := range []resource.PropertyKey{"backupConfiguration", "pointInTimeRecoveryEnabled"} {
		if !recovery.IsObject() {
			break
		}
		recovery = recovery.ObjectValue()[step]
	}
	if !recovery.IsBool() || !recovery.BoolValue() {
		return fmt.Errorf("instance %s keeps no log to recover from: point-in-time recovery is off", c.args[0])
	}
	inputs := resource.PropertyMap{"name": resource.NewProperty(c.args[1]), "deletionProtection": resource.NewProperty(false)}
	for _, key := range []resource.PropertyKey{"region", "databaseVersion", "encryptionKeyName"} {
		inputs[key] = source[key]
	}
	settings := source["settings"].ObjectValue().Copy()
	settings["deletionProtectionEnabled"] = resource.NewProperty(false)
	inputs["settings"] = resource.NewProperty(settings)
	if _, err := c.hand.Make(ctx, instanceType, c.args[1], inputs); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Cloning Cloud SQL instance...done.\nCreated [https://sqladmin.googleapis.com/sql/v1beta4/projects/%s/instances/%s].\n", c.project, c.args[1])
	return nil
}

func deleteInstance(ctx context.Context, c *call) error {
	if c.flags["quiet"] == "" {
		return fmt.Errorf("the sandbox's gcloud asks no questions: add --quiet")
	}
	if err := c.hand.Remove(ctx, instanceType, c.args[0]); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Deleted [https://sqladmin.googleapis.com/sql/v1beta4/projects/%s/instances/%s].\n", c.project, c.args[0])
	return nil
}

func describe(ctx context.Context, c *call) error {
	found, err := c.hand.Find(ctx, instanceType, c.args[0])
	if err != nil {
		return err
	}
	for _, key := range []resource.PropertyKey{"connectionName", "databaseVersion", "name", "region"} {
		if value := found[key]; value.IsString() {
			fmt.Fprintf(c.out, "%s: %s\n", key, value.StringValue())
		}
	}
	return nil
}
