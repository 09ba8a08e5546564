package toolchain

import (
	"errors"
	"strings"
	"testing"
)

func TestADiskWithoutRoomIsNamedWithTheRemedy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/not/there/yet"
	err := roomy(dir, 1<<62)
	if err == nil || !strings.Contains(err.Error(), "MiB free, and this run needs") || !strings.Contains(err.Error(), "free some disk") {
		t.Errorf("a disk that is too small gives %v", err)
	}
	if err := roomy(dir, 1); err != nil {
		t.Errorf("a disk with room gives %v", err)
	}
}

func TestAFailureOfTheMachineIsExplained(t *testing.T) {
	t.Parallel()
	chain := &Toolchain{}
	for text, want := range map[string]string{
		"write /x: no space left on device":               "free some disk",
		"dial tcp: lookup proxy.golang.org: no such host": "let this machine reach the Go module proxy",
		"compile: signal: killed":                         "give the compiler more memory",
		"something that nobody has seen before":           "run it again",
	} {
		err := chain.explain(t.Context(), Tool{Name: "pulumi"}, errors.New("exit status 1"), []string{text})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), text) {
			t.Errorf("%q is explained as %v", text, err)
		}
	}
}
