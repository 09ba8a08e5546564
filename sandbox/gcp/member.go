package gcp

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/cel"
	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// How IAM writes members.
// https://cloud.google.com/iam/docs/principal-identifiers
var (
	memberForms = []*regexp.Regexp{
		regexp.MustCompile(`^(user|group|serviceAccount):[^@\s:/\[\]]+@[a-z0-9.-]+\.[a-z]{2,}$`),
		regexp.MustCompile(`^domain:[a-z0-9.-]+\.[a-z]{2,}$`),
		workloadMember, federatedMember,
	}
	// workloadMember is a Kubernetes service account of a project's clusters.
	workloadMember = regexp.MustCompile(`^serviceAccount:([a-z][a-z0-9-]{4,28}[a-z0-9])\.svc\.id\.goog\[([a-z0-9-]{1,63})/([a-z0-9.-]{1,253})\]$`)
	// federatedMember is one identity of a workload identity pool, or a set.
	federatedMember = regexp.MustCompile(`^(?:principal://iam\.googleapis\.com/projects/([0-9]+)/locations/global/workloadIdentityPools/([^/]+)/subject/.+` +
		`|principalSet://iam\.googleapis\.com/projects/([0-9]+)/locations/global/workloadIdentityPools/([^/]+)/(?:group/.+|attribute\.[a-z0-9_]+/.+|\*))$`)
)

const memberRemedy = "write it like serviceAccount:name@project.iam.gserviceaccount.com, group:name@domain, " +
	"serviceAccount:project.svc.id.goog[namespace/account] or principal://iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/subject/SUBJECT"

func isMember(member string) bool {
	return slices.Contains(everybody, member) || slices.ContainsFunc(memberForms, func(form *regexp.Regexp) bool { return form.MatchString(member) })
}

// checkPoolExists refuses a grant to identities of a pool that is not there: a
// project's workload pool comes with its first cluster.
// https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
func (o *op) checkPoolExists() error {
	member := o.text("member")
	if found := workloadMember.FindStringSubmatch(member); found != nil {
		clusters, err := o.live(clusterType)
		if err != nil {
			return err
		}
		pool := found[1] + ".svc.id.goog"
		if slices.ContainsFunc(clusters, func(c *cloud.Record) bool { return text(c.Properties, "workloadIdentityConfig.workloadPool") == pool }) {
			return nil
		}
		return refuse(400, "badRequest", "create the first cluster with Workload Identity before, and let this grant depend on it", "Identity Pool does not exist (%s). Please check that you specified a valid resource name as returned in the `name` attribute in the configuration API.", pool)
	}
	found := federatedMember.FindStringSubmatch(member)
	if found == nil {
		return nil
	}
	number, pool := found[1]+found[3], found[2]+found[4]
	projects, err := o.tx.Projects()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(projects, func(p cloud.Project) bool { return p.Number == number })
	name := fmt.Sprintf("projects/%s/locations/global/workloadIdentityPools/%s", number, pool)
	remedy := "correct the project's number"
	if i >= 0 {
		record, err := o.tx.Get(workloadPoolType, "projects/"+projects[i].ID+"/locations/global/workloadIdentityPools/"+pool)
		if err != nil || record != nil && !record.Abandoned {
			return err
		}
		remedy = "create the pool first, and let this grant depend on it"
	}
	return refuse(400, "badRequest", remedy, "Identity Pool does not exist (%s). Please check that you specified a valid resource name as returned in the `name` attribute in the configuration API.", name)
}

// What conditions of grants may speak of, and how much.
// https://cloud.google.com/iam/docs/conditions-attribute-reference
// https://cloud.google.com/iam/quotas
var (
	conditionRoots = []string{"resource", "request", "api", "destination"}
	conditionCalls = []string{
		"startsWith", "endsWith", "extract", "getAttribute", "hasOnly", "timestamp", "duration", "date",
		"getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes", "getSeconds",
		"matchTag", "matchTagId", "hasTagKey", "hasTagKeyId", "size", "int",
	}
)

const mostLogical = 12

// checkGrantCondition judges the condition of a grant.
func checkGrantCondition(in resource.PropertyMap) []problem {
	const path = "condition.expression"
	problems := atMost(in, map[string]int{"condition.title": 100, "condition.description": 256})
	if strings.Contains(text(in, "role"), "roles/owner") || strings.Contains(text(in, "role"), "roles/editor") || text(in, "role") == "roles/viewer" {
		if has(in, "condition") {
			problems = append(problems, problem{"condition", "basic roles take no condition: grant a narrower role"})
		}
	}
	expression := text(in, path)
	if expression == "" {
		return problems
	}
	e, err := cel.Parse(expression)
	switch {
	case err != nil:
		return append(problems, problem{path, fmt.Sprintf("%q is not an expression: %v", clip(expression), err)})
	case !e.Truth:
		problems = append(problems, problem{path, fmt.Sprintf("%q is neither true nor false", clip(expression))})
	case e.Logical > mostLogical:
		problems = append(problems, problem{path, fmt.Sprintf("has %d logical operators: at most %d are allowed", e.Logical, mostLogical)})
	}
	for _, root := range e.Roots {
		if !slices.Contains(conditionRoots, root) {
			problems = append(problems, problem{path, fmt.Sprintf("speaks of %s: only %s are known here", root, strings.Join(conditionRoots, ", "))})
		}
	}
	for _, call := range e.Calls {
		if !slices.Contains(conditionCalls, call) {
			problems = append(problems, problem{path, fmt.Sprintf("calls %s, which conditions of grants do not have", call)})
		}
	}
	return problems
}

// conditional adds to the id of a grant what its condition is, as the provider
// does: the same grant under another condition is another.
func conditional(id func(*op) (string, error)) func(*op) (string, error) {
	return func(o *op) (string, error) {
		made, err := id(o)
		if err != nil || !has(o.in, "condition") {
			return made, err
		}
		return made + "/" + o.text("condition.title") + "/" + o.text("condition.description") + "/" + o.text("condition.expression"), nil
	}
}
