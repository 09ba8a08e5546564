package gcp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// flagValue is what a flag can be: one of texts, a number in a range, or, when
// both are empty, anything.
type flagValue struct {
	texts    []string
	min, max int
}

var (
	switchFlag = flagValue{texts: []string{"on", "off"}}
	levelFlag  = flagValue{texts: strings.Fields("debug5 debug4 debug3 debug2 debug1 info notice warning error log fatal panic")}
	timeFlag   = flagValue{min: -1, max: 2147483647}
)

// postgresFlagValues are the ranges of flags that have one.
// https://cloud.google.com/sql/docs/postgres/flags
var postgresFlagValues = map[string]flagValue{
	"autovacuum":                          switchFlag,
	"cloudsql.enable_auto_explain":        switchFlag,
	"cloudsql.enable_pg_cron":             switchFlag,
	"cloudsql.enable_pgaudit":             switchFlag,
	"cloudsql.enable_pglogical":           switchFlag,
	"cloudsql.iam_authentication":         switchFlag,
	"cloudsql.logical_decoding":           switchFlag,
	"hot_standby_feedback":                switchFlag,
	"idle_in_transaction_session_timeout": {min: 0, max: 2147483647},
	"lock_timeout":                        {min: 0, max: 2147483647},
	"log_autovacuum_min_duration":         timeFlag,
	"log_checkpoints":                     switchFlag,
	"log_connections":                     switchFlag,
	"log_disconnections":                  switchFlag,
	"log_duration":                        switchFlag,
	"log_error_verbosity":                 {texts: []string{"terse", "default", "verbose"}},
	"log_executor_stats":                  switchFlag,
	"log_hostname":                        switchFlag,
	"log_lock_waits":                      switchFlag,
	"log_min_duration_statement":          timeFlag,
	"log_min_error_statement":             levelFlag,
	"log_min_messages":                    levelFlag,
	"log_parser_stats":                    switchFlag,
	"log_planner_stats":                   switchFlag,
	"log_statement":                       {texts: []string{"none", "ddl", "mod", "all"}},
	"log_statement_stats":                 switchFlag,
	"log_temp_files":                      timeFlag,
	"max_connections":                     {min: 14, max: 262143},
	"max_worker_processes":                {min: 8, max: 262143},
	"pgaudit.log_catalog":                 switchFlag,
	"pgaudit.log_client":                  switchFlag,
	"pgaudit.log_parameter":               switchFlag,
	"pgaudit.log_relation":                switchFlag,
	"ssl_min_protocol_version":            {texts: []string{"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}},
	"statement_timeout":                   {min: 0, max: 2147483647},
	"synchronous_commit":                  {texts: []string{"on", "off", "local", "remote_write", "remote_apply"}},
	"track_io_timing":                     switchFlag,
}

// auditClasses are what pgaudit.log lists.
// https://github.com/pgaudit/pgaudit#pgauditlog
var auditClasses = strings.Fields("read write function role ddl misc misc_set all none")

func checkFlags(in resource.PropertyMap) []problem {
	const at = "settings.databaseFlags"
	var problems []problem
	seen := map[string]bool{}
	for _, entry := range each(resource.NewProperty(in), at) {
		if !entry.IsObject() {
			continue
		}
		name, value := text(entry.ObjectValue(), "name"), text(entry.ObjectValue(), "value")
		if !slices.Contains(postgresFlags, name) {
			problems = append(problems, problem{at, fmt.Sprintf("Invalid request: Invalid flag: %q: the sandbox knows those of https://cloud.google.com/sql/docs/postgres/flags that are in sandbox/gcp/sqlflags.go", clip(name))})
			continue
		}
		if seen[name] {
			problems = append(problems, problem{at, fmt.Sprintf("Invalid request: flag %s is set twice", name)})
		}
		seen[name] = true
		if fault := faultOfFlag(name, value); fault != "" {
			problems = append(problems, problem{at, fmt.Sprintf("Invalid request: Invalid value of flag %s: %s", name, fault)})
		}
	}
	if slices.ContainsFunc(texts(in, at+".name"), func(name string) bool { return strings.HasPrefix(name, "pgaudit.") }) && flagsOf(in)["cloudsql.enable_pgaudit"] != "on" {
		problems = append(problems, problem{at, "Invalid request: flags of pgaudit need cloudsql.enable_pgaudit on"})
	}
	return problems
}

func faultOfFlag(name, value string) string {
	if name == "pgaudit.log" {
		for class := range strings.SplitSeq(value, ",") {
			if !slices.Contains(auditClasses, strings.TrimPrefix(strings.TrimSpace(class), "-")) {
				return fmt.Sprintf("%q is not a class: list some of %v", clip(class), auditClasses)
			}
		}
		return ""
	}
	allowed, ranged := postgresFlagValues[name]
	if !ranged || value == "" {
		return ""
	}
	if len(allowed.texts) > 0 {
		if !slices.Contains(allowed.texts, value) {
			return fmt.Sprintf("expected one of %v, got %q", allowed.texts, clip(value))
		}
		return ""
	}
	if n, err := strconv.Atoi(value); err != nil || n < allowed.min || n > allowed.max {
		return fmt.Sprintf("expected a number from %d to %d, got %q", allowed.min, allowed.max, clip(value))
	}
	return ""
}
