// Package label holds the control that everything says whose it is.
package label

import (
	"slices"
	"strings"

	"github.com/avila-devops/saas/policies/control"
)

// wanted are the labels of every resource.
var wanted = []string{"environment", "component", "owner", "cost-centre"}

// labels is where each type has its labels.
var labels = map[string]string{
	"gcp:artifactregistry/repository:Repository":               "labels",
	"gcp:certificatemanager/certificate:Certificate":           "labels",
	"gcp:certificatemanager/certificateMap:CertificateMap":     "labels",
	"gcp:certificatemanager/dnsAuthorization:DnsAuthorization": "labels",
	"gcp:compute/globalAddress:GlobalAddress":                  "labels",
	"gcp:compute/globalForwardingRule:GlobalForwardingRule":    "labels",
	"gcp:container/cluster:Cluster":                            "resourceLabels",
	"gcp:dns/managedZone:ManagedZone":                          "labels",
	"gcp:gkebackup/backupPlan:BackupPlan":                      "labels",
	"gcp:gkebackup/restorePlan:RestorePlan":                    "labels",
	"gcp:gkehub/membership:Membership":                         "labels",
	"gcp:kms/cryptoKey:CryptoKey":                              "labels",
	"gcp:monitoring/alertPolicy:AlertPolicy":                   "userLabels",
	"gcp:monitoring/notificationChannel:NotificationChannel":   "userLabels",
	"gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig":       "userLabels",
	"gcp:pubsub/subscription:Subscription":                     "labels",
	"gcp:pubsub/topic:Topic":                                   "labels",
	"gcp:redis/instance:Instance":                              "labels",
	"gcp:secretmanager/secret:Secret":                          "labels",
	"gcp:sql/databaseInstance:DatabaseInstance":                "settings.userLabels",
	"gcp:storage/bucket:Bucket":                                "labels",
}

// StackControls are the area's controls over a whole stack.
var StackControls = []control.StackControl{{
	ID:     "label-ownership",
	Title:  "What can carry labels says its environment, component, owner and cost centre",
	Source: "Ávila C12, CKV_GCP_21",
	Remedy: "leave it to the root component, which sets them on everything below it, or set " + strings.Join(wanted, ", "),
	Judge: func(stack control.Stack) []control.StackFinding {
		var findings []control.StackFinding
		for _, resource := range stack {
			if place, can := labels[resource.Type]; can {
				findings = append(findings, missing(resource, place)...)
			}
		}
		return findings
	},
}}

// missing names the labels that are not there, all in one finding.
func missing(resource control.Resource, place string) []control.StackFinding {
	path := strings.Split(place, ".")
	if control.At(resource.Properties, path...).IsComputed() {
		return nil
	}
	var absent []string
	for _, name := range wanted {
		if text, known := control.Text(resource.Properties, append(slices.Clone(path), name)...); known && text == "" {
			absent = append(absent, name)
		}
	}
	if len(absent) == 0 {
		return nil
	}
	return []control.StackFinding{resource.Finding(place, "lacks "+strings.Join(absent, ", "))}
}
