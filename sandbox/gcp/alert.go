package gcp

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var (
	logMetric   = regexp.MustCompile(`metric\.type\s*=\s*"logging\.googleapis\.com/user/([^"]+)"`)
	uptimeCheck = regexp.MustCompile(`metric\.labels?\.check_id\s*=\s*"([^"]+)"`)
	secondsForm = regexp.MustCompile(`^(0|[0-9]*[1-9][0-9]*)s$`)
)

func checkAlert(in resource.PropertyMap) []problem {
	var problems []problem
	const threshold = "conditions.conditionThreshold"
	for _, kind := range []string{"conditionThreshold", "conditionAbsent", "conditionMatchedLog"} {
		problems = append(problems, checkFilter(in, "conditions."+kind+".filter")...)
	}
	for _, filter := range append(texts(in, threshold+".filter"), texts(in, "conditions.conditionAbsent.filter")...) {
		if !strings.Contains(filter, "resource.type") {
			problems = append(problems, problem{threshold + ".filter", fmt.Sprintf("%q must specify a restriction on \"resource.type\"; see https://cloud.google.com/monitoring/api/resources", clip(filter))})
		}
	}
	for _, duration := range texts(in, threshold+".duration") {
		if seconds, ok := secondsOf(duration); !ok || seconds%60 != 0 {
			problems = append(problems, problem{threshold + ".duration", fmt.Sprintf("%q must be a whole number of minutes: write it like 120s", clip(duration))})
		}
	}
	for _, period := range texts(in, threshold+".aggregations.alignmentPeriod") {
		if seconds, ok := secondsOf(period); !ok || seconds < 60 {
			problems = append(problems, problem{threshold + ".aggregations.alignmentPeriod", fmt.Sprintf("%q must be at least 60 seconds", clip(period))})
		}
	}
	if closing := text(in, "alertStrategy.autoClose"); closing != "" {
		if seconds, ok := secondsOf(closing); !ok || seconds < 1800 {
			problems = append(problems, problem{"alertStrategy.autoClose", fmt.Sprintf("%q must be at least 1800s", clip(closing))})
		}
	}
	if n := len(each(resource.NewProperty(in), "conditions.displayName")); n > mostConditions {
		problems = append(problems, problem{"conditions", fmt.Sprintf("has %d conditions: at most %d are allowed", n, mostConditions)})
	}
	if n := len(texts(in, "notificationChannels")); n > mostChannels {
		problems = append(problems, problem{"notificationChannels", fmt.Sprintf("has %d channels: at most %d are allowed", n, mostChannels)})
	}
	if n := len(text(in, "documentation.content")); n > 8<<10 {
		problems = append(problems, problem{"documentation.content", fmt.Sprintf("has %d bytes: at most %d are allowed", n, 8<<10)})
	}
	return problems
}

func secondsOf(text string) (seconds int, ok bool) {
	if !secondsForm.MatchString(text) {
		return 0, false
	}
	_, err := fmt.Sscanf(text, "%ds", &seconds)
	return seconds, err == nil
}

// checkWatched refuses an alert on a metric or a check that does not exist.
// https://cloud.google.com/monitoring/alerts/troubleshooting
func checkWatched(o *op) error {
	filters := append(texts(o.in, "conditions.conditionThreshold.filter"), texts(o.in, "conditions.conditionAbsent.filter")...)
	metrics, err := o.records(metricType)
	if err != nil {
		return err
	}
	checks, err := o.records(uptimeType)
	if err != nil {
		return err
	}
	for _, filter := range filters {
		for _, match := range logMetric.FindAllStringSubmatch(filter, -1) {
			name := match[1]
			if !slices.ContainsFunc(metrics, recordWith("name", name)) {
				return notFound("create the logging Metric first, and take its name from it", `Cannot find metric that matches type = "logging.googleapis.com/user/%s".`, name)
			}
		}
		for _, match := range uptimeCheck.FindAllStringSubmatch(filter, -1) {
			id := match[1]
			if !slices.ContainsFunc(checks, recordWith("uptimeCheckId", id)) {
				return notFound("create the uptime check first, and take its uptimeCheckId", `The uptime check "%s" of the filter was not found`, id)
			}
		}
	}
	return nil
}
