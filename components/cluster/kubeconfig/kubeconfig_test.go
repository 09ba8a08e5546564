package kubeconfig_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/avila-devops/saas/components/cluster/kubeconfig"
)

var member = kubeconfig.Membership{ProjectNumber: "123456789012", Location: "global", ID: "saas-test-southamerica-east1"}

func TestServerIsTheMembershipsPlaceAtConnectGateway(t *testing.T) {
	t.Parallel()
	const want = "https://connectgateway.googleapis.com/v1/projects/123456789012/locations/global/gkeMemberships/saas-test-southamerica-east1"
	if got := member.Server(); got != want {
		t.Errorf("server is %s, want %s", got, want)
	}
}

func TestTheKubeconfigHoldsNoCredential(t *testing.T) {
	t.Parallel()
	text, err := kubeconfig.Render(member)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Users []struct {
			User map[string]any `json:"user"`
		} `json:"users"`
	}
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Users) != 1 || len(file.Users[0].User) != 1 || file.Users[0].User["exec"] == nil {
		t.Errorf("users are %v; want one, with an exec plugin and nothing else", file.Users)
	}
}

func TestAnIncompleteMembershipIsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*kubeconfig.Membership){
		"no project":  func(m *kubeconfig.Membership) { m.ProjectNumber = "" },
		"no location": func(m *kubeconfig.Membership) { m.Location = "" },
		"no id":       func(m *kubeconfig.Membership) { m.ID = "" },
	} {
		m := member
		change(&m)
		if text, err := kubeconfig.Render(m); err == nil || !strings.Contains(err.Error(), "is incomplete") {
			t.Errorf("%s: Render gives %q, %v", name, text, err)
		}
	}
}
