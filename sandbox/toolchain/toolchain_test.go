package toolchain_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/avila-devops/saas/sandbox/chart"
	"github.com/avila-devops/saas/sandbox/home"
	"github.com/avila-devops/saas/sandbox/toolchain"
)

// bundle is a toolchain of one small tool, in a repository of its own.
type bundle struct {
	toolchain.Toolchain
	out *bytes.Buffer
}

func newBundle(t *testing.T) *bundle {
	t.Helper()
	dir := t.TempDir()
	b := &bundle{out: &bytes.Buffer{}}
	b.Toolchain = toolchain.Toolchain{
		Root: filepath.Join(dir, "repository"), Home: home.Home(filepath.Join(dir, "sandbox")), Out: b.out,
		Tools:  []toolchain.Tool{{Name: "greet", Module: "tools/greet", Package: ".", About: "1 s"}},
		Charts: []chart.Chart{},
	}
	b.source(t, "go.mod", "module greet\n\ngo 1.26\n")
	b.source(t, "go.sum", "")
	b.source(t, "main.go", "package main\n\nfunc main() { println(\"hello\") }\n")
	return b
}

func (b *bundle) source(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(b.Root, "tools", "greet", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) ensure(t *testing.T) {
	t.Helper()
	if err := b.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// says runs the installed tool.
func (b *bundle) says(t *testing.T) string {
	t.Helper()
	out, err := exec.Command(filepath.Join(b.Home.Bin(), "greet")).CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestAToolIsBuiltOnceUntilItsPinsChange(t *testing.T) {
	b := newBundle(t)
	b.ensure(t)
	if got := b.says(t); got != "hello" {
		t.Fatalf("the tool says %q", got)
	}
	b.source(t, "main.go", "package main\n\nfunc main() { println(\"changed\") }\n")
	b.ensure(t)
	if got := b.says(t); got != "hello" {
		t.Errorf("the tool was built again though its pins are the same: it says %q", got)
	}
	b.source(t, "go.mod", "module greet\n\ngo 1.26.0\n")
	if missing := b.Missing(t.Context()); len(missing) != 1 {
		t.Errorf("with other pins, %d tools are missing; want the one", len(missing))
	}
	b.ensure(t)
	if got := b.says(t); got != "changed" {
		t.Errorf("the tool was not built again though its pins changed: it says %q", got)
	}
}

func TestAnInterruptedBuildIsBuiltByTheNextRun(t *testing.T) {
	b := newBundle(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Ensure(ctx); err == nil {
		t.Fatal("a build whose context has ended succeeds")
	}
	if _, err := os.Stat(filepath.Join(b.Home.Bin(), "greet")); err == nil {
		t.Error("an interrupted build installed something")
	}
	b.ensure(t)
	if got := b.says(t); got != "hello" {
		t.Errorf("the tool says %q", got)
	}
}

func TestABrokenSourceIsReportedWithItsText(t *testing.T) {
	b := newBundle(t)
	b.source(t, "main.go", "package main\n\nfunc main() { undefinedThing() }\n")
	err := b.Ensure(t.Context())
	if err == nil || !strings.Contains(err.Error(), "build greet") || !strings.Contains(err.Error(), "undefined: undefinedThing") {
		t.Errorf("a source that does not compile gives %v", err)
	}
}

func TestAToolOfThePathIsUsedWhenItsVersionFits(t *testing.T) {
	for name, row := range map[string]struct {
		version string
		used    bool
	}{
		"the pinned version":    {"v" + toolchain.PulumiVersion, true},
		"a newer one":           {"v3.300.1", true},
		"an older one":          {"v3.100.0", false},
		"another major version": {"v4.0.0", false},
		"a pre-release":         {"v3.300.0-alpha.1", false},
		"no version":            {"unknown", false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBundle(t)
			b.Tools[0].Found, b.Tools[0].VersionArgs = toolchain.Tools[0].Found, []string{"version"}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "greet"), []byte("#!/bin/sh\necho "+row.version+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
			b.ensure(t)
			if used := b.says(t) == row.version; used != row.used {
				t.Errorf("%s of the PATH used: %v, want %v", row.version, used, row.used)
			}
		})
	}
}

func TestWhatTheMachineLacksIsNamedWithTheRemedy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		name, value string // of an environment variable
		wants       []string
	}{
		"no Go": {
			"PATH", t.TempDir(), []string{"go is not on the PATH", "https://go.dev/dl"},
		},
		"no cache directory": {
			"GOCACHE", "off", []string{"GOCACHE is \"off\"", "set HOME"},
		},
		"a cache that cannot be written": {
			"GOMODCACHE", filepath.Join(file, "cache"), []string{"GOMODCACHE cannot be made", "choose a directory that you may write to"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBundle(t)
			t.Setenv(row.name, row.value)
			err := b.Ensure(t.Context())
			if err == nil {
				t.Fatal("Ensure succeeds")
			}
			for _, want := range row.wants {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not hold %q: %v", want, err)
				}
			}
		})
	}
}

// TestThePinsAgree compares the versions that code names with those of the
// modules that build it.
func TestThePinsAgree(t *testing.T) {
	t.Parallel()
	for module, pins := range map[string]map[string]string{
		"../../go.mod": {
			"github.com/pulumi/pulumi/sdk/v3":            toolchain.PulumiVersion,
			"github.com/pulumi/pulumi-gcp/sdk/v7":        toolchain.Providers["gcp"],
			"github.com/pulumi/pulumi-kubernetes/sdk/v4": toolchain.Providers["kubernetes"],
			"github.com/pulumi/pulumi-random/sdk/v4":     toolchain.Providers["random"],
		},
		"../../tools/pulumi/go.mod": {"github.com/pulumi/pulumi/pkg/v3": toolchain.PulumiVersion},
	} {
		text, err := os.ReadFile(module)
		if err != nil {
			t.Fatal(err)
		}
		for path, version := range pins {
			found := regexp.MustCompile(regexp.QuoteMeta(path) + ` v(\S+)`).FindSubmatch(text)
			if found == nil || string(found[1]) != version {
				t.Errorf("%s: %s is at %q, and the code names %q", module, path, found, version)
			}
		}
	}
}
