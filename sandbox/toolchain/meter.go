package toolchain

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// How often progress is shown: on a terminal in place, elsewhere as a line.
const (
	terminalTick = 500 * time.Millisecond
	logTick      = 20 * time.Second
	// quietTime passes before anything is shown: most builds have nothing to do.
	quietTime = 2 * time.Second
)

// meter shows how far a build is.
type meter struct {
	out      io.Writer
	tool     Tool
	terminal bool
	began    time.Time
	done     chan struct{}
	finished sync.WaitGroup

	mu                sync.Mutex
	packages, modules int
	shown             bool
}

func newMeter(out io.Writer, tool Tool) *meter {
	m := &meter{out: out, tool: tool, began: time.Now(), done: make(chan struct{})}
	tick := logTick
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		m.terminal, tick = true, terminalTick
	}
	m.finished.Go(func() {
		next := time.After(quietTime)
		for {
			select {
			case <-m.done:
				return
			case <-next:
				m.show()
				next = time.After(tick)
			}
		}
	})
	return m
}

func (m *meter) compiled() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.packages++
}

func (m *meter) downloaded() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.modules++
}

func (m *meter) show() {
	m.mu.Lock()
	defer m.mu.Unlock()
	line := fmt.Sprintf("  building %-15s %s, %d modules fetched, %d packages compiled", m.tool.Name, m.elapsed(), m.modules, m.packages)
	if !m.shown {
		line += fmt.Sprintf(" (the first time takes about %s on 2 cores)", m.tool.About)
	}
	m.shown = true
	if m.terminal {
		fmt.Fprintf(m.out, "\r\x1b[K%s", line)
		return
	}
	fmt.Fprintln(m.out, line)
}

// stop ends the display with a line, unless nothing was ever shown.
func (m *meter) stop() {
	close(m.done)
	m.finished.Wait()
	if !m.shown {
		return
	}
	if m.terminal {
		fmt.Fprint(m.out, "\r\x1b[K")
	}
	fmt.Fprintf(m.out, "  built    %-15s %s\n", m.tool.Name, m.elapsed())
}

func (m *meter) elapsed() time.Duration { return time.Since(m.began).Round(time.Second) }
