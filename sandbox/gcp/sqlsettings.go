package gcp

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// sqlRegions are the places of backups: Cloud SQL's regions and the
// multi-regions. https://cloud.google.com/sql/docs/postgres/locations
var sqlRegions = strings.Fields(`us eu asia
	africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2 asia-southeast1 asia-southeast2
	australia-southeast1 australia-southeast2 europe-central2 europe-north1 europe-north2 europe-southwest1 europe-west1 europe-west2 europe-west3
	europe-west4 europe-west6 europe-west8 europe-west9 europe-west10 europe-west12 me-central1 me-central2 me-west1 northamerica-northeast1
	northamerica-northeast2 southamerica-east1 southamerica-west1 us-central1 us-east1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4`)

// mostSQLLogDays is how far point-in-time recovery reaches back.
// https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr
var mostSQLLogDays = map[string]float64{enterprise: 7, enterprisePlus: 35}

var clock = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

// checkBackups judges what is kept, and where.
func checkBackups(in resource.PropertyMap) []problem {
	const at = "settings.backupConfiguration"
	var problems []problem
	add := func(path, format string, args ...any) {
		problems = append(problems, problem{at + path, fmt.Sprintf(format, args...)})
	}
	if flag(in, at+".pointInTimeRecoveryEnabled") && !flag(in, at+".enabled") && !unknown(in, at+".enabled") {
		add(".pointInTimeRecoveryEnabled", "needs backups: set enabled")
	}
	if place := text(in, at+".location"); place != "" && !slices.Contains(sqlRegions, place) {
		add(".location", "%q is no place for backups: name a region of Cloud SQL, or one of us, eu, asia", clip(place))
	}
	if start := text(in, at+".startTime"); start != "" && !clock.MatchString(start) {
		add(".startTime", "%q is not a time: write it like 06:00", clip(start))
	}
	if kept := number(in, at+".backupRetentionSettings.retainedBackups"); has(in, at+".backupRetentionSettings.retainedBackups") && (kept < 1 || kept > 365) && !unknown(in, at+".backupRetentionSettings.retainedBackups") {
		add(".backupRetentionSettings.retainedBackups", "must be from 1 to 365, got %v", kept)
	}
	if days, most := number(in, at+".transactionLogRetentionDays"), mostSQLLogDays[text(in, "settings.edition")]; has(in, at+".transactionLogRetentionDays") && most > 0 && (days < 1 || days > most) {
		add(".transactionLogRetentionDays", "must be from 1 to %v with edition %s, got %v", most, text(in, "settings.edition"), days)
	}
	// The provider's own documentation of availabilityType.
	if text(in, "settings.availabilityType") == "REGIONAL" && !has(in, "masterInstanceName") && !unknown(in, at) && !recoverable(in) {
		problems = append(problems, problem{"settings.availabilityType", "REGIONAL needs backupConfiguration.enabled and pointInTimeRecoveryEnabled"})
	}
	return problems
}

// mostDenyDays is the longest period without maintenance.
// https://cloud.google.com/sql/docs/postgres/maintenance#deny
const mostDenyDays = 90

// checkInstanceMaintenance judges when Google may change an instance.
func checkInstanceMaintenance(in resource.PropertyMap) []problem {
	const window, deny = "settings.maintenanceWindow.", "settings.denyMaintenancePeriod."
	var problems []problem
	if day := number(in, window+"day"); has(in, window+"day") && (day < 1 || day > 7) {
		problems = append(problems, problem{window + "day", fmt.Sprintf("expected to be in the range (1 - 7), got %v", day)})
	}
	if hour := number(in, window+"hour"); has(in, window+"hour") && (hour < 0 || hour > 23) {
		problems = append(problems, problem{window + "hour", fmt.Sprintf("expected to be in the range (0 - 23), got %v", hour)})
	}
	if track := text(in, window+"updateTrack"); track != "" && !slices.Contains([]string{"canary", "stable", "week5"}, track) {
		problems = append(problems, problem{window + "updateTrack", fmt.Sprintf("expected one of [canary stable week5], got %q", clip(track))})
	}
	if !has(in, "settings.denyMaintenancePeriod") {
		return problems
	}
	if at := text(in, deny+"time"); at != "" {
		if _, err := time.Parse(time.TimeOnly, at); err != nil {
			problems = append(problems, problem{deny + "time", fmt.Sprintf("%q is not a time: write it like 03:00:00", clip(at))})
		}
	}
	from, to := text(in, deny+"startDate"), text(in, deny+"endDate")
	if from == "" || to == "" {
		return problems
	}
	days, err := denied(from, to)
	switch {
	case err != nil:
		problems = append(problems, problem{deny + "startDate", err.Error()})
	case days > mostDenyDays:
		problems = append(problems, problem{deny + "endDate", fmt.Sprintf("the period has %d days, at most %d are allowed", days, mostDenyDays)})
	}
	return problems
}

