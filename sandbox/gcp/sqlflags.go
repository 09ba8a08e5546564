package gcp

// postgresFlags are flags that Cloud SQL for PostgreSQL accepts.
// https://cloud.google.com/sql/docs/postgres/flags
var postgresFlags = []string{
	"anon.enabled", "auto_explain.log_analyze", "auto_explain.log_min_duration", "autovacuum", "autovacuum_analyze_scale_factor",
	"autovacuum_analyze_threshold", "autovacuum_freeze_max_age", "autovacuum_max_workers", "autovacuum_naptime",
	"autovacuum_vacuum_cost_delay", "autovacuum_vacuum_cost_limit", "autovacuum_vacuum_insert_scale_factor",
	"autovacuum_vacuum_scale_factor", "autovacuum_vacuum_threshold", "autovacuum_work_mem", "checkpoint_completion_target",
	"checkpoint_timeout", "checkpoint_warning", "cloudsql.allow_passwordless_local_connections", "cloudsql.enable_anon",
	"cloudsql.enable_auto_explain", "cloudsql.enable_index_advisor", "cloudsql.enable_maintenance_mode", "cloudsql.enable_pg_cron",
	"cloudsql.enable_pg_hint_plan", "cloudsql.enable_pgaudit", "cloudsql.enable_pglogical", "cloudsql.iam_authentication",
	"cloudsql.logical_decoding", "cloudsql.pg_authid_select_role", "cloudsql.pg_shadow_select_role", "cron.database_name", "cron.log_statement",
	"cron.max_running_jobs", "deadlock_timeout", "default_statistics_target", "default_transaction_isolation",
	"effective_cache_size", "effective_io_concurrency", "hot_standby_feedback", "huge_pages", "idle_in_transaction_session_timeout",
	"jit", "lock_timeout", "log_autovacuum_min_duration", "log_checkpoints", "log_connections", "log_disconnections",
	"log_duration", "log_error_verbosity", "log_executor_stats", "log_hostname", "log_line_prefix", "log_lock_waits",
	"log_min_duration_statement", "log_min_error_statement", "log_min_messages", "log_parser_stats", "log_planner_stats",
	"log_replication_commands", "log_statement", "log_statement_stats", "log_temp_files", "log_timezone",
	"maintenance_work_mem", "max_connections", "max_locks_per_transaction", "max_parallel_maintenance_workers",
	"max_parallel_workers", "max_parallel_workers_per_gather", "max_prepared_transactions", "max_replication_slots", "max_slot_wal_keep_size",
	"max_standby_streaming_delay", "max_wal_senders", "max_wal_size", "max_worker_processes", "min_wal_size",
	"password_encryption", "pg_stat_statements.max", "pg_stat_statements.save", "pg_stat_statements.track",
	"pg_stat_statements.track_utility", "pgaudit.log", "pgaudit.log_catalog", "pgaudit.log_client", "pgaudit.log_level",
	"pgaudit.log_parameter", "pgaudit.log_relation", "pgaudit.log_statement_once", "pgaudit.role", "random_page_cost",
	"shared_buffers", "ssl_max_protocol_version", "ssl_min_protocol_version", "statement_timeout", "synchronous_commit",
	"temp_buffers", "temp_file_limit", "timezone", "track_activity_query_size", "track_commit_timestamp", "track_functions",
	"track_io_timing", "vacuum_cost_delay", "vacuum_cost_limit", "wal_buffers", "wal_compression", "wal_receiver_timeout",
	"wal_sender_timeout", "work_mem",
}
