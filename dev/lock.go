package dev

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// ErrRuns says that another run has the directory.
var ErrRuns = errors.New("make dev runs here already")

// claim is a directory's lock. The kernel releases it when its holder dies.
type claim struct{ file *os.File }

// lock takes the directory, or says who has it.
func lock(dir string) (*claim, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make room: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		defer file.Close()
		holder, _ := io.ReadAll(file) // it may be empty for a moment
		return nil, fmt.Errorf("%w, in %s, as %s; stop it with Ctrl-C in its terminal, or run this one elsewhere with -dir and other ports", ErrRuns, dir, strings.TrimSpace(string(holder)))
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("lock %s: %w", file.Name(), err)
	}
	c := &claim{file}
	c.say("starting")
	return c, nil
}

// say leaves word of who holds the lock, and where it serves.
func (c *claim) say(where string) {
	text := fmt.Sprintf("process %d, at %s\n", os.Getpid(), where)
	if c.file.Truncate(0) == nil {
		_, _ = c.file.WriteAt([]byte(text), 0) // who is refused learns less then
	}
}

func (c *claim) close() { c.file.Close() }
