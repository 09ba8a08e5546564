// Package audit holds the controls over the record of what happens: which
// events are logged, where a copy is kept, and who is told of those that
// matter. That buckets are private is in package storage.
package audit

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

const (
	auditConfigType = "gcp:projects/iAMAuditConfig:IAMAuditConfig"
	sinkType        = "gcp:logging/projectSink:ProjectSink"
	bucketType      = "gcp:storage/bucket:Bucket"
	metricType      = "gcp:logging/metric:Metric"
	alertType       = "gcp:monitoring/alertPolicy:AlertPolicy"
	networkType     = "gcp:compute/network:Network"
	dnsPolicyType   = "gcp:dns/policy:Policy"
)

// StackControls are the area's controls over a whole stack.
var StackControls = []control.StackControl{
	{
		ID:     "audit-logs-all-services",
		Title:  "Every audit log of every service is on, for everybody",
		Source: "CIS GCP 5.0 2.1, CKV2_GCP_5",
		Remedy: "make a projects.IAMAuditConfig for allServices with ADMIN_READ, DATA_READ and DATA_WRITE, and exempt nobody",
		Judge:  allServices,
	},
	{
		ID:     "audit-sink-all-entries",
		Title:  "A sink copies every log entry to a bucket",
		Source: "CIS GCP 5.0 2.2",
		Remedy: "make a logging.ProjectSink to storage.googleapis.com/… with no filter, exclusions or disabled",
		Judge:  everyEntry,
	},
	{
		ID:     "audit-bucket-locked",
		Title:  "A bucket that logs are copied to is encrypted with our key and keeps them for a year or more, unalterably in production",
		Source: "CIS GCP 5.0 2.3, CKV2_GCP_4",
		Remedy: "set encryption.defaultKmsKeyName, and retentionPolicy with 31536000 seconds or more, locked where the label environment is prod",
		Judge:  lockedBucket,
	},
	{
		ID:     "audit-watched-changes",
		Title:  "Somebody is told of changes of ownership, audit logs, custom roles, firewall, routes, networks, access to buckets and database settings",
		Source: "CIS GCP 5.0 2.4-2.11",
		Remedy: "make a logging.Metric with the benchmark's filter, and a monitoring.AlertPolicy on it with a notification channel",
		Judge:  watchedChanges,
	},
	{
		ID:     "audit-dns-logging",
		Title:  "Every network logs the names that are looked up in it",
		Source: "CIS GCP 5.0 2.12, CKV_GCP_16",
		Remedy: "make a dns.Policy with enableLogging for the network",
		Judge:  namesLogged,
	},
}

// allServices wants one configuration that leaves nothing and nobody out.
func allServices(stack control.Stack) []control.StackFinding {
	var findings []control.StackFinding
	var found bool
	for _, config := range stack.Of(auditConfigType) {
		logs := control.At(config.Properties, "auditLogConfigs")
		var types []string
		for _, log := range control.List(config.Properties, "auditLogConfigs") {
			if !log.IsMap() {
				continue
			}
			typ, _ := control.Text(log.AsMap(), "logType")
			types = append(types, typ)
			if len(control.List(log.AsMap(), "exemptedMembers")) > 0 {
				findings = append(findings, config.Finding("auditLogConfigs.exemptedMembers", "leaves members out of "+typ))
			}
		}
		service, known := control.Text(config.Properties, "service")
		if known && service != "allServices" {
			continue
		}
		found = true
		for _, wanted := range []string{"ADMIN_READ", "DATA_READ", "DATA_WRITE"} {
			if !logs.IsComputed() && !slices.Contains(types, wanted) {
				findings = append(findings, config.Finding("auditLogConfigs", "lacks "+wanted))
			}
		}
	}
	if !found {
		findings = append(findings, control.Missing("audit configuration for allServices"))
	}
	return findings
}

const bucketDestination = "storage.googleapis.com/"

func everyEntry(stack control.Stack) []control.StackFinding {
	for _, sink := range stack.Of(sinkType) {
		destination, known := control.Text(sink.Properties, "destination")
		filter, filterKnown := control.Text(sink.Properties, "filter")
		disabled := control.At(sink.Properties, "disabled")
		switch {
		case known && !strings.HasPrefix(destination, bucketDestination),
			filterKnown && filter != "",
			len(control.List(sink.Properties, "exclusions")) > 0,
			disabled.IsBool() && disabled.AsBool():
			continue
		}
		return nil
	}
	return []control.StackFinding{control.Missing("sink that copies every log entry to a bucket")}
}

// aYear is the least that evidence is kept, in seconds.
const aYear = 365 * 24 * 60 * 60

func lockedBucket(stack control.Stack) []control.StackFinding {
	var findings []control.StackFinding
	for _, sink := range stack.Of(sinkType) {
		destination, known := control.Text(sink.Properties, "destination")
		name, toBucket := strings.CutPrefix(destination, bucketDestination)
		if !known || !toBucket {
			continue
		}
		buckets := stack.Of(bucketType)
		i := slices.IndexFunc(buckets, func(b control.Resource) bool {
			called, known := control.Text(b.Properties, "name")
			return !known || called == name
		})
		if i < 0 {
			findings = append(findings, sink.Finding("destination", "names the bucket "+name+", which is not in this stack"))
			continue
		}
		findings = append(findings, judgeLogBucket(buckets[i])...)
	}
	return findings
}

func judgeLogBucket(bucket control.Resource) []control.StackFinding {
	var findings []control.StackFinding
	if key, known := control.Text(bucket.Properties, "encryption", "defaultKmsKeyName"); known && key == "" {
		findings = append(findings, bucket.Finding("encryption.defaultKmsKeyName", "is not set"))
	}
	period := control.At(bucket.Properties, "retentionPolicy", "retentionPeriod")
	if !period.IsComputed() && (!period.IsNumber() || period.AsNumber() < aYear) {
		findings = append(findings, bucket.Finding("retentionPolicy.retentionPeriod", "is not a year or more"))
	}
	environment, _ := control.Text(bucket.Properties, "labels", "environment")
	locked := control.At(bucket.Properties, "retentionPolicy", "isLocked")
	if environment == "prod" && !locked.IsComputed() && (!locked.IsBool() || !locked.AsBool()) {
		findings = append(findings, bucket.Finding("retentionPolicy.isLocked", "is not true"))
	}
	return findings
}

func namesLogged(stack control.Stack) []control.StackFinding {
	var findings []control.StackFinding
	for _, network := range stack.Of(networkType) {
		name, nameKnown := control.Text(network.Properties, "name")
		logged := slices.ContainsFunc(stack.Of(dnsPolicyType), func(policy control.Resource) bool {
			on := control.At(policy.Properties, "enableLogging")
			if !on.IsComputed() && (!on.IsBool() || !on.AsBool()) {
				return false
			}
			networks := control.At(policy.Properties, "networks")
			return networks.IsComputed() || slices.ContainsFunc(control.List(policy.Properties, "networks"), func(n property.Value) bool {
				if !n.IsMap() {
					return n.IsComputed()
				}
				url, known := control.Text(n.AsMap(), "networkUrl")
				return !known || !nameKnown || url == name || strings.HasSuffix(url, "/"+name)
			})
		})
		if !logged {
			findings = append(findings, network.Finding("name", "has no DNS policy that logs"))
		}
	}
	return findings
}
