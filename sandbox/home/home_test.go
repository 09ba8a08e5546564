package home_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/avila-devops/saas/sandbox/home"
)

func TestFromEnvRefusesWhatNamesNoSandbox(t *testing.T) {
	t.Setenv(home.Env, "")
	if _, err := home.FromEnv(); !errors.Is(err, home.ErrUnset) {
		t.Errorf("an empty %s gives %v, want ErrUnset", home.Env, err)
	}
	t.Setenv(home.Env, "some/where")
	if _, err := home.FromEnv(); err == nil || !strings.Contains(err.Error(), `"some/where" is not an absolute path`) {
		t.Errorf("a relative path gives %v", err)
	}
}

func TestEveryPathLiesInsideTheSandbox(t *testing.T) {
	t.Setenv(home.Env, "/work/.sandbox/")
	h, err := home.FromEnv()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, path := range []string{h.Bin(), h.Shims(), h.Programs(), h.Program("/a/saas"), h.Program("/b/saas"), h.Stamps(), h.Locks(), h.Plugin("gcp", "7.38.0"), h.Running("prod"), h.Checkpoint("saas", "prod"), h.PulumiHome(), h.State(), h.Project(), h.Cloud(), h.CloudKey(), h.Clusters(), h.Memberships(), h.Token(), h.Registry(), h.Kubeconfig(), h.EnvFile(), h.Passphrase()} {
		if !strings.HasPrefix(path, "/work/.sandbox/") || seen[path] {
			t.Errorf("%s lies outside the sandbox, or is used twice", path)
		}
		seen[path] = true
	}
}
