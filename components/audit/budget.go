package audit

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/billing"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// thresholds are the shares of the budget at which somebody is told: of what
// was spent, and of what the month is heading for.
var thresholds = []struct {
	share float64
	basis string
}{
	{0.5, "CURRENT_SPEND"},
	{0.8, "CURRENT_SPEND"},
	{1.0, "CURRENT_SPEND"},
	{1.0, "FORECASTED_SPEND"},
}

// newBudget tells the alert addresses, and the billing account's own people,
// what the month costs. The budget stops nothing. Whoever deploys needs
// roles/billing.costsManager on the billing account.
func (a *Audit) newBudget(ctx *pulumi.Context, name string, args *Args) error {
	var rules billing.BudgetThresholdRuleArray
	for _, threshold := range thresholds {
		rules = append(rules, billing.BudgetThresholdRuleArgs{
			ThresholdPercent: pulumi.Float64(threshold.share),
			SpendBasis:       pulumi.String(threshold.basis),
		})
	}
	number := args.ProjectNumber
	project := args.Budgets.ToStringOutput().ApplyT(func(string) string { return "projects/" + number }).(pulumi.StringOutput)
	_, err := billing.NewBudget(ctx, name+"-budget", &billing.BudgetArgs{
		BillingAccount: pulumi.String(args.Budget.BillingAccount),
		DisplayName:    pulumi.String(args.ProjectID),
		Amount: billing.BudgetAmountArgs{SpecifiedAmount: billing.BudgetAmountSpecifiedAmountArgs{
			CurrencyCode: pulumi.String("BRL"),
			Units:        pulumi.String(strconv.Itoa(args.Budget.MonthlyBRL)),
		}},
		BudgetFilter: billing.BudgetBudgetFilterArgs{
			Projects:             pulumi.StringArray{project},
			CalendarPeriod:       pulumi.String("MONTH"),
			CreditTypesTreatment: pulumi.String("INCLUDE_ALL_CREDITS"),
		},
		ThresholdRules: rules,
		AllUpdatesRule: billing.BudgetAllUpdatesRuleArgs{
			MonitoringNotificationChannels: a.channels,
			DisableDefaultIamRecipients:    pulumi.Bool(false),
		},
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("create the budget: %w", err)
	}
	return nil
}
