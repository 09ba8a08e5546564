package database

import (
	"strconv"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// A Flag is a setting of PostgreSQL that Cloud SQL lets through.
type Flag struct {
	Name, Value string
}

// Flags are set on the primary and on every replica, in this order: a changed
// order is a changed instance. Sources: CIS Google Cloud Foundations 5.0,
// sections 6.2 and 6.3, and the Cloud SQL documentation of each flag.
var Flags = []Flag{
	{"cloudsql.enable_pgaudit", "on"},
	{"cloudsql.iam_authentication", "on"},
	{"cloudsql.pg_shadow_select_role", PgBouncer},    // by which the poolers check logins
	{"idle_in_transaction_session_timeout", "60000"}, // a forgotten transaction must not hold a pooled connection
	{"log_checkpoints", "on"},
	{"log_connections", "on"},
	{"log_disconnections", "on"},
	{"log_error_verbosity", "default"},
	{"log_hostname", "off"}, // a name server's delay must not be each connection's
	{"log_lock_waits", "on"},
	{"log_min_duration_statement", "-1"}, // statements hold personal data; Query Insights shows slow ones
	{"log_min_error_statement", "error"},
	{"log_min_messages", "warning"},
	{"log_statement", "ddl"},
	{"log_temp_files", "0"},
	{"pgaudit.log", "ddl,role"},
}

// databaseFlags adds to Flags the connection limit that the pools are sized by.
func databaseFlags(connections int) sql.DatabaseInstanceSettingsDatabaseFlagArray {
	var flags sql.DatabaseInstanceSettingsDatabaseFlagArray
	for _, flag := range Flags {
		flags = append(flags, sql.DatabaseInstanceSettingsDatabaseFlagArgs{
			Name: pulumi.String(flag.Name), Value: pulumi.String(flag.Value),
		})
	}
	return append(flags, sql.DatabaseInstanceSettingsDatabaseFlagArgs{
		Name: pulumi.String("max_connections"), Value: pulumi.String(strconv.Itoa(connections)),
	})
}
