package settings

const providerType = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"

var federation = Part{"Federation", []Row{
	{Setting: "GitHub's tokens, and nobody else's", Type: providerType, Path: "oidc.issuerUri", Want: is("https://token.actions.githubusercontent.com")},
	{Setting: "only of our repository", Type: providerType, Path: "attributeCondition", Want: matches("repository")},
	{Setting: "a plan has an identity of its own", Type: "gcp:iam/workloadIdentityPool:WorkloadIdentityPool", Name: "-plan-"},
	{Setting: "and an apply another", Type: "gcp:iam/workloadIdentityPool:WorkloadIdentityPool", Name: "-apply-"},
	{Setting: "an apply is bound to the branch", Type: providerType, Name: "-apply-", Path: "attributeCondition", Want: matches("refs/heads/")},
	{Setting: "jobs act as the account, one subject each", Type: "gcp:serviceaccount/iAMMember:IAMMember", Name: "-trust", Path: "role", Want: is("roles/iam.workloadIdentityUser")},
}}
