package gcp

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// The editions of Cloud SQL, and the tiers of each.
// https://cloud.google.com/sql/docs/postgres/editions-intro
const enterprise, enterprisePlus = "ENTERPRISE", "ENTERPRISE_PLUS"

var (
	tiers = map[string]*regexp.Regexp{
		enterprise:     regexp.MustCompile(`^db-(custom-[0-9]+-[0-9]+|f1-micro|g1-small|(n1|lightweight)-.+)$`),
		enterprisePlus: regexp.MustCompile(`^db-perf-optimized-N-[0-9]+$`),
	}
	tierHint    = map[string]string{enterprise: "db-custom-2-7680", enterprisePlus: "db-perf-optimized-N-2"}
	versionForm = regexp.MustCompile(`^(POSTGRES_[0-9_]+|MYSQL_[0-9_]+|SQLSERVER_[0-9]{4}_[A-Z]+)$`)
)

func checkInstance(in resource.PropertyMap) []problem {
	var problems []problem
	add := func(path, format string, args ...any) {
		problems = append(problems, problem{path, fmt.Sprintf(format, args...)})
	}
	version := text(in, "databaseVersion")
	if version != "" && !versionForm.MatchString(version) {
		add("databaseVersion", "%q is not a version: write it like POSTGRES_17", clip(version))
	}
	edition, tier := text(in, "settings.edition"), text(in, "settings.tier")
	switch form, known := tiers[edition]; {
	case edition != "" && !known:
		add("settings.edition", "expected one of [%s %s], got %q", enterprise, enterprisePlus, clip(edition))
	case known && tier != "" && !form.MatchString(tier):
		add("settings.tier", "Invalid Tier (%s) for (%s) Edition: use one like %s", clip(tier), edition, tierHint[edition])
	}
	if kind := text(in, "settings.availabilityType"); kind != "" && kind != "ZONAL" && kind != "REGIONAL" {
		add("settings.availabilityType", "expected one of [REGIONAL ZONAL], got %q", clip(kind))
	}
	if !has(in, "settings") && !has(in, "clone") {
		add("settings", "missing required property: set settings, or clone")
	}
	if strings.HasPrefix(version, "POSTGRES") {
		problems = append(problems, checkFlags(in)...)
	}
	for _, check := range []func(resource.PropertyMap) []problem{checkRole, checkMachine, checkBackups, checkInstanceMaintenance, checkReach} {
		problems = append(problems, check(in)...)
	}
	return problems
}

// checkReach judges by which addresses an instance can be reached.
func checkReach(in resource.PropertyMap) []problem {
	const ip = "settings.ipConfiguration"
	var problems []problem
	private := has(in, ip+".privateNetwork") || has(in, ip+".pscConfigs")
	if has(in, ip+".ipv4Enabled") && !flag(in, ip+".ipv4Enabled") && !unknown(in, ip+".ipv4Enabled") && !private {
		problems = append(problems, problem{ip, "at least one of ipv4Enabled and privateNetwork must be set"})
	}
	if has(in, ip+".allocatedIpRange") && !has(in, ip+".privateNetwork") {
		problems = append(problems, problem{ip + ".allocatedIpRange", "needs privateNetwork: set it"})
	}
	// requireSsl is the older name; the API wants the two to agree.
	// https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1beta4/instances#ipconfiguration
	agree := map[string][]bool{
		"ALLOW_UNENCRYPTED_AND_ENCRYPTED": {false}, "ENCRYPTED_ONLY": {false}, "TRUSTED_CLIENT_CERTIFICATE_REQUIRED": {true},
	}
	if mode := text(in, ip+".sslMode"); mode != "" {
		allowed, known := agree[mode]
		require := at(in, ip+".requireSsl")
		switch {
		case !known:
			problems = append(problems, problem{ip + ".sslMode", fmt.Sprintf("expected one of %v, got %q", slices.Sorted(maps.Keys(agree)), clip(mode))})
		case require.IsBool() && !slices.Contains(allowed, require.BoolValue()):
			problems = append(problems, problem{ip + ".requireSsl", fmt.Sprintf("%v contradicts sslMode %s", require.BoolValue(), mode)})
		}
	}
	return problems
}
