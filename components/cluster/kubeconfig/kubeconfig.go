// Package kubeconfig writes the kubeconfig by which engineers, CI and the
// Kubernetes provider reach a cluster through Connect Gateway: the control
// plane has no public address. It holds no credential; the exec plugin fetches
// a short-lived token for whoever runs it. It is plain Go, without Pulumi.
package kubeconfig

import (
	"encoding/json"
	"fmt"
	"net/url"
)

// Host is the public face of Connect Gateway.
const Host = "connectgateway.googleapis.com"

// Plugin is Google's credential plugin for kubectl and client-go.
const Plugin = "gke-gcloud-auth-plugin"

// Membership names a cluster's place in the fleet.
type Membership struct {
	ProjectNumber string
	Location      string // global, unless the membership is regional
	ID            string
}

// Server is the address at which Connect Gateway serves the cluster's API.
// https://cloud.google.com/kubernetes-engine/enterprise/multicluster-management/gateway
func (m Membership) Server() string {
	u := url.URL{Scheme: "https", Host: Host}
	return u.JoinPath("v1", "projects", m.ProjectNumber, "locations", m.Location, "gkeMemberships", m.ID).String()
}

// Render returns the kubeconfig as JSON, which every reader of YAML reads too.
// The context is named for the cluster.
func Render(m Membership) (string, error) {
	if m.ProjectNumber == "" || m.Location == "" || m.ID == "" {
		return "", fmt.Errorf("kubeconfig: membership %+v is incomplete", m)
	}
	type named map[string]any
	text, err := json.MarshalIndent(map[string]any{
		"apiVersion":      "v1",
		"kind":            "Config",
		"current-context": m.ID,
		"clusters":        []named{{"name": m.ID, "cluster": map[string]any{"server": m.Server()}}},
		"contexts":        []named{{"name": m.ID, "context": map[string]any{"cluster": m.ID, "user": m.ID}}},
		"users": []named{{"name": m.ID, "user": map[string]any{"exec": map[string]any{
			"apiVersion":         "client.authentication.k8s.io/v1beta1",
			"command":            Plugin,
			"provideClusterInfo": true,
			"interactiveMode":    "Never",
			"installHint":        "gcloud components install " + Plugin,
		}}}},
	}, "", "  ")
	if err != nil {
		return "", fmt.Errorf("kubeconfig of %s: %w", m.ID, err)
	}
	return string(text), nil
}
