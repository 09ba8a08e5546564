package gcp

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

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
	for _, check := range []func(resource.PropertyMap) []problem{checkRole, checkMachine, checkBackups, checkMaintenance, checkReach} {
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

func createInstance(o *op) error {
	if name := o.project.ID + ":" + o.text("name"); len(name) > 98 {
		return invalid("shorten the name", "Invalid request: %s has %d characters, at most 98 are allowed", clip(name), len(name))
	}
	if err := o.checkPrimary(); err != nil {
		return err
	}
	network := o.text("settings.ipConfiguration.privateNetwork")
	if network != "" {
		block, err := o.managedRange(network, o.text("settings.ipConfiguration.allocatedIpRange"), fmt.Errorf(
			"failed to create instance because the network %s doesn't have at least 1 private services connection. Please see https://cloud.google.com/sql/docs/postgres/private-ip#network_requirements for how to create this connection: make a gcp.servicenetworking.Connection, and let this resource depend on it", network))
		if err != nil {
			return err
		}
		used, err := o.managedAddresses()
		if err == nil {
			err = o.allocate("privateIpAddress", block, used)
		}
		if err != nil {
			return err
		}
	}
	if !has(o.in, "settings.ipConfiguration") || flag(o.in, "settings.ipConfiguration.ipv4Enabled") {
		used, err := o.addresses(sqlInstanceType, "publicIpAddress")
		if err == nil {
			err = o.allocate("publicIpAddress", publicAddresses, used)
		}
		return err
	}
	return nil
}

func removeInstance(o *op) error {
	p := o.old.Properties
	if flag(p, "deletionProtection") {
		return fmt.Errorf("instance %s: failed to delete instance because deletion_protection is set to true. Set it to false to proceed with instance deletion: set deletionProtection to false, run up, and delete it then", o.id)
	}
	if flag(p, "settings.deletionProtectionEnabled") {
		return invalid("set settings.deletionProtectionEnabled to false, run up, and delete it then",
			"The instance is protected. Please disable the deletion protection and try again: %s", o.id)
	}
	return nil
}

func instanceOutputs(o *op) error {
	name := o.text("name")
	o.set("selfLink", sqlLink+o.expand("projects/{project}/instances/")+name)
	o.set("connectionName", o.expand("{project}:{region}:")+name)
	o.set("serviceAccountEmailAddress", "p"+o.project.Number+"-"+fingerprintDigits(o.id)+"@gcp-sa-cloud-sql.iam.gserviceaccount.com")
	o.set("instanceType", primaryKind)
	o.set("maintenanceVersion", text(o.in, "databaseVersion")+"_R20260101.00_00")
	o.set("availableMaintenanceVersions", []any{})
	var addresses []any
	for _, entry := range [][2]string{{"PRIMARY", "publicIpAddress"}, {"PRIVATE", "privateIpAddress"}} {
		if address := text(o.out, entry[1]); address != "" {
			addresses = append(addresses, map[string]any{"type": entry[0], "ipAddress": address, "timeToRetire": ""})
			o.set("firstIpAddress", address)
		}
	}
	o.replace("ipAddresses", addresses)
	if v := plain(o.out["serverCaCerts"]); v.IsArray() {
		return nil
	}
	ca, err := newAuthority("Cloud SQL server CA of "+name, o.now)
	if err != nil {
		return err
	}
	o.replace("serverCaCerts", []any{map[string]any{
		"cert": ca.pem, "commonName": ca.commonName, "sha1Fingerprint": ca.fingerprint,
		"createTime": ca.from.Format(time.RFC3339), "expirationTime": ca.until.Format(time.RFC3339),
	}})
	return nil
}
