package settings

const repositoryType = "gcp:artifactregistry/repository:Repository"

var registry = Part{"Registry", []Row{
	{Setting: "our images", Type: repositoryType, Name: "-images", Path: "format", Want: is("DOCKER")},
	{Setting: "our key", Type: repositoryType, Path: "kmsKeyName", Want: set()},
	{Setting: "a tag never moves", Type: repositoryType, Name: "-images", Path: "dockerConfig.immutableTags", Want: is(true)},
	{Setting: "images refuse deletion", Type: repositoryType, Guarded: true},
	{Setting: "nodes may pull, and no more", Type: "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember", Name: "-reader-", Path: "role", Want: is("roles/artifactregistry.reader")},
	{Setting: "registries of others are mirrored", Type: repositoryType, Name: "mirror", Path: "mode", Want: is("REMOTE_REPOSITORY")},
	{Setting: "old images go", Type: repositoryType, Name: "-images", Path: "cleanupPolicies", Want: set()},
}}
