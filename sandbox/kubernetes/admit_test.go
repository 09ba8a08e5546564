package kubernetes_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const plainImage = "registry.example.com/app@sha256:" + "0000000000000000000000000000000000000000000000000000000000000000"

// restrictedPod is a pod spec that the strictest standard admits.
func restrictedPod() object {
	return object{
		"securityContext": map[string]any{"runAsNonRoot": true, "seccompProfile": map[string]any{"type": "RuntimeDefault"}},
		"containers": []any{map[string]any{
			"name": "app", "image": plainImage,
			"resources":       map[string]any{"requests": map[string]any{"cpu": "100m", "memory": "64Mi"}, "limits": map[string]any{"memory": "64Mi"}},
			"securityContext": map[string]any{"allowPrivilegeEscalation": false, "capabilities": map[string]any{"drop": []any{"ALL"}}},
		}},
	}
}

// container returns the pod with a changed first container.
func (o object) container(path string, value any) object {
	first := object(o["containers"].([]any)[0].(map[string]any)).with(path, value)
	return o.with("containers", []any{map[string]any(first)})
}

// workload returns an object of the kind that makes such pods.
func workload(kind, namespace string, pod object) object {
	labels := map[string]any{"app": "app"}
	template := map[string]any{"metadata": map[string]any{"labels": labels}, "spec": map[string]any(pod)}
	o := object{"apiVersion": "apps/v1", "kind": kind, "metadata": map[string]any{"namespace": namespace}}
	selector := map[string]any{"matchLabels": labels}
	switch kind {
	case "Job", "CronJob":
		o["apiVersion"] = "batch/v1"
		template["spec"] = map[string]any(pod.with("restartPolicy", "Never"))
		o["spec"] = map[string]any{"template": template}
		if kind == "CronJob" {
			o["spec"] = map[string]any{"schedule": "0 3 * * *", "jobTemplate": map[string]any{"spec": map[string]any{"template": template}}}
		}
	case "StatefulSet":
		o["spec"] = map[string]any{"selector": selector, "template": template, "serviceName": "app",
			"volumeClaimTemplates": []any{map[string]any{"metadata": map[string]any{"name": "data"},
				"spec": map[string]any{"accessModes": []any{"ReadWriteOnce"}, "resources": map[string]any{"requests": map[string]any{"storage": "1Gi"}}}}}}
		template["spec"] = map[string]any(pod.container("volumeMounts", []any{map[string]any{"name": "data", "mountPath": "/data"}}))
	default:
		o["spec"] = map[string]any{"selector": selector, "template": template}
	}
	return o
}

func TestEveryWorkloadsPodIsJudgedByPodSecurity(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("secured", "restricted")
	root := restrictedPod().with("securityContext.runAsNonRoot", false)
	for _, kind := range []string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"} {
		want := []string{kind + " secured/app-", "its pods would be refused", `violates PodSecurity "restricted:latest"`, "runAsNonRoot"}
		_, err := p.up("app", workload(kind, "secured", root))
		wantError(t, err, want...)
		_, err = p.preview("app", workload(kind, "secured", root))
		wantError(t, err, want...)
		p.must("app", workload(kind, "secured", restrictedPod()))
	}
}

func TestATemplateNeedsNoMetadata(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("bare", "restricted")
	job := workload("Job", "bare", restrictedPod())
	delete(job["spec"].(map[string]any)["template"].(map[string]any), "metadata")
	p.must("job", job)
}

func TestAPodSecurityWarningIsAnError(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.must("advised", object{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{
		"name": "advised", "labels": map[string]any{"pod-security.kubernetes.io/warn": "restricted"}}})
	_, err := p.preview("app", workload("Deployment", "advised", restrictedPod().with("securityContext.runAsNonRoot", false)))
	wantError(t, err, "the API server warns", `would violate PodSecurity "restricted:latest"`)
}

func TestAnUnknownFieldOfAPodIsRefusedByName(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("strictpod", "")
	_, err := p.up("app", workload("Deployment", "strictpod", restrictedPod().container("imag", "x")))
	wantError(t, err, "Deployment strictpod/app-", "imag")
}

func TestAPodIsJudgedByTheLimitRange(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("limited", "")
	p.must("limits", object{"apiVersion": "v1", "kind": "LimitRange", "metadata": map[string]any{"namespace": "limited"},
		"spec": map[string]any{"limits": []any{map[string]any{"type": "Container", "max": map[string]any{"memory": "32Mi"}}}}})
	_, err := p.up("app", workload("Deployment", "limited", restrictedPod()))
	wantError(t, err, "its pods would be refused", "maximum memory usage per Container is 32Mi")
}

func quota(namespace string, hard map[string]any) object {
	return object{"apiVersion": "v1", "kind": "ResourceQuota", "metadata": map[string]any{"namespace": namespace}, "spec": map[string]any{"hard": hard}}
}

