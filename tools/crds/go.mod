module github.com/avila-devops/saas/tools/crds

go 1.26.1

require (
	github.com/argoproj/argo-rollouts v1.10.1
	github.com/cert-manager/cert-manager v1.21.2
	github.com/elastic/cloud-on-k8s/v3 v3.5.0
	github.com/prometheus-operator/prometheus-operator v0.93.1
)
