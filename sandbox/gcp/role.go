package gcp

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// A custom role that is deleted can be brought back for 7 days, which the
// provider does by itself, and keeps its id for 30 more.
// https://cloud.google.com/iam/docs/creating-custom-roles#deleting-custom-role
const (
	revivedRole  = 7 * 24 * time.Hour
	reservedRole = 37 * 24 * time.Hour
)

var permissionForm = regexp.MustCompile(`^[a-z][a-zA-Z0-9-]*(\.[a-zA-Z0-9]+){2,}$`)

// notInProjects begin the permissions that only roles of an organization hold.
var notInProjects = []string{"resourcemanager.folders.", "resourcemanager.organizations.", "resourcemanager.projects.list"}

// mostPermissions bounds a custom role.
// https://cloud.google.com/iam/quotas
const mostPermissions = 3000

var roleRules = map[string]*rule{
	customRoleType: {
		api: iamAPI,
		name: &naming{
			property: "roleId", longest: 64,
			pattern: regexp.MustCompile(`^[a-zA-Z0-9_.]{3,64}$`), form: "3 to 64 letters, digits, underscores and dots",
		},
		id:       format("projects/{project}/roles/{roleId}"),
		replaces: []string{"project", "roleId"},
		check:    checkCustomRole,
		outputs: func(o *op) error {
			o.replace("name", o.id)
			o.replace("deleted", false)
			return nil
		},
		abandon: kept, reserved: reservedRole, revived: revivedRole,
	},
}

func checkCustomRole(in resource.PropertyMap) []problem {
	problems := atMost(in, map[string]int{"title": 100, "description": 300})
	permissions := at(in, "permissions")
	if permissions.IsArray() && len(permissions.ArrayValue()) == 0 {
		problems = append(problems, problem{"permissions", "must not be empty: a role without permissions says nothing"})
	}
	all := texts(in, "permissions")
	if len(all) > mostPermissions {
		problems = append(problems, problem{"permissions", fmt.Sprintf("has %d entries: at most %d are allowed", len(all), mostPermissions)})
	}
	for _, permission := range all {
		if !permissionForm.MatchString(permission) {
			problems = append(problems, problem{"permissions", fmt.Sprintf("%q is not a permission: write it like compute.networks.get; wildcards are not allowed", clip(permission))})
		}
		for _, prefix := range notInProjects {
			if strings.HasPrefix(permission, prefix) {
				problems = append(problems, problem{"permissions", fmt.Sprintf("Permission %s is not valid: only a role of an organization can hold it", permission)})
			}
		}
	}
	return problems
}

// checkRoleExists refuses a grant of a custom role of this project that is not
// there.
func (o *op) checkRoleExists() error {
	role := o.text("role")
	if !strings.HasPrefix(role, "projects/"+o.project.ID+"/") {
		return nil
	}
	found, err := o.tx.Get(customRoleType, role)
	if err != nil || found != nil && !found.Abandoned {
		return err
	}
	return refuse(400, "badRequest", "create the role first, or correct role", "Role (%s) does not exist in the resource's hierarchy.", role)
}
