package spec

import "regexp"

// Ownership says whose an environment is, on every resource that can carry
// labels.
type Ownership struct {
	Owner      string `config:"owner"`      // team that answers for it
	CostCentre string `config:"costCentre"` // who pays
}

// The labels of every resource that can carry any.
const (
	LabelEnvironment = "environment"
	LabelComponent   = "component"
	LabelOwner       = "owner"
	LabelCostCentre  = "cost-centre"
	LabelTenant      = "tenant" // where there is one
)

// labelValue is what Google Cloud accepts for a label:
// cloud.google.com/resource-manager/docs/labels-overview.
var labelValue = regexp.MustCompile(`^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$`)

func (o Ownership) validate(ps *problems) {
	path := key("ownership")
	const remedy = "use up to 63 lower-case letters, digits, hyphens and underscores"
	match(ps, path+".owner", o.Owner, labelValue, "is not a label", remedy)
	match(ps, path+".costCentre", o.CostCentre, labelValue, "is not a label", remedy)
}

// Labels are the labels of what a component owns.
func (e *Environment) Labels(component string) map[string]string {
	return map[string]string{
		LabelEnvironment: e.Name,
		LabelComponent:   component,
		LabelOwner:       e.Ownership.Owner,
		LabelCostCentre:  e.Ownership.CostCentre,
	}
}
