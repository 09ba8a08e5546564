// Package cluster runs a real etcd and a real kube-apiserver for each cluster
// of the sandbox, and remembers under which fleet membership each is reached.
// It starts, finds, stops and removes them; what is put into a cluster is the
// business of sandbox/kubernetes.
//
// A cluster is a directory under home.Clusters. Its processes outlive whoever
// started them, and any process of the same sandbox may start or stop them: a
// lock on the directory puts them in turn. Everything in the directory is
// written whole or not at all, and whatever is missing or damaged is made anew
// at the next start, so that an interruption at any moment costs nothing but
// that start.
package cluster
