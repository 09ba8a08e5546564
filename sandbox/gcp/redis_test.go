package gcp

import (
	"fmt"
	"strings"
	"testing"
)

func TestMemorystoreRefusesWhatItDoesNotOffer(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	inputs := e.redisInputs()
	window := func(fields object) object {
		return object{"maintenancePolicy": object{"weeklyMaintenanceWindows": []any{fields}}}
	}
	sunday := object{"day": "SUNDAY", "startTime": object{"hours": 6}}
	for name, row := range map[string]struct {
		changes          object
		property, reason string
	}{
		"a version that is not":            {object{"redisVersion": "REDIS_8_0"}, "redisVersion", "use one of [REDIS_3_2"},
		"a configuration that is Google's": {object{"redisConfigs": object{"appendonly": "yes"}}, "redisConfigs.appendonly", "does not let \"appendonly\" be set"},
		"an eviction that is not":          {object{"redisConfigs": object{"maxmemory-policy": "lru"}}, "redisConfigs.maxmemory-policy", "expected one of [noeviction"},
		"a switch set to on":               {object{"redisConfigs": object{"activedefrag": "on"}}, "redisConfigs.activedefrag", "expected one of [yes no]"},
		"a configuration of a later one":   {object{"redisVersion": "REDIS_4_0", "redisConfigs": object{"stream-node-max-bytes": "1"}}, "redisConfigs.stream-node-max-bytes", "needs REDIS_5_0 or later"},
		"more memory than there is":        {object{"redisConfigs": object{"maxmemory-gb": "6"}}, "redisConfigs.maxmemory-gb", "at most memorySizeGb 5"},
		"memory in words":                  {object{"redisConfigs": object{"maxmemory-gb": "most"}}, "redisConfigs.maxmemory-gb", "expected a number of GB"},
		"snapshots at no period":           {object{"persistenceConfig": object{"persistenceMode": "RDB"}}, "persistenceConfig.rdbSnapshotPeriod", "must be set when persistenceMode is RDB"},
		"a period without snapshots":       {object{"persistenceConfig.persistenceMode": "DISABLED"}, "persistenceConfig.rdbSnapshotPeriod", "needs persistenceMode RDB"},
		"snapshots from no time":           {object{"persistenceConfig.rdbSnapshotStartTime": "05:30"}, "persistenceConfig.rdbSnapshotStartTime", "write it like 2026-01-01T05:30:00Z"},
		"two windows":                      {object{"maintenancePolicy": object{"weeklyMaintenanceWindows": []any{sunday, sunday}}}, "maintenancePolicy.weeklyMaintenanceWindows", "at most one window a week, got 2"},
		"a window at 24 o'clock":           {window(object{"day": "SUNDAY", "startTime": object{"hours": 24}}), "maintenancePolicy.weeklyMaintenanceWindows[0].startTime.hours", "from 0 to 23"},
		"a window on no day":               {window(object{"day": "DAY_OF_WEEK_UNSPECIFIED", "startTime": object{"hours": 6}}), "maintenancePolicy.weeklyMaintenanceWindows[0].day", "name a day"},
		"six read replicas":                {object{"replicaCount": 6}, "replicaCount", "from 1 to 5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var found []string
			for _, failure := range e.check(redisType, "x", nil, with(inputs, row.changes)).Failures {
				if string(failure.Property) == row.property && strings.Contains(failure.Reason, row.reason) {
					return
				}
				found = append(found, fmt.Sprintf("%s: %s", failure.Property, failure.Reason))
			}
			t.Errorf("found %q, want %s: %s", found, row.property, row.reason)
		})
	}
}

func TestMemorystoreDoesNotGoBack(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	redis := e.redis()
	wantError(t, e.tryUpdate(redis, with(e.redisInputs(), object{"readReplicasMode": "READ_REPLICAS_DISABLED"})), "cannot be disabled once they are enabled")
	wantError(t, e.tryUpdate(redis, with(e.redisInputs(), object{"redisVersion": "REDIS_7_0"})), "cannot be downgraded from REDIS_7_2 to REDIS_7_0")
	e.update(redis, with(e.redisInputs(), object{"replicaCount": 3, "memorySizeGb": 8}))
}
