package gcp

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// accountCurrency is what the sandbox's billing accounts are billed in. A
// budget has to be in its account's.
const accountCurrency = "BRL"

var (
	billingAccountForm = regexp.MustCompile(`^(billingAccounts/)?[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$`)
	projectForm        = regexp.MustCompile(`^projects/[0-9]+$`)
)

var billingRules = map[string]*rule{
	budgetType: {
		api: "billingbudgets.googleapis.com",
		id: func(o *op) (string, error) {
			o.set("name", o.serial())
			return o.expand("billingAccounts/{billingAccount}/budgets/{name}"), nil
		},
		defaults: map[string]any{
			"allUpdatesRule.disableDefaultIamRecipients": false, "allUpdatesRule.enableProjectLevelRecipients": false, "allUpdatesRule.schemaVersion": "1.0",
		},
		replaces: []string{"billingAccount"},
		oneOf:    [][]string{{"amount.lastPeriodAmount", "amount.specifiedAmount"}},
		refs:     []reference{{path: "allUpdatesRule.monitoringNotificationChannels", to: channelType}},
		check:    checkBudget,
		create:   checkBudgetFits,
		update:   checkBudgetFits,
	},
}

// mostBudgetChannels is from
// https://cloud.google.com/billing/docs/how-to/budgets-notification-recipients
const mostBudgetChannels = 5

func checkBudget(in resource.PropertyMap) []problem {
	var problems []problem
	if account := text(in, "billingAccount"); account != "" && !billingAccountForm.MatchString(account) {
		problems = append(problems, problem{"billingAccount", fmt.Sprintf("%q is not a billing account: write it like 01A2B3-C4D5E6-F70819", clip(account))})
	}
	if units := text(in, "amount.specifiedAmount.units"); units != "" {
		if n, err := strconv.Atoi(units); err != nil || n < 0 {
			problems = append(problems, problem{"amount.specifiedAmount.units", fmt.Sprintf("%q is not a whole amount", clip(units))})
		}
	}
	for _, share := range each(resource.NewProperty(in), "thresholdRules.thresholdPercent") {
		if share.IsNumber() && (share.NumberValue() <= 0 || share.NumberValue() > 10) {
			problems = append(problems, problem{"thresholdRules.thresholdPercent", fmt.Sprintf("%v is a share, not a percentage: write 0.5 for 50 %%", share.NumberValue())})
		}
	}
	for _, project := range texts(in, "budgetFilter.projects") {
		if !projectForm.MatchString(project) {
			problems = append(problems, problem{"budgetFilter.projects", fmt.Sprintf("%q is not a project: write it by number, like projects/123456789012", clip(project))})
		}
	}
	if n := len(texts(in, "allUpdatesRule.monitoringNotificationChannels")); n > mostBudgetChannels {
		problems = append(problems, problem{"allUpdatesRule.monitoringNotificationChannels", fmt.Sprintf("has %d channels: at most %d are allowed", n, mostBudgetChannels)})
	}
	return problems
}

// checkBudgetFits refuses another currency than the account's, and projects
// that do not exist.
func checkBudgetFits(o *op) error {
	if currency := o.text("amount.specifiedAmount.currencyCode"); currency != "" && currency != accountCurrency {
		return invalid("write the amount in "+accountCurrency, "Request contains an invalid argument: currency %s of the budget is not the billing account's, which is %s", clip(currency), accountCurrency)
	}
	projects, err := o.tx.Projects()
	if err != nil {
		return err
	}
	for _, wanted := range texts(o.in, "budgetFilter.projects") {
		if !containsProject(projects, wanted) {
			return notFound("correct the project's number", "The project '%s' was not found under the billing account", wanted)
		}
	}
	return nil
}

func containsProject(projects []cloud.Project, path string) bool {
	for _, p := range projects {
		if "projects/"+p.Number == path {
			return true
		}
	}
	return false
}
