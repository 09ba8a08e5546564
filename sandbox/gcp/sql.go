package gcp

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	sqlAPI  = "sqladmin.googleapis.com"
	sqlLink = "https://sqladmin.googleapis.com/sql/v1beta4/"
)

var sqlRules = map[string]*rule{
	sqlInstanceType: {
		api: sqlAPI,
		// Project and name together have at most 98 characters.
		// https://cloud.google.com/sql/docs/postgres/create-instance
		name:  autoname(96),
		place: "region",
		id:    format("{name}"),
		defaults: map[string]any{
			"settings.activationPolicy": "ALWAYS", "settings.diskAutoresizeLimit": 0, "settings.edition": enterprise, "settings.pricingPlan": "PER_USE",
			"settings.insightsConfig.queryStringLength": 1024, "settings.ipConfiguration.ipv4Enabled": true,
		},
		replaces: concat(
			[]string{"encryptionKeyName", "name", "project", "region"},
			under("replicaConfiguration",
				"caCertificate", "clientCertificate", "clientKey", "connectRetryInterval", "dumpFilePath", "failoverTarget",
				"masterHeartbeatPeriod", "password", "sslCipher", "username", "verifyServerCertificate"),
			under("settings", "collation", "diskType", "timeZone"),
		),
		replacesWhen: map[string]func(old, now resource.PropertyValue) bool{
			// A disk only grows.
			"settings.diskSize": func(old, now resource.PropertyValue) bool {
				return old.IsNumber() && now.IsNumber() && now.NumberValue() < old.NumberValue()
			},
			// Naming a master does not demote a primary, nor give a replica another:
			// it is made anew. How one is promoted is told at checkRole.
			"masterInstanceName": func(_, now resource.PropertyValue) bool { return !now.IsNull() },
			// A private network can be added, not changed or removed.
			"settings.ipConfiguration.privateNetwork": func(old, _ resource.PropertyValue) bool { return !old.IsNull() },
		},
		refs: []reference{
			{path: "settings.ipConfiguration.privateNetwork", to: networkType, holds: true},
			{path: "masterInstanceName", to: sqlInstanceType, holds: true},
		},
		keys:    []keyUse{{path: "encryptionKeyName", agent: "gcp-sa-cloud-sql", place: "region"}},
		check:   checkInstance,
		create:  createInstance,
		update:  updateInstance,
		remove:  removeInstance,
		outputs: instanceOutputs,
		owns:    []string{databaseType, sqlUserType, sslCertType, serverCAType},
		// https://cloud.google.com/sql/docs/postgres/delete-instance
		reserved: 7 * 24 * time.Hour,
	},
	databaseType: {
		api:      sqlAPI,
		name:     &naming{auto: true, property: "name", longest: 63},
		id:       format("projects/{project}/instances/{instance}/databases/{name}"),
		defaults: map[string]any{"deletionPolicy": "DELETE"},
		replaces: []string{"instance", "name", "project"},
		refs:     []reference{{path: "instance", to: sqlInstanceType}},
		create:   checkWritable,
		outputs: func(o *op) error {
			o.set("selfLink", sqlLink+o.id)
			o.set("charset", "UTF8")
			o.set("collation", "en_US.UTF8")
			return nil
		},
		abandon: abandoned,
	},
	sqlUserType: {
		api:      sqlAPI,
		name:     &naming{auto: true, property: "name", longest: 63},
		id:       format("{name}/{host}/{instance}"),
		replaces: []string{"host", "instance", "name", "project", "type"},
		refs:     []reference{{path: "instance", to: sqlInstanceType}},
		create:   checkUser,
		update:   checkUser,
		check: func(in resource.PropertyMap) []problem {
			if policy := text(in, "deletionPolicy"); policy != "" && policy != "ABANDON" {
				return []problem{{"deletionPolicy", fmt.Sprintf("expected one of [ABANDON], got %q", clip(policy))}}
			}
			return nil
		},
		outputs: func(o *op) error {
			o.set("host", "")
			return nil
		},
		abandon: abandoned,
		erases:  []string{"password"},
	},
}

func abandoned(p resource.PropertyMap) bool { return text(p, "deletionPolicy") == "ABANDON" }

// checkWritable refuses to write to a read replica.
func checkWritable(o *op) error {
	instance, err := o.named(sqlInstanceType, o.text("instance"))
	if err != nil || instance == nil {
		return err
	}
	if text(instance.Properties, "masterInstanceName") != "" {
		return invalid("name the primary", "Invalid request: instance %s is a read replica", instance.ID)
	}
	return nil
}
