package process

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// record names a process for certain: numbers are used again, after a while
// and after a boot.
type record struct {
	PID     int    `json:"pid"`
	Started string `json:"started"` // in ticks since the boot
	Boot    string `json:"boot"`
}

// stat is what /proc says of a process.
type stat struct {
	state   string
	group   int
	started string
}

func look(pid int) (s stat, alive bool) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return stat{}, false
	}
	// The name stands in parentheses and may hold any; what follows is counted.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 20 {
		return stat{}, false
	}
	s.state, s.started = fields[0], fields[19]
	s.group, _ = strconv.Atoi(fields[2])
	return s, s.state != "Z" && s.state != "X"
}

func boot() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id))
}

func (g *Group) path(name string) string { return filepath.Join(g.dir, name+".json") }

func (g *Group) record(name string, pid int) error {
	s, _ := look(pid)
	text, err := json.Marshal(record{pid, s.started, boot()})
	if err != nil {
		return fmt.Errorf("record %s: %w", name, err)
	}
	if err := os.WriteFile(g.path(name), text, 0o600); err != nil {
		return fmt.Errorf("record %s: %w", name, err)
	}
	return nil
}

// forget removes the record, unless it is already another process's.
func (g *Group) forget(name string, pid int) {
	if r, err := g.read(name); err == nil && r.PID == pid {
		_ = os.Remove(g.path(name)) // a record that stays is found to be nobody's
	}
}

func (g *Group) read(name string) (r record, err error) {
	text, err := os.ReadFile(g.path(name))
	if err != nil {
		return r, fmt.Errorf("read the record of %s: %w", name, err)
	}
	return r, json.Unmarshal(text, &r)
}

// members are the living processes of a record's group. The kernel gives no
// process the number of a group that lives, so a group whose leader is another
// is another's.
func (r record) members() []int {
	if r.Boot != boot() || r.PID <= 1 {
		return nil
	}
	if s, alive := look(r.PID); alive && s.started != r.Started {
		return nil
	}
	found, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil
	}
	var pids []int
	for _, path := range found {
		pid, _ := strconv.Atoi(filepath.Base(path))
		if s, alive := look(pid); alive && s.group == r.PID {
			pids = append(pids, pid)
		}
	}
	return pids
}

// Heal ends what an earlier supervisor left running, and names it.
func (g *Group) Heal(ctx context.Context) ([]string, error) {
	if err := os.MkdirAll(g.dir, 0o700); err != nil {
		return nil, fmt.Errorf("make room for records: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(g.dir, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("look for records: %w", err)
	}
	var left []string
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		r, err := g.read(name)
		if err == nil && len(r.members()) > 0 {
			left = append(left, name)
			if err := r.end(ctx, name); err != nil {
				return left, err
			}
		}
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return left, fmt.Errorf("remove the record of %s: %w", name, err)
		}
	}
	return left, nil
}

// end asks the members to end, and then ends them.
func (r record) end(ctx context.Context, name string) error {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if err := syscall.Kill(-r.PID, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("end %s, which an earlier run left as process %d: %w", name, r.PID, err)
		}
		deadline, cancel := context.WithTimeout(ctx, patience)
		for len(r.members()) > 0 && deadline.Err() == nil {
			select {
			case <-deadline.Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
		cancel()
		if len(r.members()) == 0 {
			return nil
		}
	}
	return fmt.Errorf("%s, which an earlier run left as process %d, does not end: kill it, then try again", name, r.PID)
}
