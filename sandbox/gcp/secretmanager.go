package gcp

import (
	"regexp"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const secretManagerAPI = "secretmanager.googleapis.com"

var secretManagerRules = map[string]*rule{
	secretType: {
		api: secretManagerAPI,
		name: &naming{
			property: "secretId", longest: 255,
			pattern: regexp.MustCompile(`^[a-zA-Z0-9_-]+$`), form: "letters, digits, hyphens and underscores",
		},
		id: format("projects/{project}/secrets/{secretId}"),
		replaces: []string{
			"project", "replication", "replication.auto", "replication.userManaged", "replication.userManaged.replicas",
			"replication.userManaged.replicas.location", "secretId",
		},
		oneOf: [][]string{{"replication.auto", "replication.userManaged"}},
		keys:  []keyUse{{path: "replication.userManaged.replicas.customerManagedEncryption.kmsKeyName", agent: "gcp-sa-secretmanager", place: "replication.userManaged.replicas.location"}},
		outputs: func(o *op) error {
			o.labels()
			o.replace("effectiveAnnotations", annotations(o.in))
			o.set("createTime", o.stamp())
			o.set("name", o.expand("projects/{number}/secrets/{secretId}"))
			return nil
		},
		owns: []string{secretVersionType},
	},
	secretVersionType: {
		api:      secretManagerAPI,
		owner:    "secret",
		defaults: map[string]any{"deletionPolicy": "DELETE", "enabled": true, "isSecretDataBase64": false},
		replaces: []string{"isSecretDataBase64", "secret", "secretData"},
		refs:     []reference{{path: "secret", to: secretType}},
		id: func(o *op) (string, error) {
			version, err := o.nextVersion()
			return "projects/" + o.project.Number + "/secrets/" + segment(o.text("secret"), "secrets") + "/versions/" + version, err
		},
		check: func(in resource.PropertyMap) []problem {
			if data := at(in, "secretData"); data.IsString() && data.StringValue() == "" {
				return []problem{{"secretData", "must not be empty"}}
			}
			return nil
		},
		outputs: func(o *op) error {
			o.set("name", o.id)
			o.set("version", segment(o.id, "versions"))
			o.set("createTime", o.stamp())
			return nil
		},
		// A destroyed version keeps its number, and nothing else.
		// https://cloud.google.com/secret-manager/docs/destroy-secret-version
		abandon: kept,
		erases:  []string{"secretData"},
	},
}

func annotations(in resource.PropertyMap) resource.PropertyValue {
	if v := at(in, "annotations"); v.IsObject() {
		return v
	}
	return resource.NewProperty(resource.PropertyMap{})
}

// nextVersion counts versions as Secret Manager does: from 1, none used twice.
func (o *op) nextVersion() (string, error) {
	newest := 0
	versions, err := o.tx.List(secretVersionType)
	for _, version := range versions {
		if text(version.Properties, "secret") != o.text("secret") {
			continue
		}
		if n, err := strconv.Atoi(text(version.Properties, "version")); err == nil {
			newest = max(newest, n)
		}
	}
	return strconv.Itoa(newest + 1), err
}
