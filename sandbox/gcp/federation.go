package gcp

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/cel"
)

// reservedPool is how long a deleted pool or provider keeps its id.
// https://cloud.google.com/iam/docs/manage-workload-identity-pools-providers#delete-pool
const reservedPool = 30 * 24 * time.Hour

// poolName is how pools and providers are named: 4 to 32 characters.
func poolName(property string) *naming {
	return &naming{
		property: property, longest: 32,
		pattern: regexp.MustCompile(`^[a-z0-9-]{4,32}$`), form: "4 to 32 lower-case letters, digits and hyphens",
	}
}

var federationRules = map[string]*rule{
	workloadPoolType: {
		api:      iamAPI,
		name:     poolName("workloadIdentityPoolId"),
		id:       format("projects/{project}/locations/global/workloadIdentityPools/{workloadIdentityPoolId}"),
		replaces: []string{"project", "workloadIdentityPoolId"},
		check: func(in resource.PropertyMap) []problem {
			return append(notGoogles(in, "workloadIdentityPoolId"), atMost(in, map[string]int{"displayName": 32, "description": 256})...)
		},
		outputs: func(o *op) error {
			o.replace("name", o.expand("projects/{number}/locations/global/workloadIdentityPools/{workloadIdentityPoolId}"))
			o.replace("state", "ACTIVE")
			return nil
		},
		abandon: kept, reserved: reservedPool,
	},
	workloadProviderType: {
		api:      iamAPI,
		name:     poolName("workloadIdentityPoolProviderId"),
		id:       format("projects/{project}/locations/global/workloadIdentityPools/{workloadIdentityPoolId}/providers/{workloadIdentityPoolProviderId}"),
		replaces: []string{"project", "workloadIdentityPoolId", "workloadIdentityPoolProviderId"},
		oneOf:    [][]string{{"aws", "oidc", "saml"}},
		refs: []reference{
			{path: "workloadIdentityPoolId", to: workloadPoolType, pattern: "projects/{project}/locations/global/workloadIdentityPools/{}"},
		},
		check: checkProvider,
		outputs: func(o *op) error {
			o.replace("name", o.expand("projects/{number}/locations/global/workloadIdentityPools/{workloadIdentityPoolId}/providers/{workloadIdentityPoolProviderId}"))
			o.replace("state", "ACTIVE")
			return nil
		},
		abandon: kept, reserved: reservedPool,
	},
}

// notGoogles refuses ids that Google keeps for itself.
func notGoogles(in resource.PropertyMap, path string) []problem {
	if strings.HasPrefix(text(in, path), "gcp-") {
		return []problem{{path, "the prefix gcp- is reserved for Google: choose another"}}
	}
	return nil
}

func atMost(in resource.PropertyMap, limits map[string]int) []problem {
	var problems []problem
	for path, most := range limits {
		if n := len(text(in, path)); n > most {
			problems = append(problems, problem{path, fmt.Sprintf("has %d characters: at most %d are allowed", n, most)})
		}
	}
	return problems
}

var (
	mappedName = regexp.MustCompile(`^(google\.(subject|groups|display_name|profile_photo|posix_username)|attribute\.[a-z0-9_]{1,100})$`)
	// manyTenants are issuers that sign for everybody: without a condition, any
	// of their customers would be let in, and Google refuses that.
	// https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines#conditions
	manyTenants = []string{"https://token.actions.githubusercontent.com", "https://gitlab.com", "https://app.terraform.io"}
)

// checkProvider judges issuer, mapping and condition.
// https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers
func checkProvider(in resource.PropertyMap) []problem {
	problems := append(notGoogles(in, "workloadIdentityPoolProviderId"), atMost(in, map[string]int{"displayName": 32, "description": 256, "attributeCondition": 4096})...)
	issuer := text(in, "oidc.issuerUri")
	if issuer != "" && !strings.HasPrefix(issuer, "https://") {
		problems = append(problems, problem{"oidc.issuerUri", fmt.Sprintf("%q must be an https address", clip(issuer))})
	}
	mapping := at(in, "attributeMapping")
	if unknown(in, "attributeMapping") {
		return problems
	}
	mapped := map[string]bool{"google.subject": false}
	if mapping.IsObject() {
		for _, name := range slices.Sorted(maps.Keys(mapping.ObjectValue())) {
			mapped[string(name)] = true
			problems = append(problems, checkMapped(string(name), plain(mapping.ObjectValue()[name]))...)
		}
	}
	if !mapped["google.subject"] {
		problems = append(problems, problem{"attributeMapping", "must map google.subject: write google.subject: assertion.sub"})
	}
	condition := text(in, "attributeCondition")
	if condition == "" {
		if slices.Contains(manyTenants, issuer) && !unknown(in, "attributeCondition") {
			problems = append(problems, problem{"attributeCondition", "The attribute condition must reference one of the provider's claims: this issuer signs for everybody"})
		}
		return problems
	}
	return append(problems, checkCondition(condition, issuer, mapped)...)
}

func checkMapped(name string, value resource.PropertyValue) []problem {
	path := "attributeMapping." + name
	if !mappedName.MatchString(name) {
		return []problem{{path, "is no attribute: use google.subject, google.groups or attribute.name with lower-case letters, digits and underscores"}}
	}
	if !value.IsString() {
		return nil
	}
	e, err := cel.Parse(value.StringValue())
	if err != nil {
		return []problem{{path, fmt.Sprintf("%q is not an expression: %v", clip(value.StringValue()), err)}}
	}
	for _, root := range e.Roots {
		if root != "assertion" {
			return []problem{{path, fmt.Sprintf("%q speaks of %s: only assertion is known here", clip(value.StringValue()), root)}}
		}
	}
	return nil
}

// checkCondition judges a provider's condition by the attributes that are
// mapped.
func checkCondition(condition, issuer string, mapped map[string]bool) []problem {
	const path = "attributeCondition"
	e, err := cel.Parse(condition)
	if err != nil {
		return []problem{{path, fmt.Sprintf("%q is not an expression: %v", clip(condition), err)}}
	}
	if !e.Truth {
		return []problem{{path, fmt.Sprintf("%q is neither true nor false", clip(condition))}}
	}
	var problems []problem
	for i, root := range e.Roots {
		switch {
		case root == "assertion":
		case root != "attribute" && root != "google":
			problems = append(problems, problem{path, fmt.Sprintf("speaks of %s: only assertion, attribute and google are known here", root)})
		case !mapped[e.Paths[i]]:
			problems = append(problems, problem{path, fmt.Sprintf("speaks of %s, which attributeMapping does not map", e.Paths[i])})
		}
	}
	if slices.Contains(manyTenants, issuer) && len(e.Roots) == 0 {
		problems = append(problems, problem{path, "The attribute condition must reference one of the provider's claims: this issuer signs for everybody"})
	}
	return problems
}
