package toolchain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/avila-devops/saas/sandbox/atomicfile"
	"github.com/avila-devops/saas/sandbox/chart"
	"github.com/avila-devops/saas/sandbox/filelock"
	"github.com/avila-devops/saas/sandbox/home"
)

// Toolchain installs tools into a sandbox.
type Toolchain struct {
	Root string    // of the repository
	Home home.Home // where the tools go
	Out  io.Writer // where progress is shown

	// Tools are built in place of the package's [Tools] when they are set, and
	// Charts brought in place of package chart's.
	Tools  []Tool
	Charts []chart.Chart
}

func (t *Toolchain) tools() []Tool {
	if t.Tools != nil {
		return t.Tools
	}
	return Tools
}

func (t *Toolchain) hold(ctx context.Context) (release func(), err error) {
	return filelock.Acquire(ctx, filepath.Join(t.Home.Locks(), "toolchain"), func() {
		fmt.Fprintln(t.Out, "another run is building the tools; waiting for it")
	})
}

// Ensure brings every tool. Interrupted, it leaves what was finished, and the
// next call goes on from there.
func (t *Toolchain) Ensure(ctx context.Context) error {
	release, err := t.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := t.preflight(ctx); err != nil {
		return err
	}
	for _, tool := range t.tools() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("bring the tools: interrupted; the next run goes on from here: %w", err)
		}
		if err := t.ensure(ctx, tool); err != nil {
			return err
		}
	}
	return t.ensureCharts(ctx)
}

// EnsureOwn compiles the repository's own programs and gives the plugin the
// names that it is called by.
func (t *Toolchain) EnsureOwn(ctx context.Context) error {
	release, err := t.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	// What is the repository's own is compiled in place on every run: Go sees
	// whether anything changed.
	own := map[*Tool]string{
		&Plugin:   filepath.Join(t.Home.Bin(), Plugin.Name),
		&Program:  t.Home.Program(t.Root),
		&Policies: t.Home.Program(filepath.Join(t.Root, Policies.Package)),
	}
	for _, tool := range []*Tool{&Plugin, &Program, &Policies} {
		if err := t.compile(ctx, *tool, own[tool]); err != nil {
			return err
		}
	}
	return t.link()
}

// Missing lists the tools that a call of Ensure would have to build.
func (t *Toolchain) Missing(ctx context.Context) []Tool {
	var missing []Tool
	for _, tool := range t.tools() {
		if _, ok := t.found(ctx, tool); ok {
			continue
		}
		stamp, err := t.stamp(tool)
		if err != nil || !t.current(tool, stamp) {
			missing = append(missing, tool)
		}
	}
	return missing
}

func (t *Toolchain) ensure(ctx context.Context, tool Tool) error {
	if path, ok := t.found(ctx, tool); ok {
		// Without a stamp the link does not count once the PATH has no such tool.
		return errors.Join(removeFile(t.stampFile(tool)), replaceLink(path, filepath.Join(t.Home.Bin(), tool.Name)))
	}
	stamp, err := t.stamp(tool)
	if err != nil {
		return err
	}
	if t.current(tool, stamp) {
		return nil
	}
	if err := t.build(ctx, tool); err != nil {
		return err
	}
	// Last, so that an interrupted build is built again.
	return atomicfile.Write(t.stampFile(tool), []byte(stamp+"\n"), 0o644)
}

// stamp names what a tool is built from: its pinned modules and the compiler.
func (t *Toolchain) stamp(tool Tool) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, runtime.Version(), tool.Package, tool.LDFlags)
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(t.Root, tool.Module, name))
		if err != nil {
			return "", fmt.Errorf("read the pins of %s: %w", tool.Name, err)
		}
		sum.Write(text)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func (t *Toolchain) stampFile(tool Tool) string { return filepath.Join(t.Home.Stamps(), tool.Name) }

func (t *Toolchain) current(tool Tool, stamp string) bool {
	was, err := os.ReadFile(t.stampFile(tool))
	if err != nil || strings.TrimSpace(string(was)) != stamp {
		return false
	}
	info, err := os.Stat(filepath.Join(t.Home.Bin(), tool.Name))
	return err == nil && info.Mode().IsRegular()
}

// replaceLink points a link somewhere else, at once.
func replaceLink(target, link string) error {
	if was, err := os.Readlink(link); err == nil && was == target {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		return fmt.Errorf("make room for %s: %w", link, err)
	}
	fresh := link + ".new"
	if err := removeFile(fresh); err != nil {
		return err
	}
	if err := os.Symlink(target, fresh); err != nil {
		return fmt.Errorf("link %s: %w", link, err)
	}
	if err := os.Rename(fresh, link); err != nil {
		return fmt.Errorf("link %s: %w", link, err)
	}
	return nil
}

// removeFile removes a file; one that is not there is no error.
func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove %s: %w", path, err)
	}
	return nil
}
