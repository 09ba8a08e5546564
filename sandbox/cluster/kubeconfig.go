package cluster

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/avila-devops/saas/sandbox/home"
)

// Kubeconfig returns a kubeconfig that reaches every running cluster straight
// on this machine, with a context named for each. It holds the sandbox's
// token: whoever writes it keeps it from others.
func Kubeconfig(h home.Home) ([]byte, error) {
	all, err := List(h)
	if err != nil {
		return nil, err
	}
	token, err := Token(h)
	if err != nil {
		return nil, err
	}
	count := map[string]int{}
	for _, c := range all {
		count[c.Name]++
	}
	type named map[string]any
	clusters, contexts, current := []named{}, []named{}, ""
	for _, c := range all {
		if !c.Running() {
			continue
		}
		endpoint, err := c.Endpoint()
		if err != nil {
			return nil, err
		}
		authority, err := os.ReadFile(endpoint.CAFile)
		if err != nil {
			return nil, fmt.Errorf("kubeconfig of cluster %s: %w", c, err)
		}
		name := c.Name
		if count[name] > 1 { // the same name in two projects
			name = c.String()
		}
		if current == "" {
			current = name
		}
		clusters = append(clusters, named{"name": name, "cluster": named{
			"server": endpoint.Server, "certificate-authority-data": authority,
		}})
		contexts = append(contexts, named{"name": name, "context": named{"cluster": name, "user": User}})
	}
	return json.MarshalIndent(map[string]any{
		"apiVersion": "v1", "kind": "Config", "current-context": current,
		"clusters": clusters, "contexts": contexts,
		"users": []named{{"name": User, "user": named{"token": token}}},
	}, "", "  ")
}