func TestAPodIsJudgedByTheQuota(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("bounded", "")
	s := p.must("quota", quota("bounded", map[string]any{"requests.cpu": "50m"}))
	if hard := s.outputs["status"].ObjectValue()["hard"]; !hard.IsObject() {
		t.Errorf("the quota's status holds %v", s.outputs["status"])
	}
	_, err := p.up("app", workload("Deployment", "bounded", restrictedPod()))
	wantError(t, err, "its pods would be refused", "exceeded quota", "requested: requests.cpu=100m", "limited: requests.cpu=50m")
	// A pod that says nothing of what the quota bounds is refused as well.
	_, err = p.up("app", workload("Deployment", "bounded", restrictedPod().container("resources", map[string]any{})))
	wantError(t, err, "must specify requests.cpu")
}

func TestAllPodsTogetherAreHeldToTheQuota(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("together", "")
	p.must("limits", object{"apiVersion": "v1", "kind": "LimitRange", "metadata": map[string]any{"namespace": "together"},
		"spec": map[string]any{"limits": []any{map[string]any{"type": "Container", "defaultRequest": map[string]any{"cpu": "100m"}}}}})
	p.must("quota", quota("together", map[string]any{"requests.cpu": "500m", "pods": "8", "limits.memory": "1Gi"}).with("metadata.name", "bound"))
	silent := restrictedPod().container("resources", map[string]any{"limits": map[string]any{"memory": "64Mi"}})
	app := func(name string, replicas float64) object {
		return workload("Deployment", "together", silent).with("metadata.name", name).with("spec.replicas", replicas)
	}
	_, err := p.up("one", app("one", 6))
	wantError(t, err, "Deployment together/one", "exceeded quota: bound: requests.cpu: its pods ask for 600m, all workloads of the namespace for 600m, limited to 500m")
	one := p.must("one", app("one", 3))
	// An update does not count the object twice.
	if _, err = p.update("one", one, app("one", 4)); err != nil {
		t.Fatal(err)
	}
	_, err = p.up("two", app("two", 2))
	wantError(t, err, "its pods ask for 200m, all workloads of the namespace for 600m")
	_, err = p.preview("two", app("two", 6))
	wantError(t, err, "its pods ask for 600m")
	if _, err := p.preview("two", app("two", 2)); err != nil {
		t.Errorf("a preview, whose update may make room, gives %v", err)
	}
	two := p.must("two", app("two", 1))
	job := workload("Job", "together", silent).with("metadata.name", "job")
	_, err = p.up("job", job)
	wantError(t, err, "Job together/job", "its pods ask for 100m, all workloads of the namespace for 600m")
	if err := p.down("two", two, app("two", 1)); err != nil {
		t.Fatal(err)
	}
	p.must("job", job)
}

func TestObjectsAreCountedByTheQuotaAndDeletedOnesAreNot(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("counted", "")
	p.must("before", configMap("counted"))
	service := object{"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"namespace": "counted"},
		"spec": map[string]any{"type": "LoadBalancer", "allocateLoadBalancerNodePorts": false, "ports": []any{map[string]any{"port": 80}}}}
	s := p.must("quota", quota("counted", map[string]any{"configmaps": "2", "services.loadbalancers": "0", "count/deployments.apps": "1"}))
	if used := s.outputs["status"].ObjectValue()["used"].ObjectValue()["configmaps"].StringValue(); used != "1" {
		t.Errorf("%s ConfigMaps count as used", used)
	}
	_, err := p.up("open", service)
	wantError(t, err, "exceeded quota", "services.loadbalancers=0")
	second := p.must("second", configMap("counted"))
	_, err = p.up("third", configMap("counted"))
	wantError(t, err, "exceeded quota", "configmaps=2")
	if err := p.down("second", second, configMap("counted")); err != nil {
		t.Fatal(err)
	}
	p.must("third", configMap("counted"))
	p.must("app", workload("Deployment", "counted", restrictedPod()))
	_, err = p.up("other", workload("Deployment", "counted", restrictedPod()))
	wantError(t, err, "exceeded quota", "count/deployments.apps=1")
}

func TestAMissingServiceAccountIsNamed(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("accounts", "")
	app := workload("Deployment", "accounts", restrictedPod().with("serviceAccountName", "app"))
	_, err := p.up("app", app)
	wantError(t, err, "error looking up service account accounts/app")
	if _, err := p.preview("app", app); err != nil {
		t.Errorf("a preview, whose update may make the account, gives %v", err)
	}
	p.must("account", object{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": map[string]any{"namespace": "accounts", "name": "app"}})
	p.must("app", app)
}

func TestAnImageThatIsNotBuiltFailsAsARolloutWould(t *testing.T) {
	t.Parallel()
	p := newProgram(t, nil)
	p.namespace("images", "")
	hex := strings.Repeat("ab", 32)
	image := "southamerica-east1-docker.pkg.dev/project/apps/landing@sha256:" + hex
	deploy := func(image string) error {
		_, err := p.up("app", workload("Deployment", "images", restrictedPod().container("image", image)))
		return err
	}
	wantError(t, deploy(image), "Deployment images/app-", "ImagePullBackOff", image, "run make images")
	tagged := "southamerica-east1-docker.pkg.dev/project/apps/landing:latest"
	wantError(t, deploy(tagged), "ImagePullBackOff", tagged)
	blobs := filepath.Join(shared.Registry(), "blobs", "sha256")
	if err := os.MkdirAll(blobs, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(blobs, hex), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := deploy(image); err != nil {
		t.Errorf("an image that is there gives %v", err)
	}
}
