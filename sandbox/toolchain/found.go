package toolchain

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// found looks on the PATH for a tool that can be used as it stands. The
// sandbox's own directories do not count: env.sh puts them on the PATH.
func (t *Toolchain) found(ctx context.Context, tool Tool) (string, bool) {
	if tool.Found == nil {
		return "", false
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		path := filepath.Join(dir, tool.Name)
		if !filepath.IsAbs(dir) || strings.HasPrefix(path, string(t.Home)+string(filepath.Separator)) {
			continue
		}
		if info, err := os.Stat(path); err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
			continue
		}
		cmd := exec.CommandContext(ctx, path, tool.VersionArgs...)
		cmd.Env = append(os.Environ(), "PULUMI_SKIP_UPDATE_CHECK=true")
		version, err := cmd.Output()
		if err == nil && tool.Found(strings.TrimSpace(string(version))) {
			return path, true
		}
	}
	return "", false
}
