package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// patience is how long a program may take to end when asked to.
const patience = 10 * time.Second

// Spec says what to run.
type Spec struct {
	Name   string
	Path   string
	Args   []string
	Env    []string // all of it: nothing is inherited
	Dir    string
	User   *syscall.Credential // nil is this process's own
	Stop   syscall.Signal      // asks it to end; SIGTERM unless set
	Input  io.Reader
	Output io.Writer
}

// Group starts processes, and keeps a record of each in a directory.
type Group struct {
	dir   string
	tasks chan func()
}

// NewGroup returns a group that keeps its records in a directory. The kernel
// tells a child of the death of the thread that started it, so one thread
// starts them all and never ends.
func NewGroup(dir string) *Group {
	g := &Group{dir: dir, tasks: make(chan func())}
	go func() {
		runtime.LockOSThread()
		for task := range g.tasks {
			task()
		}
	}()
	return g
}

// Process is a program that runs, or has ended.
type Process struct {
	spec  Spec
	group *Group
	cmd   *exec.Cmd
	ended chan struct{}
	err   error // how it ended; read after ended is closed
}

// Start runs a program until it is stopped.
func (g *Group) Start(s Spec) (*Process, error) {
	if s.Stop == 0 {
		s.Stop = syscall.SIGTERM
	}
	cmd := exec.Command(s.Path, s.Args...)
	cmd.Env, cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = s.Env, s.Dir, s.Input, s.Output, s.Output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: s.Stop, Credential: s.User}
	cmd.WaitDelay = 2 * time.Second // what a grandchild still says after the end is not waited for
	started := make(chan error)
	g.tasks <- func() { started <- cmd.Start() }
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", s.Name, err)
	}
	p := &Process{spec: s, group: g, cmd: cmd, ended: make(chan struct{})}
	if err := g.record(s.Name, cmd.Process.Pid); err != nil {
		return nil, errors.Join(err, syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL))
	}
	go func() {
		p.err = cmd.Wait()
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // its children, when it left any
		g.forget(s.Name, cmd.Process.Pid)
		close(p.ended)
	}()
	return p, nil
}

// Run runs a program to its end, or ends it when ctx does.
func (g *Group) Run(ctx context.Context, s Spec) error {
	s.Stop = syscall.SIGKILL
	p, err := g.Start(s)
	if err != nil {
		return err
	}
	select {
	case <-p.ended:
		return p.err
	case <-ctx.Done():
		p.Kill()
		return context.Cause(ctx)
	}
}

// Name is what the process is called.
func (p *Process) Name() string { return p.spec.Name }

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Err is how the process ended.
func (p *Process) Err() error {
	<-p.ended
	if p.err == nil {
		return errors.New("it ended without an error")
	}
	return p.err
}

// Stop asks the process to end, and ends it when it does not, or when ctx ends.
func (p *Process) Stop(ctx context.Context) {
	_ = p.cmd.Process.Signal(p.spec.Stop) // it may have ended already
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.ended:
	case <-timer.C:
		p.Kill()
	case <-ctx.Done():
		p.Kill()
	}
}

// Kill ends the process and its children at once.
func (p *Process) Kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // as in Stop
	<-p.ended
}
