package lifecycle

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/avila-devops/saas/sandbox/atomicfile"
	"github.com/avila-devops/saas/sandbox/cluster"
)

// shim is the pulumi or the gcloud of env.sh: pulumi works on the sandbox's
// copy of the project, so that the repository's files stay as they are, and
// gcloud on the emulated cloud, never on a real one.
const shim = `#!/bin/sh
exec %s --root %s %s -- "$@"
`

// writeEnv writes the file to source, and the pulumi that it puts on the PATH.
func (s *Sandbox) writeEnv() error {
	var text strings.Builder
	fmt.Fprintln(&text, "# Source this file, and plain pulumi and kubectl work on the sandbox.")
	environment := s.engine().Environment()
	delete(environment, "PATH")
	environment["KUBECONFIG"] = s.Home.Kubeconfig()
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		fmt.Fprintf(&text, "export %s=%s\n", name, quote(environment[name]))
	}
	fmt.Fprintf(&text, "case \":$PATH:\" in *:%s:*) ;; *) export PATH=%s:\"$PATH\" ;; esac\n",
		quote(s.Home.Shims()), quote(s.Home.Shims()+":"+s.Home.Bin()))
	if err := atomicfile.Write(s.Home.EnvFile(), []byte(text.String()), 0o644); err != nil {
		return fmt.Errorf("write the file to source: %w", err)
	}
	if err := os.MkdirAll(s.Home.Shims(), 0o755); err != nil {
		return fmt.Errorf("make room for the shims: %w", err)
	}
	own := filepath.Join(s.Home.Bin(), "sandbox")
	for _, name := range []string{"pulumi", "gcloud"} {
		if err := atomicfile.Write(filepath.Join(s.Home.Shims(), name), fmt.Appendf(nil, shim, quote(own), quote(s.Root), name), 0o755); err != nil {
			return fmt.Errorf("write the %s of env.sh: %w", name, err)
		}
	}
	return nil
}

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// writeKubeconfig lets kubectl see every running cluster.
func (s *Sandbox) writeKubeconfig() error {
	text, err := cluster.Kubeconfig(s.Home)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(s.Home.Kubeconfig(), text, 0o600); err != nil {
		return fmt.Errorf("write the kubeconfig: %w", err)
	}
	return nil
}
