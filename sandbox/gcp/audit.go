package gcp

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var auditRules = map[string]*rule{
	auditConfigType: {
		api:      "cloudresourcemanager.googleapis.com",
		id:       format("{project}/audit_config/{service}"),
		replaces: []string{"project"},
		// It takes over what the project says of the service already.
		shared: true,
		check:  checkAuditConfig,
		outputs: func(o *op) error {
			o.set("etag", fingerprint(o.id))
			return nil
		},
	},
}

// checkAuditConfig wants each log once, of a service that exists.
// https://cloud.google.com/logging/docs/audit/configure-data-access
func checkAuditConfig(in resource.PropertyMap) []problem {
	var problems []problem
	if service := text(in, "service"); service != "" && service != "allServices" && !apiForm.MatchString(service) {
		problems = append(problems, problem{"service", fmt.Sprintf("%q is not a service: write allServices, or one like storage.googleapis.com", clip(service))})
	}
	seen := []string{}
	for _, typ := range texts(in, "auditLogConfigs.logType") {
		if slices.Contains(seen, typ) {
			problems = append(problems, problem{"auditLogConfigs", typ + " is configured twice: list each log once"})
		}
		seen = append(seen, typ)
	}
	for _, member := range texts(in, "auditLogConfigs.exemptedMembers") {
		problems = append(problems, checkMember(resource.PropertyMap{"member": resource.NewProperty(member)})...)
	}
	return problems
}
