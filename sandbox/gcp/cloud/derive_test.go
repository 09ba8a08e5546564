package cloud_test

import (
	"bytes"
	"testing"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
	"github.com/avila-devops/saas/sandbox/home"
)

func TestDerivedKeysStayInOneSandboxAndDifferInAnother(t *testing.T) {
	t.Parallel()
	derive := func(h home.Home, purpose string) (key []byte) {
		err := cloud.Open(h).Do(t.Context(), func(tx *cloud.Tx) error {
			key = tx.Derive(purpose)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	here, there := home.Home(t.TempDir()), home.Home(t.TempDir())
	first := derive(here, "a")
	if len(first) != 32 || !bytes.Equal(first, derive(here, "a")) {
		t.Errorf("the key of one purpose changes, or has %d bytes", len(first))
	}
	if bytes.Equal(first, derive(here, "b")) || bytes.Equal(first, derive(there, "a")) {
		t.Error("another purpose, or another sandbox, has the same key")
	}
}
