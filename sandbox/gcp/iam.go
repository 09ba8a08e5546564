package gcp

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
	"github.com/avila-devops/saas/sandbox/gcp/condition"
)

const iamAPI = "iam.googleapis.com"

var iamRules = map[string]*rule{
	accountType: {
		api: iamAPI,
		// https://cloud.google.com/iam/docs/service-accounts-create
		name: &naming{
			property: "accountId", longest: 30,
			pattern: regexp.MustCompile(`^[a-z][-a-z0-9]{4,28}[a-z0-9]$`),
			form:    "6 to 30 " + labelForm,
		},
		id:       format("projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com"),
		defaults: map[string]any{"disabled": false},
		replaces: []string{"accountId", "project"},
		outputs: func(o *op) error {
			email := o.expand("{accountId}@{project}.iam.gserviceaccount.com")
			o.set("email", email)
			o.set("member", "serviceAccount:"+email)
			o.set("name", o.id)
			o.set("uniqueId", o.numericID())
			return nil
		},
		owns: []string{accountMemberType},
	},
	accountMemberType: memberRule(&rule{
		api:      iamAPI,
		owner:    "serviceAccountId",
		id:       format("{serviceAccountId}/{role}/{member}"),
		replaces: []string{"serviceAccountId"},
		refs:     []reference{{path: "serviceAccountId", to: accountType}},
	}),
	projectMemberType: memberRule(&rule{
		api:      "cloudresourcemanager.googleapis.com",
		id:       format("{project}/{role}/{member}"),
		replaces: []string{"project"},
	}),
	repositoryMemberType: memberRule(&rule{
		api:      artifactRegistryAPI,
		place:    "location",
		id:       format("projects/{project}/locations/{location}/repositories/{repository}/{role}/{member}"),
		replaces: []string{"location", "project", "repository"},
		refs:     []reference{{path: "repository", to: repositoryType, pattern: "projects/{project}/locations/{location}/repositories/{}"}},
	}),
}

// memberRule completes the rule of a type that gives a role to one member.
// Such a resource never changes in place, and giving a role twice is no error.
func memberRule(r *rule) *rule {
	r.replaces = append(r.replaces, "condition", "condition.description", "condition.expression", "condition.title", "member", "role")
	r.shared = true
	r.id = conditional(r.id)
	r.check = checkMember
	create := r.create
	r.create = func(o *op) error {
		if err := errors.Join(o.checkRoleExists(), o.checkPoolExists(), checkMemberExists(o)); err != nil || create == nil {
			return err
		}
		return create(o)
	}
	r.outputs = func(o *op) error {
		o.set("etag", fingerprint(o.id))
		return nil
	}
	return r
}

var (
	everybody = []string{"allUsers", "allAuthenticatedUsers"}
	roleForm  = regexp.MustCompile(`^(roles/[a-zA-Z0-9._]+|(projects|organizations)/[^/]+/roles/[a-zA-Z0-9._]+)$`)
)

func checkMember(in resource.PropertyMap) []problem {
	problems := checkGrantCondition(in)
	if member := text(in, "member"); member != "" && !isMember(member) {
		problems = append(problems, problem{"member", `"` + clip(member) + `" is not an IAM member: ` + memberRemedy})
	}
	if role := text(in, "role"); role != "" && !roleForm.MatchString(role) {
		problems = append(problems, problem{"role", `"` + clip(role) + `" is not a role: write it like roles/container.developer`})
	}
	if expression := text(in, "condition.expression"); expression != "" {
		if err := condition.Check(expression); err != nil {
			problems = append(problems, problem{"condition.expression", fmt.Sprintf("%q is not a condition: %v", clip(expression), err)})
		}
		// https://cloud.google.com/iam/docs/conditions-overview#restrictions
		if role := text(in, "role"); slices.Contains(basicRoles, role) {
			problems = append(problems, problem{"condition", role + " is a basic role, which takes no condition: use a predefined one"})
		}
		if member := text(in, "member"); slices.Contains(everybody, member) {
			problems = append(problems, problem{"condition", member + " takes no condition: name members"})
		}
	}
	return problems
}

// basicRoles are the roles that were there before IAM.
var basicRoles = []string{"roles/editor", "roles/owner", "roles/viewer"}

const accountDomain = ".iam.gserviceaccount.com"

// checkMemberExists refuses a grant to a service account that does not exist,
// as Google does. Accounts of projects outside the sandbox are let through.
// https://cloud.google.com/iam/docs/policies#deleted-members
func checkMemberExists(o *op) error {
	email, isAccount := strings.CutPrefix(o.text("member"), "serviceAccount:")
	name, domain, _ := strings.Cut(email, "@")
	owner, ok := strings.CutSuffix(domain, accountDomain)
	if !isAccount || !ok {
		return nil
	}
	if number, isAgent := strings.CutPrefix(name, "service-"); isAgent && strings.Trim(number, "0123456789") == "" {
		return o.checkAgentExists(email, number, owner)
	}
	return o.checkAccount(email, "member")
}

// checkAccount refuses a service account of a known project that does not
// exist. Other identities, and no identity, are let through.
func (o *op) checkAccount(email, path string) error {
	_, domain, _ := strings.Cut(email, "@")
	owner, ok := strings.CutSuffix(domain, accountDomain)
	if !ok {
		return nil
	}
	projects, err := o.tx.Projects()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(projects, func(p cloud.Project) bool { return p.ID == owner }) {
		return nil
	}
	account, err := o.tx.Get(accountType, "projects/"+owner+"/serviceAccounts/"+email)
	if err != nil || account != nil {
		return err
	}
	return refuse(400, "badRequest", "create the account first, or correct "+path, "Service account %s does not exist.", email)
}

// bornWith are the agents that Google makes when an API is turned on. All
// others have to be asked for, by a gcp.projects.ServiceIdentity.
// https://cloud.google.com/iam/docs/create-service-agents
var bornWith = map[string]string{
	"container-engine-robot": containerAPI,
	"compute-system":         computeAPI,
	"gs-project-accounts":    "storage.googleapis.com",
}

func (o *op) checkAgentExists(email, number, agent string) error {
	projects, err := o.tx.Projects()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(projects, func(p cloud.Project) bool { return p.Number == number })
	if i < 0 {
		return refuse(400, "badRequest", "correct the project's number", "Service account %s does not exist.", email)
	}
	if agent == fillAgent {
		return o.checkFillAgent(email, projects[i].ID)
	}
	if api, ok := bornWith[agent]; ok {
		on, err := o.tx.Get(serviceType, projects[i].ID+"/"+api)
		if err != nil || on != nil {
			return err
		}
		return refuse(400, "badRequest", "enable "+api+" first", "Service account %s does not exist.", email)
	}
	if agent == loggingAgent {
		// A sink's writer is made with the first sink, without being asked for.
		sinks, err := o.live(sinkType)
		if err != nil || len(sinks) > 0 {
			return err
		}
	}
	identities, err := o.tx.List(identityType)
	if err != nil {
		return err
	}
	for _, identity := range identities {
		if text(identity.Properties, "email") == email {
			return nil
		}
	}
	return refuse(400, "badRequest", "make the agent with a gcp.projects.ServiceIdentity, and grant to its email", "Service account %s does not exist.", email)
}
