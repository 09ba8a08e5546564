package image

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/avila-devops/saas/sandbox/home"
)

const (
	koModule = "github.com/google/ko"
	source   = "https://github.com/avila-devops/saas"
)

// ko is the tool that builds.
type ko struct{ path, version string }

func findKo(h home.Home) (ko, error) {
	path := filepath.Join(h.Bin(), "ko")
	info, err := buildinfo.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ko{}, fmt.Errorf("ko is not in %s; run make tools: %w", h.Bin(), fs.ErrNotExist)
	}
	if err != nil {
		return ko{}, fmt.Errorf("%s is not a whole Go program; delete it and run make tools: %w", path, err)
	}
	for _, module := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if module.Path == koModule {
			return ko{path, module.Version}, nil
		}
	}
	return ko{}, fmt.Errorf("%s is not ko but %s; delete it and run make tools", path, info.Path)
}

// built is what ko leaves of a build.
type built struct {
	digest string
	bill   []byte // of materials: SPDX, made from the binary's own module list
}

// arguments are ko's. The labels hold nothing of the time or the place of the
// build, so that equal sources have equal digests.
func arguments(app, bills string) []string {
	return []string{
		"build", "--base-import-paths", "--sbom=spdx", "--sbom-dir=" + bills,
		"--image-label=org.opencontainers.image.title=" + app,
		"--image-label=org.opencontainers.image.source=" + source,
		"--image-label=org.opencontainers.image.vendor=Ávila DevOps",
		"./" + app,
	}
}

// digestLine is ko's answer: the reference of what it pushed.
var digestLine = regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(registryHost) + `/[^\s@]+@(sha256:[0-9a-f]{64})$`)

// build builds an app and pushes its image to the registry at an address. All
// that it writes on the way is in the folder work.
func (k ko) build(ctx context.Context, opt Options, app, registry, work string) (built, error) {
	bills := filepath.Join(work, "bills")
	cmd := exec.CommandContext(ctx, k.path, arguments(app, bills)...)
	cmd.Dir = filepath.Join(opt.Root, "apps")
	cmd.Env = environment(os.Environ(), registry, work)
	// ko starts go, which starts compilers: the end of one is the end of all.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return built{}, fmt.Errorf("build interrupted: %w", context.Cause(ctx))
		}
		return built{}, fmt.Errorf("ko build ./%s in apps: %w\n%s", app, err, complaint(stderr.String()))
	}
	match := digestLine.FindSubmatch(stdout.Bytes())
	if match == nil {
		return built{}, fmt.Errorf("ko %s named no digest but %q", k.version, stdout.String())
	}
	found, err := filepath.Glob(filepath.Join(bills, "*.spdx.json"))
	if err != nil || len(found) != 1 {
		return built{}, fmt.Errorf("ko %s wrote %d bills of materials to %s, want 1", k.version, len(found), bills)
	}
	bill, err := os.ReadFile(found[0])
	if err != nil {
		return built{}, fmt.Errorf("read the bill of materials: %w", err)
	}
	return built{string(match[1]), bill}, nil
}

// complaint is the part of ko's output that says what is wrong: all of its
// last message, which holds the compiler's, without the progress before.
func complaint(output string) string {
	if i := strings.LastIndex(output, "Error: "); i >= 0 {
		output = output[i:]
	}
	return strings.TrimSpace(output)
}
