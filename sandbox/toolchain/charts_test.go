package toolchain_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/avila-devops/saas/sandbox/chart"
	"github.com/avila-devops/saas/sandbox/toolchain"
)

const pins = "module crds\n\ngo 1.26\n\nrequire github.com/cert-manager/cert-manager v1.21.2\n"

// newShelf is a toolchain of no tools and one chart.
func newShelf(t *testing.T) *bundle {
	t.Helper()
	b := newBundle(t)
	b.Tools, b.Charts = []toolchain.Tool{}, chart.Charts[:1]
	sums, err := os.ReadFile("../../tools/crds/go.sum")
	if err != nil {
		t.Fatal(err)
	}
	b.pin(t, pins, string(sums))
	return b
}

func (b *bundle) pin(t *testing.T, mod, sum string) {
	t.Helper()
	dir := filepath.Join(b.Root, "tools", "crds")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"go.mod": mod, "go.sum": sum} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestChartsAreBroughtOnceForTheirPins(t *testing.T) {
	t.Parallel()
	b := newShelf(t)
	b.ensure(t)
	if !strings.Contains(b.out.String(), "bringing cert-manager") {
		t.Errorf("no progress is shown: %q", b.out)
	}
	defined, err := b.Charts[0].Definitions(b.Home)
	if err != nil || len(defined) != 6 {
		t.Errorf("%d definitions, %v", len(defined), err)
	}
	b.out.Reset()
	b.ensure(t)
	if b.out.Len() > 0 {
		t.Errorf("the second run brings them again: %s", b.out)
	}
	sums, err := os.ReadFile(filepath.Join(b.Root, "tools", "crds", "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	b.pin(t, pins+"// another pin\n", string(sums))
	b.ensure(t)
	if !strings.Contains(b.out.String(), "bringing cert-manager") {
		t.Error("other pins bring nothing")
	}
}

func TestAModuleThatIsNotWhatIsPinnedIsRefused(t *testing.T) {
	t.Parallel()
	b := newShelf(t)
	b.pin(t, pins, "github.com/cert-manager/cert-manager v1.21.2 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
	err := b.Ensure(t.Context())
	if err == nil || !strings.Contains(err.Error(), "chart cert-manager") || !strings.Contains(err.Error(), "checksum mismatch") {
		t.Errorf("a wrong checksum gives %v", err)
	}
	if _, err := b.Charts[0].Definitions(b.Home); err == nil || !strings.Contains(err.Error(), "run make tools") {
		t.Errorf("and yet there is something: %v", err)
	}
}
