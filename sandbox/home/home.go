// Package home names every path under the sandbox's directory, .sandbox/.
//
// It holds the layout and nothing else: who writes a path creates it. Only
// the standard library is imported, so that the small binaries of the sandbox
// can share it.
package home

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Env is the environment variable that tells a plugin process which sandbox
// it belongs to. The driver and .sandbox/env.sh set it.
const Env = "AVILA_SANDBOX"

// ErrUnset says that a process that needs a sandbox was started without one.
var ErrUnset = errors.New(Env + " is not set: source .sandbox/env.sh, or use make up")

// Home is the absolute path of a sandbox directory.
type Home string

// FromEnv returns the sandbox that Env names. It fails with [ErrUnset] when
// the variable is empty, and refuses a relative path, whose meaning would
// change with the working directory of a plugin.
func FromEnv() (Home, error) {
	dir := os.Getenv(Env)
	if dir == "" {
		return "", ErrUnset
	}
	if !filepath.IsAbs(dir) {
		return "", fmt.Errorf("%s: %q is not an absolute path", Env, dir)
	}
	return Home(filepath.Clean(dir)), nil
}

func (h Home) path(parts ...string) string {
	return filepath.Join(append([]string{string(h)}, parts...)...)
}

// Bin holds executables: pulumi, etcd, kube-apiserver, ko, the plugin binary
// and the names that it answers to.
func (h Home) Bin() string { return h.path("bin") }

// Shims holds what env.sh puts before Bin on the PATH: a pulumi that runs in
// the sandbox's copy of the project.
func (h Home) Shims() string { return h.path("shims") }

// Programs holds the built programs: the Pulumi program and the policy pack.
func (h Home) Programs() string { return h.path("programs") }

// Program is where the main package in a directory is built: one place for
// each directory, so that Go can see that nothing changed.
func (h Home) Program(dir string) string {
	sum := sha256.Sum256([]byte(filepath.Clean(dir)))
	return filepath.Join(h.Programs(), filepath.Base(dir)+"-"+hex.EncodeToString(sum[:4]))
}

// Stamps says, a file for each tool, what the tool was built from.
func (h Home) Stamps() string { return h.path("stamps") }

// Locks holds the files that keep two runs from doing the same work at once.
func (h Home) Locks() string { return h.path("locks") }

// Running is the file that stands while an engine changes a stack. When nobody
// holds the stack's lock and it stands, a run was killed.
func (h Home) Running(stack string) string { return h.path("locks", "running-"+stack) }

// Checkpoint is the file in which the engine keeps the state of a stack.
func (h Home) Checkpoint(project, stack string) string {
	return h.path("state", ".pulumi", "stacks", project, stack+".json")
}

// Plugin is where the engine looks for the plugin of a resource provider.
func (h Home) Plugin(name, version string) string {
	return h.path("pulumi", "plugins", "resource-"+name+"-v"+version, "pulumi-resource-"+name)
}

// PulumiHome is PULUMI_HOME: plugins, credentials, workspaces.
func (h Home) PulumiHome() string { return h.path("pulumi") }

// State is the directory of the file backend.
func (h Home) State() string { return h.path("state") }

// Project holds the copy of the Pulumi project that the sandbox runs: the
// repository's own files, and what only a sandbox adds to them.
func (h Home) Project() string { return h.path("project") }

// Cloud holds the emulated Google Cloud: one readable JSON file per resource.
func (h Home) Cloud() string { return h.path("cloud") }

// CloudKey is the file with the key that seals secrets in the emulated cloud.
func (h Home) CloudKey() string { return h.path("cloud.key") }

// Clusters holds one directory for each API server.
func (h Home) Clusters() string { return h.path("clusters") }

// Memberships holds the clusters' places in their fleets.
func (h Home) Memberships() string { return h.path("memberships") }

// Token is the file with the token that every cluster of the sandbox accepts.
func (h Home) Token() string { return h.path("token") }

// Registry holds the images that were built, as an OCI layout.
func (h Home) Registry() string { return h.path("registry") }

// Charts holds what is known of Helm charts, a directory each.
func (h Home) Charts() string { return h.path("charts") }

// Kubeconfig is the file that lets kubectl see every cluster.
func (h Home) Kubeconfig() string { return h.path("kubeconfig") }

// EnvFile is the file to source for plain pulumi and kubectl.
func (h Home) EnvFile() string { return h.path("env.sh") }

// Passphrase is the file that encrypts the secrets of the sandbox's state.
func (h Home) Passphrase() string { return h.path("passphrase") }
