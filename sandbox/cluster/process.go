package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// termPatience is how long a process may take to end by itself. Nothing is
	// lost by the kill that follows: what etcd has answered is in the page
	// cache, which outlives it.
	termPatience    = 10 * time.Second
	killPatience    = 10 * time.Second
	launchPatience  = 30 * time.Second
	processInterval = 10 * time.Millisecond
)

// process is one of the cluster's two servers, running or not.
type process struct {
	cluster Cluster
	program string   // name of the executable in home.Bin
	marker  string   // an argument that no process but this one has: it names the cluster's directory
	args    []string // all arguments, the marker among them
	env     []string
}

func (p process) pidFile() string { return p.cluster.path(p.program + ".pid") }
func (p process) logFile() string { return p.cluster.path(p.program + ".log") }

// launcher starts a process that belongs to nobody: the engine ends the
// children of its plugins, so the shell between leaves it to init. The process
// writes its number before it becomes the server, so that no server runs
// unrecorded, whenever the launch is interrupted.
const launcher = `log=$1 pid=$2; shift 2
sh -c 'echo $$ >"$0.new" && mv "$0.new" "$0" && exec "$@"' "$pid" "$@" >>"$log" 2>&1 </dev/null &`

// launch starts the process. Its log begins anew; the one before is kept.
func (p process) launch(ctx context.Context) error {
	binary := filepath.Join(p.cluster.home.Bin(), p.program)
	if _, err := os.Stat(binary); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is missing: run make tools", binary)
	}
	for path, kept := range map[string]string{p.logFile(): p.logFile() + ".1", p.pidFile(): p.pidFile() + ".1"} {
		if err := os.Rename(path, kept); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	cmd := exec.Command("sh", append([]string{"-c", launcher, "sh", p.logFile(), p.pidFile(), binary}, p.args...)...)
	cmd.Dir = p.cluster.dir()
	// Only what a server needs: the plugin's environment holds secrets.
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.cluster.dir(), "TMPDIR=" + os.TempDir()}, p.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("start %s: %w: %s", binary, err, out)
	}
	// An interruption waits too: a process that has not written its number yet
	// could not be stopped.
	deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), launchPatience)
	defer cancel()
	for {
		if _, err := os.Stat(p.pidFile()); err == nil {
			return nil
		}
		if err := pause(deadline, processInterval); err != nil {
			return fmt.Errorf("start %s: it did not write %s: %w%s", binary, p.pidFile(), err, p.tail())
		}
	}
}

// pid returns the number of the running process, or 0.
func (p process) pid() int {
	text, err := os.ReadFile(p.pidFile())
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid <= 1 || !p.ours(pid) {
		return 0
	}
	return pid
}

// ours says whether the process of that number is this one: numbers are used
// again.
func (p process) ours(pid int) bool {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	if err == nil && len(text) == 0 {
		return becoming(pid)
	}
	if err == nil {
		return strings.Contains(string(text), "\x00"+p.marker+"\x00")
	}
	if _, err := os.Stat("/proc/self"); err == nil {
		return false
	}
	out, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(out), p.marker)
}

// becoming tells the two kinds of process without arguments apart: one that is
// just turning into another program, and one that ended and was not collected.
func becoming(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return false
	}
	// The state follows the name, which stands in parentheses and may hold any.
	state := strings.TrimSpace(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	return state != "" && !strings.ContainsAny(state[:1], "ZX")
}

// stop ends the process, by itself or by force, and returns when it is gone.
func (p process) stop(ctx context.Context, force bool) error {
	for _, try := range []struct {
		signal   syscall.Signal
		patience time.Duration
	}{{syscall.SIGTERM, termPatience}, {syscall.SIGKILL, killPatience}} {
		if force && try.signal != syscall.SIGKILL {
			continue
		}
		pid := p.pid()
		if pid == 0 {
			break
		}
		if err := syscall.Kill(pid, try.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop %s, process %d: %w", p.program, pid, err)
		}
		deadline, cancel := context.WithTimeout(ctx, try.patience)
		for p.pid() != 0 && pause(deadline, processInterval) == nil {
		}
		cancel()
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("stop %s, process %d: %w", p.program, pid, err)
		}
	}
	if pid := p.pid(); pid != 0 {
		return fmt.Errorf("stop %s: process %d does not end: kill it, then try again", p.program, pid)
	}
	if err := os.Remove(p.pidFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
