package gcp

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// hostForm is a host of the public internet: names of at least two labels.
var hostForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)

// uptimePeriods are how often a check can run.
var uptimePeriods = []string{"60s", "300s", "600s", "900s"}

// locations is how many places a region of checkers has.
// https://cloud.google.com/monitoring/uptime-checks#uptime-ips
var locations = map[string]int{
	"USA": 3, "USA_OREGON": 1, "USA_IOWA": 1, "USA_VIRGINIA": 1, "EUROPE": 1, "SOUTH_AMERICA": 1, "ASIA_PACIFIC": 1,
}

const fewestLocations = 3

func checkUptime(in resource.PropertyMap) []problem {
	var problems []problem
	if text(in, "monitoredResource.type") == "uptime_url" {
		host := text(in, "monitoredResource.labels.host")
		switch {
		case host == "" && !has(in, "monitoredResource.labels.host"):
			problems = append(problems, problem{"monitoredResource.labels", "an uptime_url needs the label host"})
		case host != "" && (len(host) > 253 || !hostForm.MatchString(host)):
			problems = append(problems, problem{"monitoredResource.labels", fmt.Sprintf("%q is not a host: write a name of the public internet, without scheme, port or path", clip(host))})
		}
	}
	if period := text(in, "period"); period != "" && !slices.Contains(uptimePeriods, period) {
		problems = append(problems, problem{"period", fmt.Sprintf("expected one of [%s], got %q", strings.Join(uptimePeriods, " "), clip(period))})
	}
	if timeout := text(in, "timeout"); timeout != "" {
		if seconds, ok := secondsOf(timeout); !ok || seconds < 1 || seconds > 60 {
			problems = append(problems, problem{"timeout", fmt.Sprintf("%q must be 1 to 60 seconds: write it like 10s", clip(timeout))})
		}
	}
	if !has(in, "httpCheck") && !has(in, "tcpCheck") && !has(in, "syntheticMonitor") {
		problems = append(problems, problem{"httpCheck", "one of httpCheck, tcpCheck and syntheticMonitor must be set"})
	}
	if flag(in, "httpCheck.validateSsl") && has(in, "httpCheck.useSsl") && !flag(in, "httpCheck.useSsl") {
		problems = append(problems, problem{"httpCheck.validateSsl", "means nothing without useSsl"})
	}
	return append(problems, checkPlaces(in)...)
}

func checkPlaces(in resource.PropertyMap) []problem {
	regions := texts(in, "selectedRegions")
	if len(regions) == 0 {
		return nil
	}
	var count int
	for _, region := range regions {
		if locations[region] == 0 {
			return []problem{{"selectedRegions", fmt.Sprintf("%q is not a region of checkers", clip(region))}}
		}
		count += locations[region]
	}
	if count < fewestLocations {
		return []problem{{"selectedRegions", fmt.Sprintf("has %d locations: at least %d are needed; USA alone has 3", count, fewestLocations)}}
	}
	return nil
}

// checkUnwatched refuses to delete a check that an alert uses.
func checkUnwatched(o *op) error {
	alerts, err := o.records(alertType)
	if err != nil {
		return err
	}
	id := text(o.old.Properties, "uptimeCheckId")
	for _, alert := range alerts {
		for _, filter := range texts(alert.Properties, "conditions.conditionThreshold.filter") {
			if strings.Contains(filter, `"`+id+`"`) {
				return refuse(400, "failedPrecondition", "delete the alert first, or let it depend on the check",
					"Cannot delete check %s. One or more alerting policies is using it", id)
			}
		}
	}
	return nil
}

// recordWith tells whether a record has a text in a property.
func recordWith(path, value string) func(*cloud.Record) bool {
	return func(record *cloud.Record) bool { return text(record.Properties, path) == value }
}
