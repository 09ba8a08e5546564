package kubernetes

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

// parseKind reads the kind out of a type token, kubernetes:<group>/<version>:<Kind>,
// and refuses by name what is not one object of a cluster.
func parseKind(token tokens.Type) (schema.GroupVersionKind, error) {
	part := strings.Split(string(token), ":")
	if len(part) != 3 || part[0] != "kubernetes" {
		return schema.GroupVersionKind{}, fmt.Errorf("%s is no type of the Kubernetes provider", token)
	}
	group, version, ok := strings.Cut(part[1], "/")
	switch {
	case group == "helm.sh":
		return schema.GroupVersionKind{}, fmt.Errorf("the sandbox installs charts as releases only: %s: declare a %s instead", token, releaseType)
	case group == "kustomize" || group == "yaml" || !ok:
		return schema.GroupVersionKind{}, fmt.Errorf("the sandbox expands no files: %s: declare the objects instead", token)
	}
	if group == "core" {
		group = ""
	}
	gvk := schema.GroupVersionKind{Group: group, Version: version, Kind: part[2]}
	if scheme.Scheme.Recognizes(gvk) && strings.HasSuffix(gvk.Kind, "List") {
		return gvk, fmt.Errorf("the sandbox creates no lists, as the official provider does not: %s: declare the objects instead", token)
	}
	if strings.HasSuffix(gvk.Kind, "Patch") {
		return gvk, fmt.Errorf("the sandbox patches no foreign objects: %s: declare the object itself instead", token)
	}
	return gvk, nil
}

// clusterWide are the built-in kinds that live in no namespace.
// https://kubernetes.io/docs/reference/kubernetes-api/ (kubectl api-resources --namespaced=false)
var clusterWide = map[string]bool{
	"Namespace": true, "Node": true, "PersistentVolume": true, "ComponentStatus": true,
	"ClusterRole": true, "ClusterRoleBinding": true,
	"StorageClass": true, "VolumeAttachment": true, "VolumeAttributesClass": true, "CSIDriver": true, "CSINode": true,
	"PriorityClass": true, "RuntimeClass": true, "IngressClass": true, "IPAddress": true, "ServiceCIDR": true,
	"MutatingWebhookConfiguration": true, "ValidatingWebhookConfiguration": true,
	"MutatingAdmissionPolicy": true, "MutatingAdmissionPolicyBinding": true,
	"ValidatingAdmissionPolicy": true, "ValidatingAdmissionPolicyBinding": true,
	"CertificateSigningRequest": true, "ClusterTrustBundle": true,
	"FlowSchema": true, "PriorityLevelConfiguration": true,
	"DeviceClass": true, "ResourceSlice": true, "DeviceTaintRule": true,
	"StorageVersion": true, "StorageVersionMigration": true,
	"SelfSubjectAccessReview": true, "SelfSubjectRulesReview": true, "SelfSubjectReview": true,
	"SubjectAccessReview": true, "TokenReview": true,
}

// namespaced says whether objects of the kind live in namespaces. For a custom
// kind the server is asked; while there is none, or it does not know the kind
// yet, the kind counts as namespaced, and its creation corrects that.
func (s *standIn) namespaced(gvk schema.GroupVersionKind) bool {
	if scheme.Scheme.Recognizes(gvk) {
		return !clusterWide[gvk.Kind]
	}
	if gvk.Group == "apiextensions.k8s.io" || gvk.Group == "apiregistration.k8s.io" {
		return false
	}
	c, err := s.connect()
	if err != nil {
		return true
	}
	mapping, err := c.kind(gvk)
	return err != nil || mapping.Scope.Name() == "namespace"
}
