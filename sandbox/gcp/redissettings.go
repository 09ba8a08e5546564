package gcp

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// redisVersions are what Memorystore for Redis offers.
// https://cloud.google.com/memorystore/docs/redis/supported-versions
var redisVersions = strings.Fields("REDIS_3_2 REDIS_4_0 REDIS_5_0 REDIS_6_X REDIS_7_0 REDIS_7_2")

// redisConfig is a configuration that Memorystore lets through: since which
// version, and what it can be.
type redisConfig struct {
	since string
	texts []string
	form  *regexp.Regexp
	words string // the form in words
}

var (
	wholeNumber  = regexp.MustCompile(`^[0-9]+$`)
	evictions    = strings.Fields("noeviction allkeys-lru volatile-lru allkeys-random volatile-random volatile-ttl allkeys-lfu volatile-lfu")
	redisConfigs = map[string]redisConfig{
		"maxmemory-policy":        {since: "REDIS_3_2", texts: evictions},
		"notify-keyspace-events":  {since: "REDIS_3_2", form: regexp.MustCompile(`^[KEg$lshzxedtmnA]*$`), words: "letters of KEg$lshzxedtmnA"},
		"timeout":                 {since: "REDIS_3_2", form: wholeNumber, words: "a number of seconds"},
		"activedefrag":            {since: "REDIS_4_0", texts: []string{"yes", "no"}},
		"lfu-log-factor":          {since: "REDIS_4_0", form: wholeNumber, words: "a number"},
		"lfu-decay-time":          {since: "REDIS_4_0", form: wholeNumber, words: "a number of minutes"},
		"maxmemory-gb":            {since: "REDIS_3_2", form: regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`), words: "a number of GB"},
		"stream-node-max-bytes":   {since: "REDIS_5_0", form: wholeNumber, words: "a number of bytes"},
		"stream-node-max-entries": {since: "REDIS_5_0", form: wholeNumber, words: "a number"},
	}
)

// checkRedisConfigs judges what is set inside Redis.
// https://cloud.google.com/memorystore/docs/redis/supported-redis-configurations
func checkRedisConfigs(in resource.PropertyMap) []problem {
	var problems []problem
	set := at(in, "redisConfigs")
	if !set.IsObject() {
		return nil
	}
	version := text(in, "redisVersion")
	for _, key := range slices.Sorted(maps.Keys(set.ObjectValue())) {
		name, path := string(key), "redisConfigs."+string(key)
		value, known := set.ObjectValue()[key], redisConfigs[name]
		if _, ok := redisConfigs[name]; !ok {
			problems = append(problems, problem{path, fmt.Sprintf("Memorystore does not let %q be set: use some of %v", clip(name), slices.Sorted(maps.Keys(redisConfigs)))})
			continue
		}
		if !value.IsString() {
			continue // not known yet
		}
		switch given := value.StringValue(); {
		case version != "" && version < known.since:
			problems = append(problems, problem{path, fmt.Sprintf("needs %s or later, not %s", known.since, version)})
		case known.texts != nil && !slices.Contains(known.texts, given):
			problems = append(problems, problem{path, fmt.Sprintf("expected one of %v, got %q", known.texts, clip(given))})
		case known.form != nil && !known.form.MatchString(given):
			problems = append(problems, problem{path, fmt.Sprintf("expected %s, got %q", known.words, clip(given))})
		case name == "maxmemory-gb":
			if limit, err := strconv.ParseFloat(given, 64); err == nil && has(in, "memorySizeGb") && !unknown(in, "memorySizeGb") && (limit <= 0 || limit > number(in, "memorySizeGb")) {
				problems = append(problems, problem{path, fmt.Sprintf("must be more than 0 and at most memorySizeGb %v, got %s", number(in, "memorySizeGb"), given)})
			}
		}
	}
	return problems
}

// checkRedisSnapshots judges what is kept.
// https://cloud.google.com/memorystore/docs/redis/about-rdb-snapshots
func checkRedisSnapshots(in resource.PropertyMap) []problem {
	const at = "persistenceConfig."
	var problems []problem
	mode := text(in, at+"persistenceMode")
	switch {
	case mode == "RDB" && !has(in, at+"rdbSnapshotPeriod"):
		problems = append(problems, problem{at + "rdbSnapshotPeriod", "must be set when persistenceMode is RDB"})
	case mode == "DISABLED" && has(in, at+"rdbSnapshotPeriod"):
		problems = append(problems, problem{at + "rdbSnapshotPeriod", "needs persistenceMode RDB"})
	}
	if start := text(in, at+"rdbSnapshotStartTime"); start != "" {
		if _, err := time.Parse(time.RFC3339, start); err != nil {
			problems = append(problems, problem{at + "rdbSnapshotStartTime", fmt.Sprintf("%q is not a time: write it like 2026-01-01T05:30:00Z", clip(start))})
		}
	}
	return problems
}

// checkRedisMaintenance judges the weekly window: one, of an hour.
// https://cloud.google.com/memorystore/docs/redis/about-maintenance
func checkRedisMaintenance(in resource.PropertyMap) []problem {
	const windows = "maintenancePolicy.weeklyMaintenanceWindows"
	var problems []problem
	list := each(resource.NewProperty(in), windows)
	if len(list) > 1 {
		problems = append(problems, problem{windows, fmt.Sprintf("at most one window a week, got %d", len(list))})
	}
	for i, entry := range list {
		if !entry.IsObject() {
			continue
		}
		window := entry.ObjectValue()
		for field, most := range map[string]float64{"hours": 23, "minutes": 59, "seconds": 59, "nanos": 999999999} {
			if n := number(window, "startTime."+field); n < 0 || n > most {
				problems = append(problems, problem{fmt.Sprintf("%s[%d].startTime.%s", windows, i, field), fmt.Sprintf("must be from 0 to %v, got %v", most, n)})
			}
		}
		if text(window, "day") == "DAY_OF_WEEK_UNSPECIFIED" {
			problems = append(problems, problem{fmt.Sprintf("%s[%d].day", windows, i), "name a day of the week"})
		}
	}
	return problems
}

// updateRedis refuses changes that Memorystore does not make: read replicas
// stay once they are there, and a version is not taken back.
// https://cloud.google.com/memorystore/docs/redis/about-read-replicas
func updateRedis(o *op) error {
	old := o.old.Properties
	const reads = "readReplicasMode"
	if text(old, reads) == "READ_REPLICAS_ENABLED" && has(o.in, reads) && o.text(reads) != text(old, reads) {
		return invalid("leave it on", "Read replicas of '%s' cannot be disabled once they are enabled", o.id)
	}
	if was, now := text(old, "redisVersion"), o.text("redisVersion"); now != "" && now < was {
		return invalid("keep "+was, "Redis version of '%s' cannot be downgraded from %s to %s", o.id, was, now)
	}
	return nil
}
