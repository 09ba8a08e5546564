// Package dev runs the SaaS on this machine: real servers, all services of
// apps/, two tenants, and a new build of what changes. All of it ends with it,
// and what a crash left is healed at the next start.
//
// It says in which order things start and stop. How a server runs is server's,
// a service app's, a process process's.
package dev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync/atomic"

	"github.com/avila-devops/saas/dev/app"
	"github.com/avila-devops/saas/dev/process"
	"github.com/avila-devops/saas/dev/seed"
	"github.com/avila-devops/saas/dev/server"
	"github.com/avila-devops/saas/dev/terminal"
)

// Options say what runs where.
type Options struct {
	Apps    string // the services' module
	Dir     string // for all that is written
	Address string // a loopback address
	Ports   server.Ports
	Out     io.Writer
	Colour  bool
	// Ready is called when everything runs; nil calls nothing.
	Ready func()
}

// self is how this program's own lines are marked.
const self = "dev"

// tenantctl is the program that makes tenants; it is built like a service and
// run when it is needed.
const tenantctl = "tenantctl"

// stack is what runs.
type stack struct {
	opt      Options
	terminal *terminal.Terminal
	place    *server.Place
	source   *app.Source
	services []*app.Service
	servers  []*process.Process // in the order of their start
	lost     chan error         // a server's end before its time
	stopping atomic.Bool        // from when on an end is in time
}

// Run runs everything until ctx ends, and stops it in order. A second end, of
// force, stops it at once.
func Run(ctx, force context.Context, opt Options) (err error) {
	s := &stack{opt: opt, terminal: terminal.New(opt.Out, opt.Colour), lost: make(chan error, 16)}
	release, err := lock(opt.Dir)
	if err != nil {
		return err
	}
	defer release.close()
	if err := s.prepare(ctx); err != nil {
		return err
	}
	release.say(s.place.URL(server.Domain))
	defer func() {
		s.stop(force)
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			err = nil // to be stopped is no failure
		}
	}()
	changes, err := s.source.Watch(ctx)
	if err != nil {
		return err
	}
	if err := s.start(ctx); err != nil {
		return err
	}
	s.terminal.Show(s.table())
	if opt.Ready != nil {
		opt.Ready()
	}
	return s.follow(ctx, changes)
}

// prepare looks at all that could be in the way before anything starts.
func (s *stack) prepare(ctx context.Context) error {
	programs, missing := server.Find()
	group := process.NewGroup(filepath.Join(s.opt.Dir, "run"))
	left, err := group.Heal(ctx)
	if err != nil {
		return errors.Join(missing, err)
	}
	for _, name := range left {
		s.terminal.Say(self, "ended %s, which an earlier run had left", name)
	}
	s.source = &app.Source{Dir: s.opt.Apps, Bin: filepath.Join(s.opt.Dir, "bin"), Group: group}
	names, err := s.source.Services()
	if err != nil {
		return errors.Join(missing, err)
	}
	if err := errors.Join(missing, s.opt.Ports.Check(s.opt.Address, len(names))); err != nil {
		return err
	}
	if s.place, err = server.New(s.opt.Dir, s.opt.Address, s.opt.Ports, programs, group); err != nil {
		return err
	}
	for i, name := range names {
		s.services = append(s.services, &app.Service{
			Name: name, Public: s.place.At(s.opt.Ports.Public(i)), Admin: s.place.At(s.opt.Ports.Admin(i)),
			Source: s.source, Output: s.terminal.Source(name),
		})
	}
	return nil
}

// stop ends everything, those first who use the others.
func (s *stack) stop(force context.Context) {
	s.stopping.Store(true)
	s.terminal.Say(self, "stopping")
	last := len(s.servers) - 1
	if last >= 0 && s.servers[last].Name() == "nginx" {
		s.servers[last].Stop(force)
		s.servers = s.servers[:last]
	}
	for _, service := range s.services {
		service.Stop(force)
	}
	for i := len(s.servers) - 1; i >= 0; i-- {
		s.servers[i].Stop(force)
	}
	s.terminal.Say(self, "stopped")
}

// output is where a server's lines go, without those of every day.
func (s *stack) output(name string) io.Writer {
	return s.terminal.Quiet(name, server.Chatter[name])
}

// run starts a server. Its end before it is stopped is everything's.
func (s *stack) run(spec process.Spec, err error) (*process.Process, error) {
	if err != nil {
		return nil, err
	}
	p, err := s.place.Group.Start(spec)
	if err != nil {
		return nil, err
	}
	s.servers = append(s.servers, p)
	go func() {
		<-p.Ended()
		if !s.stopping.Load() {
			s.lost <- fmt.Errorf("%s ended by itself: %w", p.Name(), p.Err())
		}
	}()
	return p, nil
}

// listening starts a server and waits until it accepts connections.
func (s *stack) listening(ctx context.Context, spec process.Spec, port int, err error) error {
	p, err := s.run(spec, err)
	if err != nil {
		return err
	}
	return server.Listening(ctx, p, s.place.At(port))
}

// upstreams are the services as nginx and Prometheus know them.
func (s *stack) upstreams() (public, admin []server.Upstream) {
	for _, service := range s.services {
		public = append(public, server.Upstream{Name: service.Name, Address: service.Public})
		admin = append(admin, server.Upstream{Name: service.Name, Address: service.Admin})
	}
	return public, admin
}

func (s *stack) seed() *seed.Seed {
	return &seed.Seed{Place: s.place, Source: s.source, Output: s.terminal.Source(tenantctl)}
}
