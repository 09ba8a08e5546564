package gcp

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// checkUpstream judges where a repository takes from what it does not have.
// https://cloud.google.com/artifact-registry/docs/repositories/remote-overview
func checkUpstream(in resource.PropertyMap) []problem {
	var problems []problem
	remote := text(in, "mode") == "REMOTE_REPOSITORY"
	if text(in, "mode") != "" && remote != has(in, "remoteRepositoryConfig") {
		problems = append(problems, problem{"remoteRepositoryConfig", "must be set when mode is REMOTE_REPOSITORY, and only then"})
	}
	if remote && flag(in, "dockerConfig.immutableTags") {
		problems = append(problems, problem{"dockerConfig.immutableTags", "only a standard repository has tags of its own: remove it"})
	}
	for format, block := range map[string]string{"DOCKER": "dockerRepository", "MAVEN": "mavenRepository", "NPM": "npmRepository", "PYTHON": "pythonRepository"} {
		path := "remoteRepositoryConfig." + block
		if !has(in, path) {
			continue
		}
		if actual := text(in, "format"); actual != "" && actual != format {
			problems = append(problems, problem{path, fmt.Sprintf("does not fit format %s", actual)})
		}
		if !has(in, path+".publicRepository") && !has(in, path+".customRepository") {
			problems = append(problems, problem{path, "names no upstream: set publicRepository or customRepository"})
		}
		if uri := text(in, path+".customRepository.uri"); uri != "" {
			if u, err := url.Parse(uri); err != nil || u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" && format == "DOCKER" {
				problems = append(problems, problem{path + ".customRepository.uri", fmt.Sprintf("%q is not an upstream: write it like https://quay.io", clip(uri))})
			}
		}
	}
	return problems
}

// mostCleanups bounds a repository's cleanup policies.
// https://cloud.google.com/artifact-registry/quotas
const mostCleanups = 10

// checkCleanup judges what is deleted and what is kept.
// https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy
func checkCleanup(in resource.PropertyMap) []problem {
	const path = "cleanupPolicies"
	var problems []problem
	seen := map[string]bool{}
	policies := each(resource.NewProperty(in), path)
	if len(policies) > mostCleanups {
		problems = append(problems, problem{path, fmt.Sprintf("has %d entries: at most %d are allowed", len(policies), mostCleanups)})
	}
	for _, policy := range policies {
		m := policy.ObjectValue()
		id := text(m, "id")
		at := path + "[" + clip(id) + "]"
		if seen[id] {
			problems = append(problems, problem{at, "is there twice: give each policy an id of its own"})
		}
		seen[id] = true
		recent := has(m, "mostRecentVersions")
		if recent == has(m, "condition") {
			problems = append(problems, problem{at, "exactly one of condition and mostRecentVersions must be set"})
		}
		if recent && text(m, "action") == "DELETE" {
			problems = append(problems, problem{at, "mostRecentVersions can only be kept: set action to KEEP"})
		}
		if recent && number(m, "mostRecentVersions.keepCount") < 1 {
			problems = append(problems, problem{at, "must keep at least one version"})
		}
		for _, age := range []string{"condition.olderThan", "condition.newerThan"} {
			problems = append(problems, checkSeconds(m, age, 1, 1<<31)...)
		}
		if text(m, "condition.tagState") == "UNTAGGED" && has(m, "condition.tagPrefixes") {
			problems = append(problems, problem{at, "what has no tag has no tag's prefix: remove tagPrefixes"})
		}
	}
	return problems
}
