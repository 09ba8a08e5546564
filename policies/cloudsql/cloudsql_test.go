package cloudsql_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/cloudsql"
	"github.com/avila-devops/saas/policies/control"
)

type object = map[string]any

// value is a property from plain Go; "<unknown>" is what a preview does not
// know.
func value(v any) property.Value {
	switch v := v.(type) {
	case object:
		out := map[string]property.Value{}
		for key, child := range v {
			out[key] = value(child)
		}
		return property.New(property.NewMap(out))
	case []any:
		var out []property.Value
		for _, child := range v {
			out = append(out, value(child))
		}
		return property.New(property.NewArray(out))
	case string:
		if v == "<unknown>" {
			return property.New(property.Computed)
		}
		return property.New(v)
	case int:
		return property.New(float64(v))
	case bool:
		return property.New(v)
	}
	return property.Value{}
}

var good = map[string]string{
	"cloudsql.iam_authentication": "on", "log_connections": "on", "log_disconnections": "on", "log_statement": "ddl", "log_min_messages": "warning",
	"log_min_error_statement": "error", "log_error_verbosity": "default", "log_min_duration_statement": "-1", "cloudsql.enable_pgaudit": "on",
	"pgaudit.log": "ddl,role", "log_checkpoints": "on", "log_lock_waits": "on", "log_temp_files": "0", "log_hostname": "off", "max_connections": "400",
}

// primary is an instance that complies, with the flags changed.
func primary(change map[string]string) object {
	var flags []any
	for name, v := range good {
		if changed, ok := change[name]; ok {
			v = changed
		}
		if v != "" {
			flags = append(flags, object{"name": name, "value": v})
		}
	}
	return object{
		"name": "db", "region": "southamerica-east1", "databaseVersion": "POSTGRES_17", "encryptionKeyName": "key", "deletionProtection": true,
		"settings": object{
			"availabilityType": "REGIONAL", "diskAutoresize": true, "diskAutoresizeLimit": 200, "deletionProtectionEnabled": true, "databaseFlags": flags,
			"userLabels":               object{"role": "primary", "pool-writes": "132", "pool-reads": "192", "pool-reserve": "30", "environment": "prod"},
			"ipConfiguration":          object{"ipv4Enabled": false, "sslMode": "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"},
			"passwordValidationPolicy": object{"enablePasswordPolicy": true, "complexity": "COMPLEXITY_DEFAULT", "minLength": 16},
			"backupConfiguration": object{
				"enabled": true, "pointInTimeRecoveryEnabled": true, "location": "europe-west1", "backupRetentionSettings": object{"retainedBackups": 30},
			},
			"maintenanceWindow": object{"day": 7}, "denyMaintenancePeriod": object{"startDate": "11-20"},
			"insightsConfig": object{"queryInsightsEnabled": true, "recordClientAddress": false},
		},
	}
}

// with sets a value at a path; nil takes it away.
func with(m object, path string, v any) object {
	at := m
	parts := strings.Split(path, ".")
	for _, part := range parts[:len(parts)-1] {
		at = at[part].(object)
	}
	if v == nil {
		delete(at, parts[len(parts)-1])
	} else {
		at[parts[len(parts)-1]] = v
	}
	return m
}

func judge(m object) []string {
	var messages []string
	for _, c := range cloudsql.Controls {
		for _, finding := range c.Judge(value(m).AsMap()) {
			messages = append(messages, c.Message(finding))
		}
	}
	return messages
}

