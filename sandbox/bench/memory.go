package bench

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/avila-devops/saas/sandbox/home"
)

// memory watches what all processes of a sandbox hold together.
type memory struct {
	stop func()
	done sync.WaitGroup
	peak int64 // bytes
}

// sample is how often the processes are looked at.
const sample = 250 * time.Millisecond

func watchMemory(h home.Home) *memory {
	ctx, cancel := context.WithCancel(context.Background())
	m := &memory{stop: cancel}
	m.done.Go(func() {
		for {
			m.peak = max(m.peak, held(h))
			select {
			case <-ctx.Done():
				return
			case <-time.After(sample):
			}
		}
	})
	return m
}

// end returns the peak, in bytes.
func (m *memory) end() int64 {
	m.stop()
	m.done.Wait()
	return m.peak
}

// held sums the proportional set sizes of the processes that name the
// sandbox's directory in their command line or run with it in their
// environment: pages that several share count once.
func held(h home.Home) int64 {
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0 // the pattern is a constant
	}
	var sum int64
	for _, process := range processes {
		if filepath.Base(process) == strconv.Itoa(os.Getpid()) || !belongs(process, h) {
			continue
		}
		sum += proportional(process)
	}
	return sum
}

func belongs(process string, h home.Home) bool {
	for _, name := range []string{"cmdline", "environ"} {
		text, err := os.ReadFile(filepath.Join(process, name))
		if err == nil && bytes.Contains(text, []byte(h)) {
			return true
		}
	}
	return false
}

func proportional(process string) int64 {
	text, err := os.ReadFile(filepath.Join(process, "smaps_rollup"))
	if err != nil {
		return 0 // it ended meanwhile
	}
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte("Pss:")); ok {
			kib, err := strconv.ParseInt(string(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(rest), []byte("kB")))), 10, 64)
			if err != nil {
				return 0
			}
			return kib << 10
		}
	}
	return 0
}