// denied is how many days a period has. Both dates carry a year, or neither:
// then it comes again each year.
func denied(from, to string) (int, error) {
	form := "01-02"
	if len(from) > len(form) {
		form = time.DateOnly
	}
	first, wrong := time.Parse(form, from)
	last, err := time.Parse(form, to)
	if wrong != nil || err != nil {
		return 0, fmt.Errorf("%q and %q must both be dates like 2026-11-20, or both like 11-20", clip(from), clip(to))
	}
	if last.Before(first) {
		if form == time.DateOnly {
			return 0, fmt.Errorf("%s lies after %s", from, to)
		}
		last = last.AddDate(1, 0, 0)
	}
	return int(last.Sub(first).Hours()/24) + 1, nil
}

var customSQLTier = regexp.MustCompile(`^db-custom-([0-9]+)-([0-9]+)$`)

// plusSQLCores are the machines of ENTERPRISE_PLUS.
// https://cloud.google.com/sql/docs/postgres/create-instance#machine-types
var plusSQLCores = strings.Fields("2 4 8 16 32 48 64 80 96 128")

// checkMachine judges tier, disk and cache.
func checkMachine(in resource.PropertyMap) []problem {
	var problems []problem
	add := func(path, format string, args ...any) {
		problems = append(problems, problem{"settings." + path, fmt.Sprintf(format, args...)})
	}
	tier := text(in, "settings.tier")
	if parts := customSQLTier.FindStringSubmatch(tier); parts != nil {
		cores, _ := strconv.Atoi(parts[1]) // the pattern holds digits alone
		mega, _ := strconv.Atoi(parts[2])
		if cores != 1 && (cores%2 != 0 || cores < 2 || cores > 96) {
			add("tier", "Invalid Tier (%s): 1 core, or an even number up to 96", clip(tier))
		} else if mega%256 != 0 || mega < 3840 || mega*10 < cores*9*1024 || mega*10 > cores*65*1024 {
			add("tier", "Invalid Tier (%s): memory is a multiple of 256 MB, at least 3840, from 0.9 to 6.5 GB a core", clip(tier))
		}
	}
	if cores, plus := strings.CutPrefix(tier, "db-perf-optimized-N-"); plus && !slices.Contains(plusSQLCores, cores) {
		add("tier", "Invalid Tier (%s): cores are one of %v", clip(tier), plusSQLCores)
	}
	if flag(in, "settings.dataCacheConfig.dataCacheEnabled") && text(in, "settings.edition") == enterprise {
		add("dataCacheConfig.dataCacheEnabled", "a data cache needs edition ENTERPRISE_PLUS")
	}
	size, limit := number(in, "settings.diskSize"), number(in, "settings.diskAutoresizeLimit")
	if has(in, "settings.diskSize") && !unknown(in, "settings.diskSize") && (size < 10 || size > 65536) {
		add("diskSize", "must be from 10 to 65536, got %v", size)
	}
	if limit > 0 && limit < size {
		add("diskAutoresizeLimit", "%v is less than diskSize %v: the disk could not even start", limit, size)
	}
	for path, allowed := range map[string][]string{
		"connectorEnforcement":                                      {"NOT_REQUIRED", "REQUIRED"},
		"ipConfiguration.serverCaMode":                              {"GOOGLE_MANAGED_CAS_CA", "GOOGLE_MANAGED_INTERNAL_CA"},
		"passwordValidationPolicy.complexity":                       {"COMPLEXITY_DEFAULT", "COMPLEXITY_UNSPECIFIED"},
		"activationPolicy":                                          {"ALWAYS", "NEVER", "ON_DEMAND"},
		"backupConfiguration.backupRetentionSettings.retentionUnit": {"COUNT"},
	} {
		if value := text(in, "settings."+path); value != "" && !slices.Contains(allowed, value) {
			add(path, "expected one of %v, got %q", allowed, clip(value))
		}
	}
	return problems
}
