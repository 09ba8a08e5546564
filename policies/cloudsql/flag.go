package cloudsql

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

// flagControls demand flags of PostgreSQL, on replicas as well: they answer
// queries too.
var flagControls = []control.Control{
	flags("iam-authentication", "A database instance lets Google identities log in, so that people need no password", "CIS GCP 5.0 6.6", wanted{"cloudsql.iam_authentication", "on"}),
	flags("log-connections", "A database instance logs who comes and goes", "CIS GCP 5.0 6.2.2, 6.2.3; CKV_GCP_52, CKV_GCP_53", wanted{"log_connections", "on"}, wanted{"log_disconnections", "on"}),
	flags("log-statements", "A database instance logs changes of its schema, and warnings and errors with their statement", "CIS GCP 5.0 6.2.1, 6.2.4, 6.2.5, 6.2.6; CKV_GCP_111, CKV_GCP_55, CKV_GCP_109",
		wanted{"log_statement", "ddl"}, wanted{"log_min_messages", "warning"}, wanted{"log_min_error_statement", "error"}, wanted{"log_error_verbosity", "default"}),
	flags("log-no-durations", "A database instance logs no statement for its duration: statements hold personal data", "CIS GCP 5.0 6.2.7; CKV_GCP_57", wanted{"log_min_duration_statement", "-1"}),
	flags("audit", "A database instance is audited by pgAudit", "CIS GCP 5.0 6.2.8; CKV_GCP_110", wanted{"cloudsql.enable_pgaudit", "on"}, wanted{"pgaudit.log", ""}),
	flags("log-operations", "A database instance logs checkpoints, waits for locks and temporary files, and looks no host name up", "CKV_GCP_51, CKV_GCP_54, CKV_GCP_56, CKV_GCP_108",
		wanted{"log_checkpoints", "on"}, wanted{"log_lock_waits", "on"}, wanted{"log_temp_files", "0"}, wanted{"log_hostname", "off"}),
}

// wanted is a flag and its value; an empty value is any.
type wanted struct{ name, value string }

func flags(id, title, source string, list ...wanted) control.Control {
	var remedy []string
	for _, w := range list {
		remedy = append(remedy, strings.TrimSuffix(w.name+"="+w.value, "="))
	}
	return on(id, title, source, "set the flags "+strings.Join(remedy, ", "), func(m property.Map) []control.Finding {
		all := control.At(m, "settings", "databaseFlags")
		if all.HasComputed() {
			return nil
		}
		set := map[string]string{}
		if all.IsArray() {
			for _, entry := range all.AsArray().AsSlice() {
				if entry.IsMap() && entry.AsMap().Get("name").IsString() && entry.AsMap().Get("value").IsString() {
					set[entry.AsMap().Get("name").AsString()] = entry.AsMap().Get("value").AsString()
				}
			}
		}
		var findings []control.Finding
		for _, w := range list {
			value, there := set[w.name]
			switch {
			case !there:
				findings = append(findings, control.Finding{Property: "settings.databaseFlags", Fault: "lacks " + w.name})
			case w.value != "" && value != w.value:
				findings = append(findings, control.Finding{Property: "settings.databaseFlags", Fault: fmt.Sprintf("sets %s to %q", w.name, value)})
			}
		}
		return findings
	})
}
