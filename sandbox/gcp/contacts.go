package gcp

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var (
	addressForm  = regexp.MustCompile(`^[^@\s]+@([a-z0-9-]+\.)+[a-z]{2,}$`)
	languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z]{2})?$`)

	// https://cloud.google.com/resource-manager/docs/managing-notification-contacts
	contactCategories = []string{
		"ALL", "BILLING", "LEGAL", "PRODUCT_UPDATES", "SECURITY", "SUSPENSION", "TECHNICAL", "TECHNICAL_INCIDENTS",
	}
)

var contactRules = map[string]*rule{
	contactType: {
		api:      "essentialcontacts.googleapis.com",
		owner:    "parent",
		id:       numbered("{parent}/contacts"),
		replaces: []string{"email", "parent"},
		check:    checkContact,
		create: func(o *op) error {
			contacts, err := o.records(contactType)
			if err != nil {
				return err
			}
			for _, contact := range contacts {
				if text(contact.Properties, "email") == o.text("email") && text(contact.Properties, "parent") == o.text("parent") {
					return refuse(409, "alreadyExists", "list all its categories in one contact", "Contact with email %s already exists", o.text("email"))
				}
			}
			return nil
		},
	},
}

func checkContact(in resource.PropertyMap) []problem {
	var problems []problem
	if email := text(in, "email"); email != "" && !addressForm.MatchString(email) {
		problems = append(problems, problem{"email", fmt.Sprintf("%q is not an e-mail address", clip(email))})
	}
	if language := text(in, "languageTag"); language != "" && !languageForm.MatchString(language) {
		problems = append(problems, problem{"languageTag", fmt.Sprintf("%q is not a language: write it like pt-BR", clip(language))})
	}
	if parent := text(in, "parent"); parent != "" && !regexp.MustCompile(`^(projects|folders|organizations)/[^/]+$`).MatchString(parent) {
		problems = append(problems, problem{"parent", fmt.Sprintf("%q is not a parent: write it like projects/my-project", clip(parent))})
	}
	for _, category := range texts(in, "notificationCategorySubscriptions") {
		if !slices.Contains(contactCategories, category) {
			problems = append(problems, problem{"notificationCategorySubscriptions", fmt.Sprintf("%q is not a category: use one of %s", clip(category), strings.Join(contactCategories, ", "))})
		}
	}
	return problems
}
