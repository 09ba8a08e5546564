package gcp

import (
	"os"
	"strings"
	"testing"

	"github.com/avila-devops/saas/sandbox/home"
)

func TestRemovingAClusterOrMembershipThatIsNotThereIsNoError(t *testing.T) {
	t.Parallel()
	clusters := realClusters{home.Home(t.TempDir())}
	if err := clusters.Remove(t.Context(), testProject, clusterName); err != nil {
		t.Error(err)
	}
	if err := clusters.Leave(testNumber, "global", clusterName); err != nil {
		t.Error(err)
	}
}

func TestClustersSayTheVersionThatTheyRun(t *testing.T) {
	t.Parallel()
	mod, err := os.ReadFile("../../tools/kubernetes/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version, _, _ := strings.Cut(gkeVersion, "-")
	if !strings.Contains(string(mod), "k8s.io/kubernetes v"+version+"\n") {
		t.Errorf("tools/kubernetes pins another version than %s", version)
	}
}
