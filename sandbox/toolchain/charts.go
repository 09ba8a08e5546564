package toolchain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/avila-devops/saas/sandbox/atomicfile"
	"github.com/avila-devops/saas/sandbox/chart"
	"github.com/avila-devops/saas/sandbox/home"
)

// chartsModule pins the modules that carry the charts' definitions, and their
// checksums.
const chartsModule = "tools/crds"

// chartsStamp is the name of the stamp beside those of the tools.
const chartsStamp = "charts"

// definitionTool is what stands for a chart's module in progress and errors.
func definitionTool(c chart.Chart) Tool { return Tool{Name: "chart " + c.Name, Module: chartsModule} }

// ensureCharts brings the charts that the sandbox installs, when their pins or
// what is known of them changed.
func (t *Toolchain) ensureCharts(ctx context.Context) error {
	charts := t.Charts
	if charts == nil {
		charts = chart.Charts
	}
	if len(charts) == 0 {
		return nil
	}
	stamp, err := t.chartsStamp(charts)
	if err != nil {
		return err
	}
	was, err := os.ReadFile(filepath.Join(t.Home.Stamps(), chartsStamp))
	if err == nil && strings.TrimSpace(string(was)) == stamp {
		if _, err := os.Stat(t.Home.Charts()); err == nil {
			return nil
		}
	}
	// Borrowed ones are another sandbox's.
	if _, err := os.Readlink(t.Home.Charts()); err == nil {
		if err := removeFile(t.Home.Charts()); err != nil {
			return err
		}
	}
	for i, c := range charts {
		fmt.Fprintf(t.Out, "  bringing %-15s %s, %d of %d\n", c.Name, c.Version, i+1, len(charts))
		module, err := t.download(ctx, c)
		if err != nil {
			return err
		}
		if err := c.Bring(t.Home, module); err != nil {
			return err
		}
	}
	// A stamp that was borrowed is a link to another sandbox's.
	if err := removeFile(filepath.Join(t.Home.Stamps(), chartsStamp)); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(t.Home.Stamps(), chartsStamp), []byte(stamp+"\n"), 0o644)
}

// chartsStamp names what the charts are made from.
func (t *Toolchain) chartsStamp(charts []chart.Chart) (string, error) {
	pins, err := t.stamp(Tool{Name: chartsStamp, Module: chartsModule})
	if err != nil {
		return "", err
	}
	table, err := json.Marshal(charts)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append(table, pins...))
	return hex.EncodeToString(sum[:]), nil
}

// download has Go fetch and verify a chart's module, and returns where it lies.
func (t *Toolchain) download(ctx context.Context, c chart.Chart) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", c.Module)
	cmd.Dir = filepath.Join(t.Root, chartsModule)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = 10 * time.Second
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	// Go says what went wrong in the document, where there is one.
	var module struct{ Dir, Error string }
	if decodeErr := json.Unmarshal(out, &module); err == nil && decodeErr != nil {
		err = decodeErr
	}
	if err == nil && module.Dir == "" {
		err = errors.New("go names no directory")
	}
	if err != nil {
		return "", t.explain(ctx, definitionTool(c), err, strings.Split(strings.TrimSpace(said.String()+module.Error), "\n"))
	}
	return module.Dir, nil
}

// borrowCharts links the charts that another sandbox has.
func borrowCharts(from, to home.Home) error {
	if _, err := os.Stat(from.Charts()); err != nil {
		return fmt.Errorf("%s is missing; run make tools: %w", from.Charts(), err)
	}
	return errors.Join(replaceLink(from.Charts(), to.Charts()),
		replaceLink(filepath.Join(from.Stamps(), chartsStamp), filepath.Join(to.Stamps(), chartsStamp)))
}
