package language

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/avila-devops/saas/sandbox/home"
)

// build compiles the main package in dir and returns the executable. Go does
// nothing when the executable is that of the sources as they are.
func build(ctx context.Context, h home.Home, dir string) (string, error) {
	out := h.Program(dir)
	if err := os.MkdirAll(h.Programs(), 0o755); err != nil {
		return "", fmt.Errorf("make room for programs: %w", err)
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", out, ".")
	cmd.Dir = dir
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", dir, err, strings.TrimSpace(said.String()))
	}
	return out, nil
}
