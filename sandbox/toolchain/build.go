package toolchain

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// build compiles a pinned tool beside its place and moves it there when it is
// whole.
func (t *Toolchain) build(ctx context.Context, tool Tool) error {
	target := filepath.Join(t.Home.Bin(), tool.Name)
	if err := t.compile(ctx, tool, target+".new"); err != nil {
		return err
	}
	if err := os.Rename(target+".new", target); err != nil {
		return fmt.Errorf("install %s: %w", tool.Name, err)
	}
	return nil
}

// compile builds a program in its place. Go does nothing when the program
// there is that of the sources as they are.
func (t *Toolchain) compile(ctx context.Context, tool Tool, output string) error {
	if err := os.MkdirAll(filepath.Dir(output), 0o755); err != nil {
		return fmt.Errorf("make room for %s: %w", tool.Name, err)
	}
	args := []string{"build", "-v", "-buildvcs=false", "-o", output}
	if tool.LDFlags != "" {
		args = append(args, "-ldflags", tool.LDFlags)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, tool.Package)...)
	cmd.Dir = filepath.Join(t.Root, tool.Module)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) } // go removes its work directory
	cmd.WaitDelay = 10 * time.Second
	reader, writer := io.Pipe()
	cmd.Stdout, cmd.Stderr = writer, writer
	meter := newMeter(t.Out, tool)
	said := make(chan []string)
	go func() { said <- watch(reader, meter) }()
	err := cmd.Run()
	writer.Close() //nolint:errcheck // a pipe's writer closes without fail
	lines := <-said
	meter.stop()
	if err != nil {
		return t.explain(ctx, tool, err, lines)
	}
	return nil
}

// watch counts the packages that go build -v names and keeps the other lines.
func watch(from io.Reader, meter *meter) []string {
	var kept []string
	for lines := bufio.NewScanner(from); lines.Scan(); {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "go: downloading "):
			meter.downloaded()
		case !strings.ContainsAny(line, " \t:"):
			meter.compiled()
		default:
			kept = append(kept, line)
		}
	}
	return kept
}

// explain tells what a failed build said, and what to do about the failures
// that are the machine's.
func (t *Toolchain) explain(ctx context.Context, tool Tool, err error, lines []string) error {
	if ctx.Err() != nil {
		return fmt.Errorf("build %s: interrupted; the next run goes on from here: %w", tool.Name, ctx.Err())
	}
	if len(lines) > 15 {
		lines = lines[len(lines)-15:]
	}
	text := strings.Join(lines, "\n")
	remedy := "run it again; what was compiled is kept"
	switch {
	case errors.Is(err, exec.ErrNotFound):
		remedy = "install Go from https://go.dev/dl and put it on the PATH"
	case strings.Contains(text, "no space left on device"):
		remedy = "free some disk: the sources, the build cache and the tools take about 12 GiB (go env GOMODCACHE GOCACHE names them)"
	case strings.Contains(text, "dial tcp"), strings.Contains(text, "no such host"):
		remedy = "let this machine reach the Go module proxy (go env GOPROXY), and run it again"
	case strings.Contains(text, "signal: killed"):
		remedy = "give the compiler more memory: a package of the Google SDK takes up to 5 GiB (GOFLAGS=-p=1 compiles one at a time)"
	}
	return fmt.Errorf("build %s: %w\n%s\n%s", tool.Name, err, text, remedy)
}
