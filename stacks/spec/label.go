package spec

// CostCentre is what the bill is split by.
const CostCentre = "saas"

// Labels are on everything of Google's that is paid for: whose it is, what for,
// and where. Google wants lower-case letters, digits, hyphens and underscores.
func (e *Environment) Labels(component, region string) map[string]string {
	return map[string]string{
		"environment": e.Name, "component": component, "owner": "platform", "cost-centre": CostCentre,
		"managed-by": "pulumi", "region": region,
	}
}
