package chart

// Charts are those that the sandbox can install, each once a version.
var Charts = []Chart{
	{
		Name: "cert-manager", Version: "v1.21.2", App: "v1.21.2",
		Repositories: []string{"https://charts.jetstack.io", "oci://quay.io/jetstack/charts/cert-manager"},
		Module:       "github.com/cert-manager/cert-manager", Files: "deploy/crds/*.yaml",
		Schema:  "deploy/charts/cert-manager/values.schema.json",
		Enabled: []Switch{{"crds.enabled", false}, {"installCRDs", false}},
		Keep:    Switch{"crds.keep", true},
	},
	{
		// The chart's own definitions are those of v1.9.0. The sandbox has those of
		// the newest version that can be had here.
		Name: "argo-rollouts", Version: "2.41.0", App: "v1.9.0",
		Repositories: []string{"https://argoproj.github.io/argo-helm", "oci://ghcr.io/argoproj/argo-helm/argo-rollouts"},
		Module:       "github.com/argoproj/argo-rollouts", Files: "manifests/crds/*-crd.yaml",
		Keys: []string{
			"apiVersionOverrides", "clusterInstall", "containerSecurityContext", "controller", "crdAnnotations",
			"createClusterAggregateRoles", "dashboard", "extraObjects", "fullnameOverride", "global", "imagePullSecrets", "installCRDs",
			"keepCRDs", "kubeVersionOverride", "nameOverride", "namespaceOverride", "notifications", "podAnnotations", "podLabels",
			"podSecurityContext", "providerRBAC", "serviceAccount", "serviceAnnotations",
		},
		Enabled: []Switch{{"installCRDs", true}},
		Keep:    Switch{"keepCRDs", true},
	},
	{
		Name: "eck-operator", Version: "3.5.0", App: "3.5.0",
		Repositories: []string{"https://helm.elastic.co"},
		Module:       "github.com/elastic/cloud-on-k8s/v3", Files: "config/crds/v1/all-crds.yaml",
		Keys: []string{
			"affinity", "automountServiceAccountToken", "config", "createClusterScopedResources", "dnsConfig", "dnsPolicy", "env",
			"extraObjects", "fullnameOverride", "global", "hostNetwork", "image", "imagePullSecrets", "installCRDs", "kubeAPIServerIP",
			"kubeAPIServerPort", "managedNamespaceSelector", "managedNamespaces", "nameOverride", "nodeSelector", "podAnnotations",
			"podDisruptionBudget", "podLabels", "podMonitor", "podSecurityContext", "priorityClassName", "refs", "replicaCount",
			"resources", "securityContext", "serviceAccount", "serviceMonitor", "softMultiTenancy", "statefulsetAnnotations",
			"statefulsetLabels", "telemetry", "tolerations", "tracing", "volumeMounts", "volumes", "webhook",
		},
		Enabled: []Switch{{"installCRDs", true}},
		Keep:    Switch{Default: true},
	},
	{
		Name: "kube-prometheus-stack", Version: "88.5.3", App: "v0.93.1",
		Repositories: []string{
			"https://prometheus-community.github.io/helm-charts",
			"oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack",
		},
		Module: "github.com/prometheus-operator/prometheus-operator", Files: "example/prometheus-operator-crd/*.yaml",
		Keys: []string{
			"additionalPrometheusRulesMap", "alertmanager", "cleanPrometheusOperatorObjectNames", "commonLabels", "coreDns", "crds",
			"customRules", "defaultRules", "extraManifests", "fullnameOverride", "global", "grafana", "kube-state-metrics",
			"kubeApiServer", "kubeControllerManager", "kubeDns", "kubeEtcd", "kubeProxy", "kubeScheduler", "kubeStateMetrics",
			"kubeTargetVersionOverride", "kubeVersionOverride", "kubelet", "kubernetesServiceMonitors", "nameOverride",
			"namespaceOverride", "nodeExporter", "prometheus", "prometheus-node-exporter", "prometheus-windows-exporter",
			"prometheusOperator", "thanosRuler", "windowsMonitoring",
		},
		Enabled: []Switch{{"crds.enabled", true}},
		Keep:    Switch{Default: true},
		Bundled: true,
	},
}
