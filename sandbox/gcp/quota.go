package gcp

import "github.com/avila-devops/saas/sandbox/gcp/cloud"

// atMost refuses another resource of a type where Google has room for no more
// in one project.
func (o *op) atMost(most int, what, remedy string) error {
	records, err := o.live(o.token)
	if err != nil {
		return err
	}
	var have int
	for _, record := range records {
		if record.Project == o.project.ID && record.ID != o.id {
			have++
		}
	}
	if have < most {
		return nil
	}
	return refuse(429, "rateLimitExceeded", remedy, "Quota exceeded: project %s has %d %s, which is the limit", o.project.ID, have, what)
}

// records lists what the project has of a type.
func (o *op) records(token string) ([]*cloud.Record, error) {
	all, err := o.live(token)
	if err != nil {
		return nil, err
	}
	var mine []*cloud.Record
	for _, record := range all {
		if record.Project == o.project.ID {
			mine = append(mine, record)
		}
	}
	return mine, nil
}
