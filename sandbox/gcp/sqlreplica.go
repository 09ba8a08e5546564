package gcp

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

const (
	primaryKind = "CLOUD_SQL_INSTANCE"
	replicaKind = "READ_REPLICA_INSTANCE"
)

// checkRole judges what an instance says of its role. The provider promotes a
// replica in place when instanceType goes from READ_REPLICA_INSTANCE to
// CLOUD_SQL_INSTANCE and masterInstanceName and replicaConfiguration go in the
// same change; its text is quoted.
// https://github.com/GoogleCloudPlatform/magic-modules/pull/7138
func checkRole(in resource.PropertyMap) []problem {
	var problems []problem
	kind := text(in, "instanceType")
	switch {
	case kind == replicaKind && !has(in, "masterInstanceName"):
		problems = append(problems, problem{"masterInstanceName", "must be set when instanceType is READ_REPLICA_INSTANCE"})
	case kind == primaryKind && has(in, "masterInstanceName"):
		problems = append(problems, problem{"masterInstanceName", "Replica promote configuration check failed. Please remove master_instance_name and try again."})
	case kind == primaryKind && has(in, "replicaConfiguration"):
		problems = append(problems, problem{"replicaConfiguration", "Replica promote configuration check failed. Please remove replica_configuration and try again."})
	case kind != "" && kind != primaryKind && kind != replicaKind:
		problems = append(problems, problem{"instanceType", fmt.Sprintf("expected one of [%s %s], got %q", primaryKind, replicaKind, clip(kind))})
	}
	if has(in, "masterInstanceName") && flag(in, "settings.backupConfiguration.enabled") {
		problems = append(problems, problem{"settings.backupConfiguration.enabled", "backups are the primary's: a read replica of PostgreSQL has none; remove it"})
	}
	return problems
}

// checkPrimary refuses a replica of what cannot be replicated.
// https://cloud.google.com/sql/docs/postgres/replication
func (o *op) checkPrimary() error {
	name := o.text("masterInstanceName")
	if name == "" {
		return nil
	}
	primary, err := o.named(sqlInstanceType, name)
	if err != nil || primary == nil {
		return err
	}
	p := primary.Properties
	switch {
	case text(p, "masterInstanceName") != "" && !strings.HasPrefix(text(p, "databaseVersion"), "POSTGRES"):
		return invalid("name the primary", "Invalid request: instance %s is a replica itself", primary.ID)
	case text(p, "databaseVersion") != o.text("databaseVersion"):
		return invalid("use "+text(p, "databaseVersion"), "Invalid request: a replica of %s must have version %s, not %s", primary.ID, text(p, "databaseVersion"), o.text("databaseVersion"))
	case text(p, "settings.edition") != o.text("settings.edition"):
		return invalid("use "+text(p, "settings.edition"), "Invalid request: a replica of %s must have edition %s, not %s", primary.ID, text(p, "settings.edition"), o.text("settings.edition"))
	case (text(p, "encryptionKeyName") == "") != (o.text("encryptionKeyName") == ""):
		return invalid("give both a key, or neither", "Invalid request: a replica is encrypted with a customer-managed key exactly when its primary %s is", primary.ID)
	case text(p, "masterInstanceName") == "" && !recoverable(p):
		return invalid("turn both on, on the primary", "Invalid request: the primary %s must have automated backups and point-in-time recovery before it has replicas", primary.ID)
	case number(o.in, "settings.diskSize") < number(p, "settings.diskSize") && number(o.in, "settings.diskSize") > 0:
		return invalid("use a disk as large", "Invalid request: the disk of a replica of %s must have at least %v GB", primary.ID, number(p, "settings.diskSize"))
	}
	return o.checkStandby(primary)
}

// recoverable tells whether an instance is backed up with its logs.
func recoverable(properties resource.PropertyMap) bool {
	const backup = "settings.backupConfiguration."
	return flag(properties, backup+"enabled") && flag(properties, backup+"pointInTimeRecoveryEnabled")
}

// standbyFlags are settings that a standby of PostgreSQL may not have smaller
// than its primary. https://www.postgresql.org/docs/17/hot-standby.html
var standbyFlags = []string{"max_connections", "max_locks_per_transaction", "max_prepared_transactions", "max_wal_senders", "max_worker_processes"}

func (o *op) checkStandby(primary *cloud.Record) error {
	mine, its := flagsOf(o.in), flagsOf(primary.Properties)
	for _, name := range standbyFlags {
		wanted, err := strconv.Atoi(its[name])
		if err != nil {
			continue // left to its default there
		}
		if got, err := strconv.Atoi(mine[name]); err != nil || got < wanted {
			return invalid("set it as on the primary", "Invalid request: flag %s of a replica of %s must be at least %d", name, primary.ID, wanted)
		}
	}
	return nil
}

func flagsOf(properties resource.PropertyMap) map[string]string {
	flags := map[string]string{}
	for _, entry := range each(resource.NewProperty(properties), "settings.databaseFlags") {
		if entry.IsObject() {
			flags[text(entry.ObjectValue(), "name")] = text(entry.ObjectValue(), "value")
		}
	}
	return flags
}

// updateInstance promotes a replica, or keeps it one: master and type are
// computed too, so that dropping them from the program changes nothing.
func updateInstance(o *op) error {
	was := text(o.old.Properties, "masterInstanceName")
	switch {
	case was == "":
		return o.checkReplicasLive()
	case o.text("instanceType") == primaryKind:
		o.replace("instanceType", primaryKind)
		return o.inherit(was)
	case o.text("masterInstanceName") == "":
		o.replace("masterInstanceName", was)
		o.replace("instanceType", replicaKind)
	}
	return nil
}

// inherit leaves in a promoted instance the databases that it has by
// replication: they are there, and no stack owns them.
func (o *op) inherit(master string) error {
	databases, err := o.live(databaseType)
	if err != nil {
		return err
	}
	for _, database := range databases {
		if text(database.Properties, "instance") != master || database.Project != o.project.ID {
			continue
		}
		copied := *database
		copied.ID = o.expand("projects/{project}/instances/") + o.id + "/databases/" + text(database.Properties, "name")
		copied.Abandoned, copied.Created = true, o.now
		copied.Properties = maps.Clone(database.Properties)
		copied.Properties["instance"] = resource.NewProperty(o.id)
		copied.Properties["selfLink"] = resource.NewProperty(sqlLink + copied.ID)
		if err := o.tx.Put(&copied); err != nil {
			return fmt.Errorf("keep the database %s: %w", copied.ID, err)
		}
	}
	return nil
}

// checkReplicasLive refuses to take from a primary what its replicas need.
func (o *op) checkReplicasLive() error {
	if recoverable(o.in) {
		return nil
	}
	users, err := o.users(o.old)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(users, func(u user) bool { return u.ref.path == "masterInstanceName" && !u.record.Abandoned })
	if i < 0 {
		return nil
	}
	return invalid("delete its replicas first", "Invalid request: backups and point-in-time recovery of %s cannot be disabled while it has the replica %s", o.id, describe(users[i].record))
}
