package cluster_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/avila-devops/saas/sandbox/cluster"
)

func TestAMembershipLeadsToItsCluster(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	create(t, h, "p", "one")
	if err := cluster.Join(h, "123", "global", "member", "p", "one"); err != nil {
		t.Fatal(err)
	}
	c, err := cluster.Lookup(h, "123", "global", "member")
	if err != nil || c.Project != "p" || c.Name != "one" || !c.Running() {
		t.Errorf("Lookup gives %v, %v", c, err)
	}
	for _, wrong := range [][3]string{{"124", "global", "member"}, {"123", "southamerica-east1", "member"}, {"123", "global", "other"}} {
		_, err := cluster.Lookup(h, wrong[0], wrong[1], wrong[2])
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "projects/"+wrong[0]+"/locations/"+wrong[1]+"/memberships/"+wrong[2]) {
			t.Errorf("looking up %v gives %v", wrong, err)
		}
	}
	for range 2 {
		if err := cluster.Leave(h, "123", "global", "member"); err != nil {
			t.Error(err)
		}
	}
	if _, err := cluster.Lookup(h, "123", "global", "member"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a membership that was left gives %v", err)
	}
}

func TestAMembershipOutlivesItsClusterWithoutLeadingAnywhere(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	if err := cluster.Join(h, "123", "global", "member", "p", "gone"); err != nil {
		t.Fatal(err)
	}
	if _, err := cluster.Lookup(h, "123", "global", "member"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Lookup gives %v", err)
	}
}

func TestNamesThatAreNoNamesAreRefused(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	for _, name := range []string{"", "..", "a/b", "A", "-a", "a-"} {
		want := "must be lowercase letters, digits and inner hyphens"
		if _, err := cluster.Create(t.Context(), h, "p", name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Create %q gives %v", name, err)
		}
		if err := cluster.Join(h, "1", "global", name, "p", "one"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Join %q gives %v", name, err)
		}
		if _, err := cluster.Lookup(h, name, "global", "member"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Lookup %q gives %v", name, err)
		}
	}
}

func TestTwoClustersCannotShareADirectory(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	create(t, h, "p", "a-b")
	if _, err := cluster.Create(t.Context(), h, "p-a", "b"); err == nil || !strings.Contains(err.Error(), "belongs to cluster a-b of project p") {
		t.Errorf("Create gives %v", err)
	}
	if _, err := cluster.Open(h, "p-a", "b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open gives %v", err)
	}
}

func TestTheKubeconfigReachesEveryRunningCluster(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	create(t, h, "p", "one")
	stopped := create(t, h, "p", "two")
	if err := stopped.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := cluster.Kubeconfig(h)
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Current  string `json:"current-context"`
		Contexts []struct {
			Name    string
			Context struct{ Cluster, User string }
		}
		Clusters []struct {
			Name    string
			Cluster struct {
				Server    string
				Authority []byte `json:"certificate-authority-data"`
			}
		}
		Users []struct {
			Name string
			User struct{ Token string }
		}
	}
	if err := json.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	c, err := cluster.Open(h, "p", "one")
	if err != nil {
		t.Fatal(err)
	}
	endpoint, err := c.Endpoint()
	if err != nil {
		t.Fatal(err)
	}
	if config.Current != "one" || len(config.Contexts) != 1 || config.Contexts[0].Name != "one" ||
		config.Contexts[0].Context.Cluster != "one" || config.Contexts[0].Context.User != cluster.User {
		t.Errorf("contexts are %+v, current %q", config.Contexts, config.Current)
	}
	if len(config.Clusters) != 1 || config.Clusters[0].Cluster.Server != endpoint.Server || len(config.Clusters[0].Cluster.Authority) == 0 {
		t.Errorf("clusters are %+v", config.Clusters)
	}
	if len(config.Users) != 1 || config.Users[0].Name != cluster.User || config.Users[0].User.Token != token(t, h) {
		t.Error("the user has not the sandbox's token")
	}
}
