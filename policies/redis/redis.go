// Package redis holds the controls over Memorystore for Redis.
package redis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

// Controls are the area's controls.
var Controls = []control.Control{
	on("auth", "A Redis instance asks for a password", "CKV_GCP_95", "set authEnabled to true",
		func(m property.Map) []control.Finding { return control.MustBe(true, m, "authEnabled", "authEnabled") }),
	on("tls", "A Redis instance speaks TLS", "CKV_GCP_97", "set transitEncryptionMode to SERVER_AUTHENTICATION", text("transitEncryptionMode", "SERVER_AUTHENTICATION")),
	on("customer-key", "A Redis instance is encrypted with a customer-managed key", "Ávila X4", "set customerManagedKey to a key of the instance's region", text("customerManagedKey")),
	on("high-availability", "A Redis instance survives the loss of a zone", "Ávila C5", "set tier to STANDARD_HA", text("tier", "STANDARD_HA")),
	on("private", "A Redis instance is reached by private services access", "Ávila X1", "set connectMode to PRIVATE_SERVICE_ACCESS", text("connectMode", "PRIVATE_SERVICE_ACCESS")),
	on("snapshots", "A Redis instance keeps snapshots: jobs lie in it", "Ávila S8", "set persistenceConfig.persistenceMode to RDB", text("persistenceConfig.persistenceMode", "RDB")),
	on("keeps-jobs", "A Redis instance that is full drops nothing that has no expiry: jobs have none", "Ávila S8", "set redisConfigs.maxmemory-policy to noeviction or a volatile policy",
		text("redisConfigs.maxmemory-policy", "noeviction", "volatile-lru", "volatile-lfu", "volatile-ttl", "volatile-random")),
}

func on(id, title, source, remedy string, judge func(property.Map) []control.Finding) control.Control {
	return control.Control{ID: "redis-" + id, Title: title, Source: source, Remedy: remedy, Types: []string{"gcp:redis/instance:Instance"}, Judge: judge}
}

// text demands one of some texts, written down; any text when none are named.
func text(path string, allowed ...string) func(property.Map) []control.Finding {
	return func(m property.Map) []control.Finding {
		value, known := control.Text(m, strings.Split(path, ".")...)
		switch {
		case !known:
			return nil
		case value == "":
			return []control.Finding{{Property: path, Fault: "is not set"}}
		case len(allowed) > 0 && !slices.Contains(allowed, value):
			return []control.Finding{{Property: path, Fault: fmt.Sprintf("is %q", value)}}
		}
		return nil
	}
}
