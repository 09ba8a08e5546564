package gcp

import "strings"

// checkAPI refuses while the API that owns the type is off. A record of an
// abandoned Service counts: the program leaves APIs on.
func (o *op) checkAPI() error {
	if o.rule.api == "" {
		return nil
	}
	on, err := o.apiOn(o.rule.api)
	if err != nil || on {
		return err
	}
	return refuse(403, "accessNotConfigured", "enable it with a gcp.projects.Service, and let this resource depend on it",
		"%s API has not been used in project %s before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/%s/overview?project=%s then retry",
		strings.TrimSuffix(o.rule.api, ".googleapis.com"), o.project.Number, o.rule.api, o.project.Number)
}

func (o *op) apiOn(api string) (bool, error) {
	record, err := o.tx.Get(serviceType, o.project.ID+"/"+api)
	return record != nil, err
}
