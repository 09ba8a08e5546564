package spec

import (
	"fmt"
	"regexp"
	"strings"
)

// GitHub is the repository whose workflows may act on the environment, without
// a key: Google trusts the token that GitHub gives a job. Ids identify it,
// because a name that is given up can be registered by someone else.
type GitHub struct {
	OwnerID      string `config:"ownerId"`      // number of the owner: gh api users/OWNER --jq .id
	RepositoryID string `config:"repositoryId"` // number of the repository: gh api repos/OWNER/NAME --jq .id
	Repository   string `config:"repository"`   // OWNER/NAME, which GitHub writes into the token's subject
	Branch       string `config:"branch"`       // the one branch that is applied; previews are of pull requests into it
	Environment  string `config:"environment"`  // GitHub environment that the applying job runs in; the stack's name unless set
}

// Ref is the branch as GitHub's tokens name it.
func (g GitHub) Ref() string { return "refs/heads/" + g.Branch }

// What GitHub lets a name be. Neither a quote nor a backslash is among it:
// these values stand inside conditions.
var (
	gitHubID          = regexp.MustCompile(`^[1-9][0-9]{0,18}$`)
	gitHubRepository  = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?/[A-Za-z0-9._-]{1,100}$`)
	gitHubBranch      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$`)
	gitHubEnvironment = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)
)

func (g *GitHub) applyDefaults(stack string) { setDefault(&g.Environment, stack) }

func (g GitHub) validate(ps *problems) {
	path := key("github")
	const ids = "ids are digits, in quotes: gh api repos/OWNER/NAME --jq '.owner.id, .id' prints them"
	match(ps, path+".ownerId", g.OwnerID, gitHubID, "is not an owner's id", ids)
	match(ps, path+".repositoryId", g.RepositoryID, gitHubID, "is not a repository's id", ids)
	match(ps, path+".repository", g.Repository, gitHubRepository, "is not a repository", "write it like avila-devops/saas")
	match(ps, path+".environment", g.Environment, gitHubEnvironment, "is not an environment's name", "use letters, digits, hyphens and underscores")
	match(ps, path+".branch", g.Branch, gitHubBranch, "is not a branch", "name one branch, without wildcards, like main")
	if strings.HasPrefix(g.Branch, "refs/") || strings.Contains(g.Branch, "..") || strings.HasSuffix(g.Branch, "/") {
		ps.add(ErrInvalid, path+".branch", g.Branch, "is not a branch's short name", fmt.Sprintf("write %s", strings.TrimPrefix(g.Branch, "refs/heads/")))
	}
}