// ASVS: v5.0.0-12.3.1, v5.0.0-14.2.4.
func TestEachControlCatches(t *testing.T) {
	t.Parallel()
	change := func(path string, v any) object { return with(primary(nil), path, v) }
	flag := func(name, v string) object { return primary(map[string]string{name: v}) }
	caught := map[string]bool{}
	for name, row := range map[string]struct {
		instance object
		want     string // part of the one message; empty for silence
	}{
		"one that complies":        {primary(nil), ""},
		"a public address":         {change("settings.ipConfiguration.ipv4Enabled", true), "cloudsql-no-public-address (CIS GCP 5.0 6.5, 6.6; CKV_GCP_60, CKV_GCP_11): settings.ipConfiguration.ipv4Enabled is true"},
		"the provider's default":   {change("settings.ipConfiguration.ipv4Enabled", nil), "settings.ipConfiguration.ipv4Enabled is not set"},
		"the whole world":          {change("settings.ipConfiguration.authorizedNetworks", []any{object{"value": "0.0.0.0/0"}}), `authorizedNetworks[0] admits "0.0.0.0/0"`},
		"TLS without a client":     {change("settings.ipConfiguration.sslMode", "ENCRYPTED_ONLY"), `cloudsql-client-certificates (CIS GCP 5.0 6.4; CKV_GCP_6): settings.ipConfiguration.sslMode is "ENCRYPTED_ONLY"`},
		"short passwords":          {change("settings.passwordValidationPolicy.minLength", 8), "cloudsql-password-policy (Ávila X4): settings.passwordValidationPolicy.minLength is 8"},
		"no backups":               {change("settings.backupConfiguration.enabled", false), "cloudsql-backups (CIS GCP 5.0 6.7; CKV_GCP_14): settings.backupConfiguration.enabled is false"},
		"a week of backups":        {change("settings.backupConfiguration.backupRetentionSettings.retainedBackups", 7), "retainedBackups is 7"},
		"backups beside it":        {change("settings.backupConfiguration.location", "southamerica-east1"), "is the instance's own region southamerica-east1"},
		"one zone":                 {change("settings.availabilityType", "ZONAL"), "cloudsql-regional"},
		"an old version":           {change("databaseVersion", "POSTGRES_12"), `cloudsql-version (CKV_GCP_79): databaseVersion is "POSTGRES_12"`},
		"Google's key":             {change("encryptionKeyName", nil), "cloudsql-customer-key (Ávila X4): encryptionKeyName is not set"},
		"half a protection":        {change("settings.deletionProtectionEnabled", false), "cloudsql-deletion-protection (CIS GCP 5.0 6.8): settings.deletionProtectionEnabled is false while deletionProtection is true"},
		"a disk without end":       {change("settings.diskAutoresizeLimit", 0), "cloudsql-bounded-disk (Ávila E3): settings.diskAutoresizeLimit is 0"},
		"changes at Christmas":     {change("settings.denyMaintenancePeriod", nil), "cloudsql-maintenance"},
		"clients' addresses":       {change("settings.insightsConfig.recordClientAddress", true), "cloudsql-insights"},
		"passwords for people":     {flag("cloudsql.iam_authentication", "off"), `cloudsql-iam-authentication (CIS GCP 5.0 6.6): settings.databaseFlags sets cloudsql.iam_authentication to "off"`},
		"silent connections":       {flag("log_connections", ""), "cloudsql-log-connections (CIS GCP 5.0 6.2.2, 6.2.3; CKV_GCP_52, CKV_GCP_53): settings.databaseFlags lacks log_connections"},
		"silent schema changes":    {flag("log_statement", "none"), "cloudsql-log-statements"},
		"statements by duration":   {flag("log_min_duration_statement", "500"), "cloudsql-log-no-durations"},
		"no audit":                 {flag("cloudsql.enable_pgaudit", "off"), "cloudsql-audit"},
		"host names looked up":     {flag("log_hostname", "on"), "cloudsql-log-operations"},
		"flags that are unknown":   {change("settings.databaseFlags", "<unknown>"), ""},
		"settings not known yet":   {change("settings", "<unknown>"), ""},
		"a replica without all it": {with(with(with(change("masterInstanceName", "m"), "settings.availabilityType", "ZONAL"), "settings.backupConfiguration", nil), "settings.passwordValidationPolicy", nil), ""},
		"the way down":             {with(change("deletionProtection", false), "settings.deletionProtectionEnabled", false), ""},
	} {
		got := judge(row.instance)
		if row.want == "" && len(got) > 0 || row.want != "" && (len(got) != 1 || !strings.Contains(got[0], row.want)) {
			t.Errorf("%s: the controls say %q; want one message with %q", name, got, row.want)
		}
		for _, message := range got {
			caught[strings.Fields(message)[0]] = true
		}
	}
	for _, c := range cloudsql.Controls {
		if !caught[c.ID] {
			t.Errorf("no row breaks %s: it is not proven", c.ID)
		}
	}
}

// instance is an element of a stack.
func instance(m object) control.Resource {
	name, _ := m["name"].(string)
	return control.Resource{URN: "urn:pulumi:prod::saas::x::" + name, Type: "gcp:sql/databaseInstance:DatabaseInstance", Name: name, Properties: value(m).AsMap()}
}

func replica(name, region string) control.Resource {
	m := primary(nil)
	m["name"], m["region"], m["masterInstanceName"] = name, region, "db"
	return instance(with(m, "settings.userLabels.role", "replica"))
}

func TestStackControlsCatch(t *testing.T) {
	t.Parallel()
	const east, west = "southamerica-east1", "southamerica-west1"
	whole := control.Stack{instance(primary(nil)), replica("near", east), replica("far", west)}
	unknown := primary(nil)
	unknown["name"] = "<unknown>"
	for name, row := range map[string]struct {
		stack control.Stack
		want  string
	}{
		"one that complies":    {whole, ""},
		"no replica beside":    {control.Stack{whole[0], whole[2]}, "cloudsql-replicas (Ávila R4, E3): db: region has no replica in southamerica-east1"},
		"no replica abroad":    {control.Stack{whole[0], whole[1]}, "db: region has no replica in another region"},
		"a region that is out": {control.Stack{instance(with(primary(nil), "settings.userLabels.lost-region", west)), whole[1]}, ""},
		"a primary that is out": {control.Stack{whole[0], instance(with(with(with(primary(nil), "name", "new"), "region", west), "settings.userLabels.lost-region", east)), func() control.Resource {
			r := primary(nil)
			r["masterInstanceName"] = "new"
			return instance(with(with(with(r, "name", "n"), "region", west), "settings.userLabels.role", "replica"))
		}()}, ""},
		"names that are not known":    {control.Stack{instance(unknown)}, ""},
		"writes past the limit":       {control.Stack{instance(with(primary(nil), "settings.userLabels.pool-writes", "200")), whole[1], whole[2]}, "cloudsql-pools-fit (Ávila R4): db: settings.databaseFlags allows 400 connections, and the poolers may hold 430"},
		"pools that nobody tells of":  {control.Stack{instance(with(primary(nil), "settings.userLabels.pool-writes", nil)), whole[1], whole[2]}, "does not say pool-writes"},
		"a limit left to its default": {control.Stack{instance(primary(map[string]string{"max_connections": ""})), whole[1], whole[2]}, "sets no max_connections"},
	} {
		var got []string
		for _, c := range cloudsql.StackControls {
			for _, finding := range c.Judge(row.stack) {
				got = append(got, c.Message(finding))
			}
		}
		if row.want == "" && len(got) > 0 || row.want != "" && (len(got) != 1 || !strings.Contains(got[0], row.want)) {
			t.Errorf("%s: the controls say %q; want one message with %q", name, got, row.want)
		}
	}
}
