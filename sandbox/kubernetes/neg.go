package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/avila-devops/saas/sandbox/cluster"
	"github.com/avila-devops/saas/sandbox/gcp"
)

// negAnnotation asks GKE for an endpoint group of each port.
// https://cloud.google.com/kubernetes-engine/docs/how-to/standalone-neg
const negAnnotation = "cloud.google.com/neg"

// expose does what GKE's NEG controller does for a Service: its groups appear
// in the cloud, or follow a change of its annotation.
func (s *standIn) expose(ctx context.Context, service *unstructured.Unstructured) error {
	exposed, err := s.exposed(service)
	if err != nil {
		return err
	}
	exposed.Names, err = groupNames(service)
	if err != nil {
		return err
	}
	return gcp.OpenGroups(s.home).Keep(ctx, exposed)
}

// conceal releases the groups of a Service that goes.
func (s *standIn) conceal(ctx context.Context, service *unstructured.Unstructured) error {
	exposed, err := s.exposed(service)
	if err != nil {
		return err
	}
	return gcp.OpenGroups(s.home).Release(ctx, exposed)
}

// exposed says whose the groups of a Service are.
func (s *standIn) exposed(service *unstructured.Unstructured) (gcp.Exposed, error) {
	server, err := s.config.server()
	if err != nil {
		return gcp.Exposed{}, err
	}
	u, err := url.Parse(server)
	if err != nil {
		return gcp.Exposed{}, err
	}
	part := membershipPath.FindStringSubmatch(u.Path)
	if part == nil {
		return gcp.Exposed{}, fmt.Errorf("%s names no membership", server)
	}
	member, err := cluster.Lookup(s.home, part[1], part[2], part[3])
	if err != nil {
		return gcp.Exposed{}, fmt.Errorf("find the cluster of the endpoint groups: %w", err)
	}
	return gcp.Exposed{Project: member.Project, Cluster: member.Name, Namespace: service.GetNamespace(), Service: service.GetName()}, nil
}

// groupNames reads the annotation. GKE only logs what is wrong with it, and the
// groups never come.
func groupNames(service *unstructured.Unstructured) (map[string]string, error) {
	text, ok := service.GetAnnotations()[negAnnotation]
	if !ok {
		return nil, nil
	}
	var said struct {
		Ports map[string]struct {
			Name string `json:"name"`
		} `json:"exposed_ports"`
		Ingress bool `json:"ingress"`
	}
	if err := json.Unmarshal([]byte(text), &said); err != nil {
		return nil, fmt.Errorf("annotation %s is not what GKE reads, like {\"exposed_ports\":{\"443\":{\"name\":\"edge\"}}}: %w", negAnnotation, err)
	}
	ports, _, _ := unstructured.NestedSlice(service.Object, "spec", "ports")
	has := map[string]bool{}
	for _, port := range ports {
		has[fmt.Sprint(asMap(port)["port"])] = true
	}
	names := map[string]string{}
	for port, group := range said.Ports {
		if !has[port] {
			return nil, fmt.Errorf("annotation %s exposes port %s, which the Service does not have", negAnnotation, port)
		}
		if group.Name == "" {
			return nil, fmt.Errorf("annotation %s gives the group of port %s no name: the sandbox makes none up", negAnnotation, port)
		}
		names[port] = group.Name
	}
	return names, nil
}
