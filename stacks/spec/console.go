package spec

import "fmt"

// ConsoleLinks are pages of the Google Cloud console where operators look
// first, by what they show.
func (e *Environment) ConsoleLinks() map[string]string {
	page := func(path string) string {
		return fmt.Sprintf("https://console.cloud.google.com/%s?project=%s", path, e.ProjectID)
	}
	links := map[string]string{
		"databases":  page("sql/instances"),
		"caches":     page("memorystore/redis/instances"),
		"clusters":   page("kubernetes/list/overview"),
		"logs":       page("logs/query"),
		"dashboards": page("monitoring/dashboards"),
		"secrets":    page("security/secret-manager"),
		"keys":       page("security/kms/keyrings"),
	}
	for _, region := range e.Regions {
		links["cluster "+string(region.Name)] = page(fmt.Sprintf("kubernetes/clusters/details/%s/%s/details", region.Name, e.ClusterName(region)))
	}
	return links
}
