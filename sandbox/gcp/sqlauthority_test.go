package gcp

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// authorities are the fingerprints that getCaCerts lists, the one in use first.
func authorities(e *environment, instance string) (inUse string, all []string) {
	answer := e.invoke(caFunction, object{"instance": sqlLink + "projects/" + testProject + "/instances/" + instance})
	return text(answer, "activeVersion"), texts(answer, "certs.sha1Fingerprint")
}

// https://cloud.google.com/sql/docs/postgres/manage-ssl-instance: the new CA is
// added, then put to use, and until then and after it both are listed.
func TestAServerCAIsAddedBeforeItIsUsedAndAWayBackRemains(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	name := e.instance().text("name")
	hand := &Hand{e.provider}
	first, all := authorities(e, name)
	if len(all) != 1 || all[0] != first {
		t.Fatalf("a new instance has the CAs %v, of which %s is in use", all, first)
	}
	must := func(ca resource.PropertyMap, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return text(ca, "sha1Fingerprint")
	}
	second := must(hand.AddServerCA(t.Context(), name))
	if inUse, all := authorities(e, name); inUse != first || !slices.Equal(all, []string{first, second}) {
		t.Errorf("with %s added, %s is in use of %v", second, inUse, all)
	}
	if _, err := hand.AddServerCA(t.Context(), name); err == nil || !strings.Contains(err.Error(), "rotate to the one that waits first") {
		t.Errorf("a third CA gives %v", err)
	}
	if got := must(hand.RotateServerCA(t.Context(), name)); got != second {
		t.Errorf("the rotation puts %s to use, want %s", got, second)
	}
	read := e.read(e.instance())
	if got := texts(read.Outputs, "serverCaCerts.sha1Fingerprint"); !slices.Equal(got, []string{second}) {
		t.Errorf("after the rotation the instance shows %v, want %s alone", got, second)
	}
	if _, all := authorities(e, name); !slices.Equal(all, []string{second, first}) {
		t.Errorf("after the rotation there are %v", all)
	}
	if got := must(hand.RollBackServerCA(t.Context(), name)); got != first {
		t.Errorf("the way back leads to %s, want %s", got, first)
	}
	if _, err := hand.RollBackServerCA(t.Context(), name); err == nil || !strings.Contains(err.Error(), "only a rotation can be undone") {
		t.Errorf("a second way back gives %v", err)
	}
	if _, err := hand.AddServerCA(t.Context(), "nowhere"); err == nil || !strings.Contains(err.Error(), "'nowhere' does not exist") {
		t.Errorf("an instance that is none gives %v", err)
	}
}
