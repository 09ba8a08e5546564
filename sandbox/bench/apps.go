package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// appsTime bounds the apps' benchmarks, which take about four minutes.
const appsTime = 30 * time.Minute

// appsUnits are the units of what the apps' benchmarks report. A measure that
// is not reported, or not known here, is an error: no limit goes unlooked at.
var appsUnits = map[string]string{
	"data_call":           "1/s",
	"pgx_call":            "1/s",
	"data_call_of_pgx_x":  "ratio",
	"naive_call_of_pgx_x": "ratio",

	"read":           "1/s",
	"bare_read":      "1/s",
	"read_of_bare_x": "ratio",

	"read_per_core":                "1/s",
	"node_read_per_core":           "1/s",
	"read_per_core_of_node_x":      "ratio",
	"bare_node_read_per_core":      "1/s",
	"read_per_core_of_bare_node_x": "ratio",

	"tenants_1000_provisioned": "s",
	"tenants_1000_migrated":    "s",
	"tenant_from_spare_median": "ms",
	"tenant_from_spare_worst":  "ms",
}

// Apps runs the Go benchmarks of the apps, which are a module of their own,
// and reports what they measure.
func Apps(ctx context.Context, root string, report *Report, log io.Writer) error {
	var printed bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", ".", "-timeout", appsTime.String(), "./internal/bench", "./internal/provisioner")
	cmd.Dir = filepath.Join(root, "apps")
	// The benchmarks' own processes end with them, so they are told as well.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&printed, log), log
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s in apps: %w", strings.Join(cmd.Args, " "), err)
	}
	measured, err := parse(printed.String())
	if err != nil {
		return err
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(measured)) {
		if appsUnits[name] == "" {
			problems = append(problems, fmt.Errorf("the apps' benchmarks report %s, of which sandbox/bench knows no unit", name))
			continue
		}
		problems = append(problems, report.Add(name, measured[name], appsUnits[name]))
	}
	for name := range appsUnits {
		if _, ok := measured[name]; !ok {
			problems = append(problems, fmt.Errorf("the apps' benchmarks did not report %s", name))
		}
	}
	return errors.Join(problems...)
}

// parse reads Go's benchmark format: a name, a number of iterations, then
// values and their names. What Go measures by itself is left out.
func parse(text string) (map[string]float64, error) {
	measured := map[string]float64{}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		for pair := range slices.Chunk(fields[2:], 2) {
			if len(pair) < 2 {
				return nil, fmt.Errorf("the benchmark's line %q ends amid a measure", strings.TrimSpace(line))
			}
			if strings.HasSuffix(pair[1], "/op") {
				continue
			}
			value, err := strconv.ParseFloat(pair[0], 64)
			if err != nil {
				return nil, fmt.Errorf("the benchmark's line %q: %w", strings.TrimSpace(line), err)
			}
			measured[pair[1]] = value
		}
	}
	return measured, nil
}
