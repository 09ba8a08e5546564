package cluster

import "fmt"

// etcd is the cluster's database. What it acknowledges is not forced to disk:
// a sandbox may lose its last moments when the machine itself stops.
func (c Cluster) etcd(p ports) process {
	marker := "--data-dir=" + c.path("etcd")
	client := "https://" + loopback(p.Etcd)
	return process{
		cluster: c, program: "etcd", marker: marker,
		args: []string{
			marker,
			"--name=" + c.Name,
			"--unsafe-no-fsync",
			"--listen-client-urls=" + client,
			"--advertise-client-urls=" + client,
			"--client-cert-auth",
			"--trusted-ca-file=" + c.path(authorityFile),
			"--cert-file=" + c.path(servingFile),
			"--key-file=" + c.path(servingKeyFile),
			// It has no peers; any free port will do.
			"--listen-peer-urls=https://" + loopback(0),
			"--peer-client-cert-auth",
			"--peer-trusted-ca-file=" + c.path(authorityFile),
			"--peer-cert-file=" + c.path(servingFile),
			"--peer-key-file=" + c.path(servingKeyFile),
			"--quota-backend-bytes=268435456",
			"--snapshot-count=2000",
			"--auto-compaction-mode=revision",
			"--auto-compaction-retention=1000",
			"--log-level=warn",
		},
		env: []string{"GOGC=50", "GOMEMLIMIT=64MiB"},
	}
}

// apiServer is the cluster's kube-apiserver, with RBAC and the admission that
// a new GKE cluster has, less what waits for a controller: no controller runs.
func (c Cluster) apiServer(p ports) process {
	marker := "--cert-dir=" + c.path("apiserver")
	return process{
		cluster: c, program: "kube-apiserver", marker: marker,
		args: []string{
			marker,
			"--bind-address=127.0.0.1",
			"--advertise-address=127.0.0.1",
			fmt.Sprintf("--secure-port=%d", p.API),
			"--tls-cert-file=" + c.path(servingFile),
			"--tls-private-key-file=" + c.path(servingKeyFile),
			"--etcd-servers=https://" + loopback(p.Etcd),
			"--etcd-cafile=" + c.path(authorityFile),
			"--etcd-certfile=" + c.path(servingFile),
			"--etcd-keyfile=" + c.path(servingKeyFile),
			"--anonymous-auth=false",
			"--token-auth-file=" + c.path(tokensFile),
			"--authorization-mode=RBAC",
			"--service-account-issuer=https://kubernetes.default.svc",
			"--service-account-key-file=" + c.path(accountKeyFile),
			"--service-account-signing-key-file=" + c.path(accountKeyFile),
			"--service-cluster-ip-range=10.96.0.0/16",
			"--endpoint-reconciler-type=none",
			// ServiceAccount waits for default accounts, and in-use protection
			// for the removal of finalizers: both are controllers' work.
			"--disable-admission-plugins=ServiceAccount,StorageObjectInUseProtection",
			"--enable-priority-and-fairness=false",
			// The cache makes a list wait up to 100 ms for etcd's word that it is
			// current; etcd itself, on this machine, answers at once.
			"--watch-cache=false",
			"--profiling=false",
			"--event-ttl=10m",
		},
		env: []string{"GOGC=50", "GOMEMLIMIT=320MiB"},
	}
}

// servers are the cluster's processes in the order in which they end: the API
// server must not live without its database.
func (c Cluster) servers(p ports) []process { return []process{c.apiServer(p), c.etcd(p)} }
