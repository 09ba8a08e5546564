// Package nginxconf writes the configuration of the gateway's nginx: what is
// listened on, who may come how often, and which service a host and a path
// belong to. It is plain Go: the tests give the text to a real nginx.
//
// It knows nothing of Kubernetes or of Pulumi; package gateway runs what is
// written here.
package nginxconf
