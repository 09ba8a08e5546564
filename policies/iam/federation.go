package iam

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

// github signs tokens for the jobs of everybody's repositories.
const github = "https://token.actions.githubusercontent.com"

// term is one comparison of a claim with a text.
var term = regexp.MustCompile(`^assertion\.([a-z_]+) == '([^'\\*]+)'$`)

// demanded are the claims that a condition must compare, and with what.
var demanded = map[string]*regexp.Regexp{
	"repository_owner_id": regexp.MustCompile(`^[1-9][0-9]*$`),
	"repository_id":       regexp.MustCompile(`^[1-9][0-9]*$`),
	"sub":                 regexp.MustCompile(`^repo:[^:/]+/[^:/]+:.+$`),
}

// exactFederation wants a condition that is nothing but comparisons, all of
// which must hold: anything cleverer is too clever to audit.
func exactFederation(m property.Map) []control.Finding {
	const path = "attributeCondition"
	if issuer := control.String(m, "oidc.issuerUri"); issuer != "" && issuer != github {
		return []control.Finding{{Property: "oidc.issuerUri", Fault: fmt.Sprintf("is %q, whom no one here trusts", issuer)}}
	}
	value := m.Get(path)
	switch {
	case value.IsComputed():
		return nil
	case !value.IsString() || value.AsString() == "":
		return []control.Finding{{Property: path, Fault: "is not set: every repository is trusted"}}
	}
	claims := map[string]string{}
	for _, text := range strings.Split(value.AsString(), " && ") {
		found := term.FindStringSubmatch(text)
		if found == nil {
			return []control.Finding{{Property: path, Fault: fmt.Sprintf("holds %q, which is not a comparison of a claim with a text", text)}}
		}
		claims[found[1]] = found[2]
	}
	for _, claim := range []string{"repository_owner_id", "repository_id", "sub"} {
		if !demanded[claim].MatchString(claims[claim]) {
			return []control.Finding{{Property: path, Fault: fmt.Sprintf("compares %s with %q", claim, claims[claim])}}
		}
	}
	branch := strings.HasPrefix(claims["ref"], "refs/heads/")
	request := claims["event_name"] == "pull_request" && claims["base_ref"] != "" && strings.HasSuffix(claims["sub"], ":pull_request")
	if branch == request {
		return []control.Finding{{Property: path, Fault: "names neither one branch nor pull requests into one"}}
	}
	return nil
}
