package kubernetes

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// always are the fields that make an object another one.
var always = []string{"metadata.name", "metadata.namespace"}

// immutable are the fields of each kind that cannot change in place, as the
// official provider has them (provider/pkg/provider/diff.go, v4.25.0). A field
// stands for all beneath it; [*] is any element of a list.
var immutable = map[string][]string{
	"apps/v1/DaemonSet":   {"spec.selector"},
	"apps/v1/Deployment":  {"spec.selector"},
	"apps/v1/StatefulSet": {"spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"},
	"batch/v1/Job":        {"spec.completions", "spec.parallelism", "spec.selector", "spec.template"},
	"rbac.authorization.k8s.io/v1/ClusterRoleBinding": {"roleRef"},
	"rbac.authorization.k8s.io/v1/RoleBinding":        {"roleRef"},
	"storage.k8s.io/v1/StorageClass":                  {"parameters", "provisioner"},
	"v1/PersistentVolume": {
		"spec.awsElasticBlockStore", "spec.azureDisk", "spec.azureFile", "spec.cephfs", "spec.cinder", "spec.csi", "spec.fc",
		"spec.flexVolume", "spec.flocker", "spec.gcePersistentDisk", "spec.glusterfs", "spec.hostPath", "spec.iscsi", "spec.local",
		"spec.nfs", "spec.photonPersistentDisk", "spec.portworxVolume", "spec.quobyte", "spec.rbd", "spec.scaleIO",
		"spec.storageos", "spec.vsphereVolume",
	},
	"v1/PersistentVolumeClaim": {"spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"},
	"v1/Pod": append([]string{
		"spec.affinity", "spec.automountServiceAccountToken", "spec.dnsConfig", "spec.dnsPolicy", "spec.enableServiceLinks",
		"spec.hostAliases", "spec.hostIPC", "spec.hostNetwork", "spec.hostPID", "spec.hostname", "spec.imagePullSecrets",
		"spec.nodeName", "spec.nodeSelector", "spec.overhead", "spec.preemptionPolicy", "spec.priority", "spec.priorityClassName",
		"spec.readinessGates", "spec.restartPolicy", "spec.runtimeClassName", "spec.schedulerName", "spec.securityContext",
		"spec.serviceAccount", "spec.serviceAccountName", "spec.shareProcessNamespace", "spec.subdomain",
		"spec.terminationGracePeriodSeconds", "spec.volumes",
	}, append(containerFields("spec.containers[*]."), containerFields("spec.initContainers[*].")...)...),
	"v1/ResourceQuota": {"spec.scopes"},
	"v1/Secret":        {"type"},
	"v1/Service":       {"spec.clusterIP"},
}

func containerFields(prefix string) []string {
	var fields []string
	for _, field := range []string{
		"args", "command", "env", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports", "readinessProbe", "resources",
		"securityContext", "stdin", "stdinOnce", "terminationMessagePath", "terminationMessagePolicy", "tty", "volumeDevices",
		"volumeMounts", "workingDir",
	} {
		fields = append(fields, prefix+field)
	}
	return fields
}

// replacing returns the fields of the object whose change replaces it.
func (c config) replacing(object *unstructured.Unstructured) []string {
	kind := object.GetAPIVersion() + "/" + object.GetKind()
	fixed, _ := object.Object["immutable"].(bool)
	switch {
	case kind == "v1/Secret" && (!c.mutableSecrets || fixed):
		return append([]string{"type", "data", "stringData"}, always...)
	case kind == "v1/ConfigMap" && (!c.mutableConfigMaps || fixed):
		return append([]string{"binaryData", "data"}, always...)
	}
	return append(append([]string{}, immutable[kind]...), always...)
}

// matches says whether a changed path lies at or beneath the field, or, when an
// object appears or goes as a whole, above it.
func matches(path resource.PropertyPath, field string, values ...resource.PropertyMap) bool {
	var parts []any
	for _, part := range strings.Split(field, ".") {
		name, element := strings.CutSuffix(part, "[*]")
		parts = append(parts, name)
		if element {
			parts = append(parts, "*")
		}
	}
	for i := range min(len(path), len(parts)) {
		if parts[i] != "*" && parts[i] != path[i] {
			return false
		}
	}
	if len(path) >= len(parts) {
		return true
	}
	// A whole object appeared or went, perhaps without the field.
	rest := resource.PropertyPath(parts[len(path):])
	for _, value := range values {
		if at, ok := path.Get(resource.NewObjectProperty(value)); ok {
			if _, ok := rest.Get(at); ok {
				return true
			}
		}
	}
	return false
}
