// Package toolchain brings the programs that the sandbox runs: the Pulumi
// engine, etcd, kube-apiserver, kubectl, ko, and the sandbox's own plugin; and
// the charts that it installs, as far as they lie in Go modules. It
// builds them from the pinned sources in tools/, shows how far it is, and
// builds again only when a pin or the compiler changes. What the programs do
// is in the packages that run them.
package toolchain

import (
	"github.com/blang/semver"
)

// A Tool is a program that the sandbox needs.
type Tool struct {
	Name    string // of the executable
	Module  string // directory of the Go module that builds it, from the repository's root
	Package string // import path of its main package
	LDFlags string
	About   string // how long a cold build takes on two cores

	// Found accepts an executable of the same name that stands on the PATH, by
	// what it prints for VersionArgs. Nil takes none.
	Found       func(version string) bool
	VersionArgs []string
}

// PulumiVersion is the pinned version of the engine, and the oldest that is
// taken from the PATH: the stand-ins are built against its protocol.
const PulumiVersion = "3.259.0"

// Tools are the pinned tools, in the order in which they are built.
var Tools = []Tool{
	{
		Name: "pulumi", Module: "tools/pulumi", Package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
		// Without a version the Automation API refuses the engine.
		LDFlags: "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v" + PulumiVersion,
		About:   "3 min", Found: sameMajorNotOlder, VersionArgs: []string{"version"},
	},
	{Name: "etcd", Module: "tools/etcd", Package: "go.etcd.io/etcd/server/v3", About: "20 s"},
	{Name: "kube-apiserver", Module: "tools/kubernetes", Package: "k8s.io/kubernetes/cmd/kube-apiserver", About: "3 min"},
	{
		Name: "kubectl", Module: "tools/kubernetes", Package: "k8s.io/kubernetes/cmd/kubectl", About: "1 min",
		Found: func(string) bool { return true }, VersionArgs: []string{"version", "--client"},
	},
	{Name: "ko", Module: "tools/ko", Package: "github.com/google/ko", About: "1 min"},
}

// The repository's own programs: the sandbox's plugin, the Pulumi program and
// the policy pack.
var (
	Plugin   = Tool{Name: "plugin", Module: ".", Package: "./sandbox/cmd/plugin", About: "1 min"}
	Program  = Tool{Name: "program", Module: ".", Package: ".", About: "4 min"}
	Policies = Tool{Name: "policies", Module: ".", Package: "./policies", About: "1 min"}
)

func sameMajorNotOlder(version string) bool {
	have, err := semver.ParseTolerant(version)
	pinned := semver.MustParse(PulumiVersion)
	return err == nil && have.Major == pinned.Major && have.GTE(pinned) && len(have.Pre) == 0
}
