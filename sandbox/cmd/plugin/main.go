// The sandbox's plugin: one program that is each of the plugins of the engine,
// and Google's credential plugin, by the name that it is called by.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"

	"github.com/avila-devops/saas/sandbox/gcp"
	"github.com/avila-devops/saas/sandbox/home"
	"github.com/avila-devops/saas/sandbox/kubernetes"
	"github.com/avila-devops/saas/sandbox/kubernetes/credential"
	"github.com/avila-devops/saas/sandbox/language"
	"github.com/avila-devops/saas/sandbox/provider"
	"github.com/avila-devops/saas/sandbox/random"
)

// roles maps the names that the program answers to, to what it does then. The
// engine calls a plugin with its own address among the arguments.
var roles = map[string]func(h home.Home, engine string) error{
	"pulumi-language-go": func(h home.Home, engine string) error {
		return provider.ServeGRPC(engine, func(server *grpc.Server) {
			pulumirpc.RegisterLanguageRuntimeServer(server, language.New(h, engine))
		})
	},
	"pulumi-resource-gcp":        serve(func(h home.Home, _ string) (plugin.Provider, error) { return gcp.New(h) }),
	"pulumi-resource-kubernetes": serve(kubernetes.New),
	"pulumi-resource-random":     serve(func(home.Home, string) (plugin.Provider, error) { return random.New(), nil }),
	"gke-gcloud-auth-plugin":     func(h home.Home, _ string) error { return credential.Print(h, os.Stdout) },
}

func main() {
	if err := run(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	name := filepath.Base(args[0])
	role, ok := roles[name]
	if !ok {
		return fmt.Errorf("%s is called by the names of the plugins that it stands in for, not by %q", "the sandbox's plugin", name)
	}
	h, err := home.FromEnv()
	if err != nil {
		return err
	}
	return role(h, engineAddress(args[1:]))
}

// engineAddress is the last argument that is no flag; empty when a plugin is
// started by hand.
func engineAddress(args []string) string {
	var address string
	for _, arg := range args {
		if !strings.HasPrefix(arg, "-") {
			address = arg
		}
	}
	return address
}

func serve(make func(h home.Home, engine string) (plugin.Provider, error)) func(home.Home, string) error {
	return func(h home.Home, engine string) error {
		p, err := make(h, engine)
		if err != nil {
			return err
		}
		p, err = provider.WithFaults(p, os.Getenv(provider.FaultEnv))
		if err != nil {
			return err
		}
		return errors.Join(provider.Serve(p, engine), p.Close())
	}
}
