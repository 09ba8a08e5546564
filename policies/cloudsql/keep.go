package cloudsql

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

const backup = "settings.backupConfiguration."

// versions are major versions that PostgreSQL supports into 2028 and later.
// https://www.postgresql.org/support/versioning/
var versions = []string{"POSTGRES_16", "POSTGRES_17", "POSTGRES_18"}

// leastBackups is a month of daily backups.
const leastBackups = 30

// keeping is what is kept of an instance, and what keeps it.
var keeping = []control.Control{
	on("backups", "A database instance that takes writes is backed up, with point-in-time recovery and 30 backups in a second region",
		"CIS GCP 5.0 6.7; CKV_GCP_14", "set settings.backupConfiguration: enabled, pointInTimeRecoveryEnabled, retainedBackups 30 or more, and a location that is not the instance's region",
		onPrimary(func(m property.Map) []control.Finding {
			return append(all(
				demand{backup + "enabled", is(true)}, demand{backup + "pointInTimeRecoveryEnabled", is(true)},
				demand{backup + "backupRetentionSettings.retainedBackups", atLeast(leastBackups)}, demand{backup + "location", anyText},
			)(m), backupsElsewhere(m)...)
		})),
	on("regional", "A database instance that takes writes survives the loss of a zone",
		"CIS GCP 5.0 6.7", "set settings.availabilityType to REGIONAL", onPrimary(all(demand{"settings.availabilityType", oneOf("REGIONAL")}))),
	on("version", "A database instance runs a major version of PostgreSQL that is supported",
		"CKV_GCP_79", fmt.Sprintf("set databaseVersion to one of %v", versions), all(demand{"databaseVersion", oneOf(versions...)})),
	on("customer-key", "A database instance is encrypted with a customer-managed key",
		"Ávila X4", "set encryptionKeyName to a key of the instance's region", all(demand{"encryptionKeyName", anyText})),
	on("deletion-protection", "A database instance refuses deletion, in the program and in Google Cloud alike",
		"CIS GCP 5.0 6.8", "set deletionProtection and settings.deletionProtectionEnabled to the same", sameProtection),
	on("bounded-disk", "A database instance grows by itself, and not without end",
		"Ávila E3", "set settings.diskAutoresize to true and settings.diskAutoresizeLimit", all(
			demand{"settings.diskAutoresize", is(true)}, demand{"settings.diskAutoresizeLimit", atLeast(1)})),
	on("maintenance", "Google changes a database instance that takes writes in a set window, and not in the busiest weeks",
		"Ávila E3", "set settings.maintenanceWindow and settings.denyMaintenancePeriod", onPrimary(all(
			demand{"settings.maintenanceWindow.day", atLeast(1)}, demand{"settings.denyMaintenancePeriod.startDate", anyText}))),
	on("insights", "A database instance records slow queries, and no client's address",
		"Ávila R6", "set settings.insightsConfig.queryInsightsEnabled to true and recordClientAddress to false", all(
			demand{"settings.insightsConfig.queryInsightsEnabled", is(true)}, demand{"settings.insightsConfig.recordClientAddress", is(false)})),
}

func backupsElsewhere(m property.Map) []control.Finding {
	location, region := control.At(m, split(backup+"location")...), control.At(m, "region")
	if location.IsString() && region.IsString() && location.AsString() == region.AsString() {
		return []control.Finding{{Property: backup + "location", Fault: "is the instance's own region " + region.AsString()}}
	}
	return nil
}

// sameProtection demands that both are on, or, on the way down that takes two
// steps, both are off: one alone is a slip.
func sameProtection(m property.Map) []control.Finding {
	const inner = "settings.deletionProtectionEnabled"
	program, cloud := control.At(m, "deletionProtection"), control.At(m, split(inner)...)
	findings := all(demand{"deletionProtection", property.Value.IsBool}, demand{inner, property.Value.IsBool})(m)
	if program.IsBool() && cloud.IsBool() && program.AsBool() != cloud.AsBool() {
		findings = append(findings, control.Finding{Property: inner, Fault: fmt.Sprintf("is %v while deletionProtection is %v", cloud.AsBool(), program.AsBool())})
	}
	return findings
}
