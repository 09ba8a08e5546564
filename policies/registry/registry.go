// Package registry holds the controls over images: where they lie, who may
// take them, what is looked for in them, and which of them run.
package registry

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

const (
	repositoryType = "gcp:artifactregistry/repository:Repository"
	memberType     = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
	policyType     = "gcp:binaryauthorization/policy:Policy"
	serviceType    = "gcp:projects/service:Service"
)

// Controls are the area's controls of single resources.
var Controls = []control.Control{
	{
		ID: "registry-customer-key", Title: "Images are encrypted with a key of ours", Source: "CKV_GCP_84",
		Remedy: "set kmsKeyName", Types: []string{repositoryType}, Judge: control.Set("kmsKeyName"),
	},
	{
		ID: "registry-immutable-tags", Title: "A tag that was pushed cannot be moved", Source: "own: releases are what was reviewed",
		Remedy: "set dockerConfig.immutableTags to true", Types: []string{repositoryType}, Judge: immutable,
	},
	{
		ID: "registry-not-public", Title: "Images are not everybody's to take", Source: "CKV_GCP_101",
		Remedy: "grant to named members", Types: []string{memberType}, Judge: notPublic,
	},
	{
		ID: "admission-attested", Title: "What is not attested does not run, and is logged", Source: "CIS GKE 1.9 5.10.4, CKV_GCP_66",
		Remedy: "set defaultAdmissionRule to REQUIRE_ATTESTATION and ENFORCED_BLOCK_AND_AUDIT_LOG, without rules for single clusters", Types: []string{policyType},
		Judge: control.All(control.OneOf("defaultAdmissionRule.evaluationMode", "REQUIRE_ATTESTATION", "ALWAYS_DENY"),
			control.OneOf("defaultAdmissionRule.enforcementMode", "ENFORCED_BLOCK_AND_AUDIT_LOG"), noClusterRules),
	},
	{
		ID: "admission-by-digest", Title: "Images of others are admitted by path and digest", Source: "CKV_K8S_43",
		Remedy: "write the image's path in our registry, @, and its digest", Types: []string{policyType}, Judge: byDigest,
	},
}

// StackControls are the area's controls over a whole stack.
var StackControls = []control.StackControl{{
	ID: "registry-scanning", Title: "Images are looked through for vulnerabilities", Source: "CIS GKE 1.9 5.1.1",
	Remedy: "enable containerscanning.googleapis.com in the project", Judge: scanned,
}}

// immutable leaves mirrors out: they have no tags of their own.
func immutable(m property.Map) []control.Finding {
	if mode := control.String(m, "mode"); mode == "REMOTE_REPOSITORY" || mode == "VIRTUAL_REPOSITORY" {
		return nil
	}
	if format := control.String(m, "format"); format != "" && format != "DOCKER" {
		return nil
	}
	return control.Must(true, "dockerConfig.immutableTags")(m)
}

func notPublic(m property.Map) []control.Finding {
	if member := control.String(m, "member"); slices.Contains([]string{"allUsers", "allAuthenticatedUsers"}, member) {
		return []control.Finding{{Property: "member", Fault: "is " + member}}
	}
	return nil
}

func noClusterRules(m property.Map) []control.Finding {
	if rules := m.Get("clusterAdmissionRules"); rules.IsArray() && rules.AsArray().Len() > 0 {
		return []control.Finding{{Property: "clusterAdmissionRules", Fault: "excepts a cluster"}}
	}
	return nil
}

var digested = regexp.MustCompile(`^[a-z0-9-]+-docker\.pkg\.dev/[^*@]+@sha256:[0-9a-f]{64}$`)

func byDigest(m property.Map) []control.Finding {
	patterns := m.Get("admissionWhitelistPatterns")
	if !patterns.IsArray() {
		return nil
	}
	var findings []control.Finding
	for i, pattern := range patterns.AsArray().AsSlice() {
		if !pattern.IsMap() {
			continue
		}
		if name := pattern.AsMap().Get("namePattern"); name.IsString() && !digested.MatchString(name.AsString()) {
			findings = append(findings, control.Finding{
				Property: fmt.Sprintf("admissionWhitelistPatterns[%d].namePattern", i), Fault: fmt.Sprintf("is %q", name.AsString()),
			})
		}
	}
	return findings
}

// scanned wants the API that looks through images on where there are any: the
// provider has no switch of a repository for it.
func scanned(stack control.Stack) []control.StackFinding {
	for _, r := range stack {
		if r.Type == serviceType && control.String(r.Properties, "service") == "containerscanning.googleapis.com" {
			return nil
		}
	}
	for _, r := range stack {
		if r.Type == repositoryType {
			return []control.StackFinding{r.Finding("images", "are looked through by nothing")}
		}
	}
	return nil
}
