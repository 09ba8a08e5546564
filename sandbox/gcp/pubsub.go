package gcp

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const pubSubAPI = "pubsub.googleapis.com"

// messageName is how Pub/Sub names topics and subscriptions.
// https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names
var messageName = &naming{
	auto: true, property: "name", longest: 255,
	pattern: regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._~+%-]{2,254}$`), form: "3 to 255 letters, digits and -._~+%, starting with a letter",
}

// Bounds of Pub/Sub, in seconds.
// https://cloud.google.com/pubsub/quotas
const (
	leastRetention    = 600
	mostTopicKeeps    = 31 * 24 * 3600
	mostKeptUnread    = 7 * 24 * 3600
	leastSubscription = 24 * 3600
)

var pubSubRules = map[string]*rule{
	topicType: {
		api:      pubSubAPI,
		name:     messageName,
		id:       format("projects/{project}/topics/{name}"),
		replaces: []string{"name", "project"},
		keys:     []keyUse{{path: "kmsKeyName", agent: "gcp-sa-pubsub"}},
		check: func(in resource.PropertyMap) []problem {
			problems := append(notGoog(in), checkSeconds(in, "messageRetentionDuration", leastRetention, mostTopicKeeps)...)
			if regions := at(in, "messageStoragePolicy.allowedPersistenceRegions"); regions.IsArray() && len(regions.ArrayValue()) == 0 {
				problems = append(problems, problem{"messageStoragePolicy.allowedPersistenceRegions", "must name a region: leave the block out to allow all"})
			}
			return problems
		},
		outputs: func(o *op) error {
			o.labels()
			return nil
		},
	},
	subscriptionType: {
		api:       pubSubAPI,
		name:      messageName,
		id:        format("projects/{project}/subscriptions/{name}"),
		defaults:  map[string]any{"messageRetentionDuration": "604800s"},
		replaces:  []string{"enableMessageOrdering", "filter", "name", "project", "topic"},
		conflicts: [][]string{{"pushConfig", "bigqueryConfig", "cloudStorageConfig"}},
		refs:      []reference{{path: "topic", to: topicType, pattern: "projects/{project}/topics/{}"}},
		check: func(in resource.PropertyMap) []problem {
			problems := append(notGoog(in), checkSeconds(in, "messageRetentionDuration", leastRetention, mostKeptUnread)...)
			problems = append(problems, checkSeconds(in, "expirationPolicy.ttl", leastSubscription, 1<<31)...)
			if seconds := number(in, "ackDeadlineSeconds"); has(in, "ackDeadlineSeconds") && !unknown(in, "ackDeadlineSeconds") && (seconds < 10 || seconds > 600) {
				problems = append(problems, problem{"ackDeadlineSeconds", fmt.Sprintf("%v must be from 10 to 600", seconds)})
			}
			return problems
		},
		outputs: func(o *op) error {
			o.labels()
			o.set("ackDeadlineSeconds", 10)
			return nil
		},
	},
}

func notGoog(in resource.PropertyMap) []problem {
	if strings.HasPrefix(text(in, "name"), "goog") {
		return []problem{{"name", "must not begin with goog: choose another"}}
	}
	return nil
}

// checkSeconds judges a duration in seconds; an absent or empty one is no
// bound.
func checkSeconds(in resource.PropertyMap, path string, least, most int) []problem {
	value := text(in, path)
	if value == "" {
		return nil
	}
	seconds, err := strconv.ParseFloat(strings.TrimSuffix(value, "s"), 64)
	if err != nil || !strings.HasSuffix(value, "s") || seconds < float64(least) || seconds > float64(most) {
		return []problem{{path, fmt.Sprintf("%q must be from %ds to %ds: write it like %ds", clip(value), least, most, least)}}
	}
	return nil
}
