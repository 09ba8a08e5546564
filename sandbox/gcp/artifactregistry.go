package gcp

import (
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const artifactRegistryAPI = "artifactregistry.googleapis.com"

var artifactRegistryRules = map[string]*rule{
	repositoryType: {
		api: artifactRegistryAPI,
		name: &naming{
			property: "repositoryId", longest: 63,
			pattern: label, form: labelForm,
		},
		place: "location",
		id:    format("projects/{project}/locations/{location}/repositories/{repositoryId}"),
		replaces: concat(
			[]string{
				"format", "kmsKeyName", "location", "mode", "project", "repositoryId",
				"mavenConfig.allowSnapshotOverwrites", "mavenConfig.versionPolicy", "remoteRepositoryConfig",
			},
			under("remoteRepositoryConfig", concat(
				[]string{"aptRepository", "description", "dockerRepository", "mavenRepository", "npmRepository", "pythonRepository", "upstreamCredentials", "yumRepository"},
				under("aptRepository", "publicRepository", "publicRepository.repositoryBase", "publicRepository.repositoryPath"),
				under("dockerRepository", "customRepository", "customRepository.uri", "publicRepository"),
				under("mavenRepository", "customRepository", "customRepository.uri", "publicRepository"),
				under("npmRepository", "customRepository", "customRepository.uri", "publicRepository"),
				under("pythonRepository", "customRepository", "customRepository.uri", "publicRepository"),
				under("upstreamCredentials", "usernamePasswordCredentials", "usernamePasswordCredentials.passwordSecretVersion", "usernamePasswordCredentials.username"),
				under("yumRepository", "publicRepository", "publicRepository.repositoryBase", "publicRepository.repositoryPath"),
			)...),
		),
		conflicts: [][]string{
			{"remoteRepositoryConfig", "virtualRepositoryConfig"},
			{"remoteRepositoryConfig.dockerRepository.customRepository", "remoteRepositoryConfig.dockerRepository.publicRepository"},
			{"remoteRepositoryConfig.mavenRepository.customRepository", "remoteRepositoryConfig.mavenRepository.publicRepository"},
			{"remoteRepositoryConfig.npmRepository.customRepository", "remoteRepositoryConfig.npmRepository.publicRepository"},
			{"remoteRepositoryConfig.pythonRepository.customRepository", "remoteRepositoryConfig.pythonRepository.publicRepository"},
		},
		oneOf: [][]string{under("remoteRepositoryConfig", "aptRepository", "dockerRepository", "mavenRepository", "npmRepository", "pythonRepository", "yumRepository")},
		keys:  []keyUse{{path: "kmsKeyName", agent: "gcp-sa-artifactregistry", place: "location"}},
		check: func(in resource.PropertyMap) []problem {
			if format := text(in, "format"); format != "" && !formatForm.MatchString(format) {
				return []problem{{"format", `"` + clip(format) + `" is not a format: use one like DOCKER, MAVEN, NPM, PYTHON or GENERIC`}}
			}
			if has(in, "dockerConfig") && text(in, "format") != "" && text(in, "format") != "DOCKER" {
				return []problem{{"dockerConfig", "only a repository of format DOCKER has it: remove it"}}
			}
			return append(checkUpstream(in), checkCleanup(in)...)
		},
		outputs: func(o *op) error {
			o.labels()
			o.set("name", o.text("repositoryId"))
			o.set("createTime", o.stamp())
			o.replace("updateTime", o.stamp())
			return nil
		},
		owns: []string{repositoryMemberType},
	},
}

var formatForm = regexp.MustCompile(`^[A-Z]+$`)
